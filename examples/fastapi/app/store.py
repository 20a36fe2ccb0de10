"""Keeps notes in PostgreSQL."""

import asyncio
import logging
from uuid import UUID

import asyncpg

from .config import Config

log = logging.getLogger("uvicorn.error")

START_TIMEOUT_S = 30
QUERY_TIMEOUT_S = 5
SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
)
"""
COLUMNS = "id, title, body, created_at"


async def open_store(config: Config) -> asyncpg.Pool:
    """Waits for a database that is still starting, and makes the table on the first run."""
    deadline = asyncio.get_running_loop().time() + START_TIMEOUT_S
    while True:
        try:
            pool = await asyncpg.create_pool(
                host=config.postgres_host,
                port=config.postgres_port,
                database=config.postgres_db,
                user=config.postgres_user,
                password=config.postgres_password,
                min_size=1,
                timeout=2,
                command_timeout=QUERY_TIMEOUT_S,
            )
            break
        except (OSError, asyncio.TimeoutError, asyncpg.CannotConnectNowError) as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            log.info("postgres: not ready yet, trying again: %s", error or type(error).__name__)
            await asyncio.sleep(0.5)
    await pool.execute(SCHEMA)
    return pool


async def add_note(pool: asyncpg.Pool, title: str, body: str) -> dict:
    row = await pool.fetchrow(f"INSERT INTO notes (title, body) VALUES ($1, $2) RETURNING {COLUMNS}", title, body)
    return dict(row)


async def find_note(pool: asyncpg.Pool, note_id: UUID) -> dict | None:
    row = await pool.fetchrow(f"SELECT {COLUMNS} FROM notes WHERE id = $1", note_id)
    return None if row is None else dict(row)


async def newest_notes(pool: asyncpg.Pool, limit: int) -> list[dict]:
    rows = await pool.fetch(f"SELECT {COLUMNS} FROM notes ORDER BY created_at DESC, id LIMIT $1", limit)
    return [dict(row) for row in rows]
