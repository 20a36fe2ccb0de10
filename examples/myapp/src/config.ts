/** Reads the configuration once, at start, so that a wrong setting is named before anything else happens. */
import { readFileSync } from "node:fs";

export interface PostgresConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

export interface RedisConfig {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export interface Config {
  readonly postgres: PostgresConfig;
  readonly redis: RedisConfig;
}

/** Where the service listens; also all that development, without any server, needs. */
export interface ListenConfig {
  readonly host: string;
  readonly port: number;
}

/** A setting is missing or wrong; the message says which, what was expected and what was found. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readListenConfig(env: Environment): ListenConfig {
  return { host: text(env, "HOST", "0.0.0.0"), port: port(env, "PORT", 8000) };
}

export function readConfig(env: Environment): Config {
  return {
    postgres: {
      host: text(env, "POSTGRES_HOST"),
      port: port(env, "POSTGRES_PORT", 5432),
      database: text(env, "POSTGRES_DB"),
      user: text(env, "POSTGRES_USER"),
      password: secret(env, "POSTGRES_PASSWORD_FILE"),
    },
    redis: {
      host: text(env, "REDIS_HOST"),
      port: port(env, "REDIS_PORT", 6379),
      username: text(env, "REDIS_USERNAME"),
      password: secret(env, "REDIS_PASSWORD_FILE"),
    },
  };
}

function text(env: Environment, name: string, fallback?: string): string {
  const value = env[name] || fallback;
  if (value === undefined) throw new ConfigError(`${name}: expected a value, found none`);
  return value;
}

function port(env: Environment, name: string, fallback: number): number {
  const value = text(env, name, String(fallback));
  if (!/^[1-9]\d{0,4}$/.test(value) || Number(value) > 65535) {
    throw new ConfigError(`${name}: expected a port from 1 to 65535, found ${JSON.stringify(value)}`);
  }
  return Number(value);
}

/** Secrets come from files only: an environment is inherited by children and shown by `docker inspect`. */
function secret(env: Environment, name: string): string {
  const path = env[name];
  if (!path) throw new ConfigError(`${name}: expected the path of a file that holds the secret, found none`);
  let value: string;
  try {
    value = readFileSync(path, "utf8").trimEnd();
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (error as Error).message;
    throw new ConfigError(`${name}: expected a readable file at ${path}, found: ${reason}`);
  }
  if (value === "") throw new ConfigError(`${name}: expected a secret in ${path}, found an empty file`);
  return value;
}
