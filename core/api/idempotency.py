"""Idempotency-Key on a POST: the first 2xx is stored in the write's transaction and replayed for 24 h [contract 00]."""

import hashlib
import re
from datetime import timedelta

import orjson
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from core.api.errors import Refusal
from core.crypto import InvalidToken, decrypt, encrypt
from core.locks import atomic
from core.statements import standing_cursor

LIFETIME = timedelta(hours=24)
KEY = re.compile(r"\A[\x21-\x7e]{1,255}\Z")
REPLAYED_HEADERS = ("ETag", "Location")
FIND = "SELECT body_hash, answer FROM core_idempotencykey WHERE fingerprint = %s AND created_at >= %s"
LOCK_AND_FIND = """
SELECT pg_try_advisory_xact_lock(%s), kept.body_hash, kept.answer
  FROM (SELECT) AS one LEFT JOIN core_idempotencykey kept ON kept.fingerprint = %s AND kept.created_at >= %s
"""
KEEP = """
INSERT INTO core_idempotencykey AS kept (fingerprint, body_hash, answer, created_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (fingerprint) DO UPDATE
   SET body_hash = excluded.body_hash, answer = excluded.answer, created_at = excluded.created_at
 WHERE kept.created_at < %s
"""


def answer_once(request, handler, organization: str):
    """The handler's answer, or the stored one when this key had its answer already; bound to the named organization."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return handler()
    if not KEY.match(key):
        raise Refusal(400, "idempotency_key", "Idempotency-Key takes 1 to 255 visible ASCII characters")
    fingerprint, body_hash = _fingerprint(request, key, organization), _body_hash(request)
    with atomic():
        kept, is_ours = _enter(fingerprint)
        if kept is not None:
            return _replay(kept, body_hash)
        if not is_ours:
            raise _running()
        response = handler()
        # Another may have answered between the look-up's snapshot and its lock: nothing of ours stays then.
        if not _keep(fingerprint, body_hash, response):
            raise _running()
    return response


def _enter(fingerprint: bytes) -> tuple[tuple | None, bool]:
    """The stored body hash and answer, if any, and whether this request is the one to do the work.

    SQLite's write lock has already made the others wait.
    """
    cursor = standing_cursor()
    if connection.vendor != "postgresql":
        cursor.execute(FIND, [fingerprint, timezone.now() - LIFETIME])
        return next(iter(cursor.fetchall()), None), True
    number = int.from_bytes(fingerprint[:8], "big", signed=True)
    cursor.execute(LOCK_AND_FIND, [number, fingerprint, timezone.now() - LIFETIME])
    [(is_ours, *kept)] = cursor.fetchall()
    return None if kept[0] is None else tuple(kept), is_ours


def _running() -> Refusal:
    message = "The first request with this Idempotency-Key is still running"
    return Refusal(409, "idempotency_running", message, headers={"Retry-After": "1"})


def _keep(fingerprint: bytes, body_hash: bytes, response) -> bool:
    """In the place of an answer that is too old; False where a younger one stands."""
    now = timezone.now()
    cursor = standing_cursor()
    cursor.execute(KEEP, [fingerprint, body_hash, _stored(response), now, now - LIFETIME])
    return cursor.rowcount == 1


def _replay(kept: tuple, body_hash: bytes) -> HttpResponse:
    kept_hash, stored = kept
    if bytes(kept_hash) != body_hash:
        raise Refusal(422, "idempotency_mismatch", "This Idempotency-Key was used with another request")
    try:
        answer = orjson.loads(decrypt(bytes(stored or b"")))
    except InvalidToken:
        raise Refusal(409, "idempotency_unreadable", "The stored answer can no longer be read") from None
    headers = {**answer["headers"], "Idempotent-Replayed": "true"}
    response = HttpResponse(answer["body"].encode(), status=answer["status"], headers=headers)
    if response.status_code == 204:
        # A body after it would be read as the next answer of the connection.
        response.content = b""
        del response["Content-Type"]
    return response


def _stored(response) -> bytes:
    body = response.data if isinstance(response.data, bytes) else orjson.dumps(response.data)
    headers = {name: response[name] for name in REPLAYED_HEADERS if response.has_header(name)}
    # A response that is not rendered yet has no Content-Type header.
    headers["Content-Type"] = response.content_type or "application/json"
    return encrypt(orjson.dumps({"status": response.status_code, "headers": headers, "body": body.decode()}))


def _fingerprint(request, key: str, organization: str) -> bytes:
    caller = request.user
    parts = [caller.application_id, caller.user_id, organization, request.method, request.path, key]
    return hashlib.sha256(orjson.dumps(parts)).digest()


def _body_hash(request) -> bytes:
    """Of the body as it came, and of the query, as a client may send its fields in either [seed]."""
    return hashlib.sha256(request.META.get("QUERY_STRING", "").encode() + b"\n" + request.body).digest()
