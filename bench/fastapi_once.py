"""Idempotency-Key, as the hand-written server does it."""

import base64
import hashlib
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import orjson
from cryptography.fernet import Fernet
from fastapi import HTTPException, Request

from bench import fastapi_sql as sql

LIFETIME = timedelta(hours=24)
FERNET = Fernet(base64.urlsafe_b64encode(hashlib.sha256(os.environ["ENCRYPTION_KEY"].encode()).digest()))
RUNNING = "The first request with this Idempotency-Key is still running"


async def answer_once(
    connection: asyncpg.Connection, request: Request, application_id: int, create: Callable[[], Awaitable[dict]]
) -> dict:
    """What `create()` gives in one transaction, {status, body, headers}, or what it gave when the key came first."""
    key = request.headers.get("idempotency-key")
    async with connection.transaction():
        if key is None:
            return await create()
        parts = [application_id, None, request.headers.get("x-organization-id", ""), "POST", request.url.path, key]
        fingerprint = hashlib.sha256(orjson.dumps(parts)).digest()
        body_hash = hashlib.sha256(request.scope["query_string"] + b"\n" + await request.body()).digest()
        now = datetime.now(UTC)
        number = int.from_bytes(fingerprint[:8], "big", signed=True)
        kept = await connection.fetchrow(sql.LOCK_AND_FIND_KEY, number, fingerprint, now - LIFETIME)
        if kept["body_hash"] is not None:
            return replayed(kept, body_hash)
        if not kept["is_ours"]:
            raise HTTPException(409, RUNNING)
        answer = await create()
        stored = FERNET.encrypt(orjson.dumps(answer))
        if not await connection.fetchval(sql.KEEP_ANSWER, fingerprint, body_hash, stored, now, now - LIFETIME):
            raise HTTPException(409, RUNNING)
    return answer


def replayed(stored: asyncpg.Record, body_hash: bytes) -> dict:
    if stored["body_hash"] != body_hash:
        raise HTTPException(422, "This Idempotency-Key was used with another request")
    answer = orjson.loads(FERNET.decrypt(stored["answer"]))
    answer["headers"]["Idempotent-Replayed"] = "true"
    return answer
