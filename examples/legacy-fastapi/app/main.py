"""The service: `uvicorn app.main:app`."""

import asyncio
import logging
from datetime import datetime
from uuid import UUID

import asyncpg
from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from redis.asyncio import Redis
from redis.exceptions import RedisError

from . import store
from .config import read_config

log = logging.getLogger("uvicorn.error")

CACHE_TTL_S = 60
LIST_LIMIT = 50
READY_TIMEOUT_S = 2
STORE_ERRORS = (OSError, asyncio.TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

app = FastAPI(title="myapp", description="Notes over HTTP", version="1.0.0")


class NewNote(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(default="", max_length=10_000)


class Note(NewNote):
    id: UUID
    created_at: datetime


@app.on_event("startup")
async def start() -> None:
    config = read_config()
    app.state.pool = await store.open_store(config)
    # Connects when it is first asked; the service starts and works without its cache.
    app.state.redis = Redis(
        host=config.redis_host,
        port=config.redis_port,
        username=config.redis_username,
        password=config.redis_password,
        socket_connect_timeout=1,
        socket_timeout=0.5,
    )


@app.on_event("shutdown")
async def stop() -> None:
    await app.state.redis.close()
    # An open query does not hold up a stop.
    app.state.pool.terminate()


@app.get("/health")
async def health() -> dict:
    """While the process lives; nothing else is checked."""
    return {"status": "ok"}


@app.get("/ready")
async def ready() -> Response:
    """Whether the database and the cache answer."""

    async def is_down(check) -> bool:
        try:
            await asyncio.wait_for(check, READY_TIMEOUT_S)
            return False
        except (*STORE_ERRORS, RedisError):
            return True

    checks = {"postgres": app.state.pool.fetchval("SELECT 1"), "redis": app.state.redis.ping()}
    results = await asyncio.gather(*(is_down(check) for check in checks.values()))
    down = [name for name, failed in zip(checks, results) if failed]
    if down:
        return JSONResponse({"status": "unavailable", "down": down}, status_code=503)
    return JSONResponse({"status": "ok"})


@app.post("/notes", status_code=201)
async def add_note(note: NewNote) -> Note:
    return Note(**await from_store(store.add_note(app.state.pool, note.title, note.body)))


@app.get("/notes")
async def list_notes() -> list[Note]:
    return [Note(**row) for row in await from_store(store.newest_notes(app.state.pool, LIST_LIMIT))]


@app.get("/notes/{note_id}", response_model=Note)
async def read_note(note_id: UUID) -> Response:
    """The header x-cache says where the note came from."""
    key = f"myapp:note:{note_id}"
    cached = await from_cache(app.state.redis.get(key))
    if cached is not None:
        return Response(cached, media_type="application/json", headers={"x-cache": "hit"})
    row = await from_store(store.find_note(app.state.pool, note_id))
    if row is None:
        raise HTTPException(404, f"there is no note {note_id}")
    # Notes never change once added, so a copy of one may be kept.
    text = Note(**row).json()
    await from_cache(app.state.redis.set(key, text, ex=CACHE_TTL_S))
    return Response(text, media_type="application/json", headers={"x-cache": "miss"})


async def from_store(query):
    try:
        return await query
    except STORE_ERRORS as error:
        log.error("postgres: %r", error)
        raise HTTPException(503, "the database cannot be reached, try again later") from error


async def from_cache(call):
    """A failing cache is a miss: without it answers are slower, never wrong."""
    try:
        return await call
    except (RedisError, OSError) as error:
        log.warning("redis: reading without the cache: %r", error)
        return None
