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
from core.models import IdempotencyKey

LIFETIME = timedelta(hours=24)
KEY = re.compile(r"\A[\x21-\x7e]{1,255}\Z")
REPLAYED_HEADERS = ("ETag", "Location")


def answer_once(request, handler):
    """The handler's answer, or the stored one when this key had its answer already."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return handler()
    if not KEY.match(key):
        raise Refusal(400, "idempotency_key", "Idempotency-Key takes 1 to 255 visible ASCII characters")
    fingerprint, body_hash = _fingerprint(request, key), _body_hash(request)
    return _replay(fingerprint, body_hash) or _first(fingerprint, body_hash, handler)


def _first(fingerprint: bytes, body_hash: bytes, handler):
    with atomic():
        _lock(fingerprint)
        # Another may have answered between the look-up and the lock.
        replay = _replay(fingerprint, body_hash)
        if replay is not None:
            return replay
        response = handler()
        _keep(fingerprint, body_hash, response)
    return response


def _keep(fingerprint: bytes, body_hash: bytes, response) -> None:
    """One statement, which also takes the place of an answer that is too old."""
    row = IdempotencyKey(fingerprint=fingerprint, body_hash=body_hash, answer=_stored(response))
    IdempotencyKey.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["fingerprint"],
        update_fields=["body_hash", "answer", "created_at"],
    )


def _lock(fingerprint: bytes) -> None:
    """Only the first goes on; where the first still runs → 409. SQLite's write lock has already made us wait."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        number = int.from_bytes(fingerprint[:8], "big", signed=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            message = "The first request with this Idempotency-Key is still running"
            raise Refusal(409, "idempotency_running", message, headers={"Retry-After": "1"})


def _replay(fingerprint: bytes, body_hash: bytes) -> HttpResponse | None:
    row = IdempotencyKey.objects.filter(fingerprint=fingerprint, created_at__gte=timezone.now() - LIFETIME).first()
    if row is None:
        return None
    if bytes(row.body_hash) != body_hash:
        raise Refusal(422, "idempotency_mismatch", "This Idempotency-Key was used with another request body")
    try:
        answer = orjson.loads(decrypt(bytes(row.answer or b"")))
    except InvalidToken:
        raise Refusal(409, "idempotency_unreadable", "The stored answer can no longer be read") from None
    headers = {**answer["headers"], "Idempotent-Replayed": "true"}
    return HttpResponse(answer["body"].encode(), status=answer["status"], headers=headers)


def _stored(response) -> bytes:
    body = response.data if isinstance(response.data, bytes) else orjson.dumps(response.data)
    headers = {name: response[name] for name in REPLAYED_HEADERS if response.has_header(name)}
    # A response that is not rendered yet has no Content-Type header.
    headers["Content-Type"] = response.content_type or "application/json"
    return encrypt(orjson.dumps({"status": response.status_code, "headers": headers, "body": body.decode()}))


def _fingerprint(request, key: str) -> bytes:
    caller = request.user
    organization = request.headers.get("X-Organization-Id", "")
    parts = [caller.application_id, caller.user_id, organization, request.method, request.path, key]
    return hashlib.sha256(orjson.dumps(parts)).digest()


def _body_hash(request) -> bytes:
    """Of the body and the query, as a client may send its fields in either [seed]."""
    sent = [request.META.get("QUERY_STRING", ""), request.data]
    return hashlib.sha256(orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)).digest()
