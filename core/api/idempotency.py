"""Idempotency-Key on a POST: the first 2xx is stored in the write's transaction and replayed for 24 h [contract 00]."""

import hashlib
import re
from datetime import timedelta

import orjson
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone

from core.api.errors import Refusal
from core.crypto import InvalidToken, decrypt, encrypt
from core.models import IdempotencyKey

LIFETIME = timedelta(hours=24)
KEY = re.compile(r"\A[\x21-\x7e]{1,255}\Z")
REPLAYED_HEADERS = ("Content-Type", "ETag", "Location")


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
    with transaction.atomic():
        _lock(fingerprint)
        row, created = _take(fingerprint, body_hash)
        if not created:
            return _replay(fingerprint, body_hash)
        with transaction.atomic():
            response = handler()
        row.answer = _stored(response)
        row.save(update_fields=["answer"])
    return response


def _take(fingerprint: bytes, body_hash: bytes) -> tuple[IdempotencyKey, bool]:
    IdempotencyKey.objects.filter(fingerprint=fingerprint, created_at__lt=timezone.now() - LIFETIME).delete()
    return IdempotencyKey.objects.get_or_create(fingerprint=fingerprint, defaults={"body_hash": body_hash})


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
        answer = orjson.loads(decrypt(row.answer))
    except InvalidToken:
        raise Refusal(409, "idempotency_unreadable", "The stored answer can no longer be read") from None
    headers = {**answer["headers"], "Idempotent-Replayed": "true"}
    return HttpResponse(answer["body"].encode(), status=answer["status"], headers=headers)


def _stored(response) -> bytes:
    body = response.data if isinstance(response.data, bytes) else orjson.dumps(response.data)
    headers = {name: response[name] for name in REPLAYED_HEADERS if response.has_header(name)}
    return encrypt(orjson.dumps({"status": response.status_code, "headers": headers, "body": body.decode()}))


def _fingerprint(request, key: str) -> bytes:
    caller = request.user
    organization = request.headers.get("X-Organization-Id", "")
    parts = [caller.application_id, caller.user_id, organization, request.method, request.get_full_path(), key]
    return hashlib.sha256(orjson.dumps(parts)).digest()


def _body_hash(request) -> bytes:
    return hashlib.sha256(orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)).digest()
