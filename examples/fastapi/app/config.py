"""Reads the configuration once, at start, so that a wrong setting is named before anything else happens."""

import os
from dataclasses import dataclass


class ConfigError(Exception):
    """A setting is missing or wrong; the message says which."""


@dataclass(frozen=True)
class Config:
    postgres_host: str
    postgres_port: int
    postgres_db: str
    postgres_user: str
    postgres_password: str
    redis_host: str
    redis_port: int
    redis_username: str
    redis_password: str


def read_config() -> Config:
    return Config(
        postgres_host=text("POSTGRES_HOST"),
        postgres_port=port("POSTGRES_PORT", "5432"),
        postgres_db=text("POSTGRES_DB"),
        postgres_user=text("POSTGRES_USER"),
        postgres_password=secret("POSTGRES_PASSWORD"),
        redis_host=text("REDIS_HOST"),
        redis_port=port("REDIS_PORT", "6379"),
        redis_username=text("REDIS_USERNAME", "default"),
        redis_password=secret("REDIS_PASSWORD"),
    )


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name) or default
    if value is None:
        raise ConfigError(f"{name}: expected a value, found none")
    return value


def port(name: str, default: str) -> int:
    value = text(name, default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ConfigError(f"{name}: expected a port, found {value!r}")
    return int(value)


def secret(name: str) -> str:
    """From the file that NAME_FILE names, or else from NAME itself."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return text(name)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().rstrip("\r\n")
    except OSError as error:
        raise ConfigError(f"{name}_FILE: expected a file at {path}, found {error.strerror}") from error
