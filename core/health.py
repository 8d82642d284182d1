"""/livez: the process answers. /readyz: what it stands on, each part named."""

import time
from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse

from core.api.responses import reading_only
from core.mail import oldest_due_age

# Without it nothing can be answered; the rest may be late, and a restart of the web would not mend it.
VITAL = "database"
# A due message that waits longer than this has no worker behind it.
OUTBOX_LIMIT = timedelta(minutes=15)


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def check_broker() -> str:
    if not settings.REDIS_URL:
        return "not used"
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5) as client:
        client.ping()
    return "ok"


def check_outbox() -> str:
    age = oldest_due_age()
    if age > OUTBOX_LIMIT:
        raise RuntimeError(f"a message has been due for {round(age.total_seconds())} s")
    return f"oldest due message: {round(age.total_seconds())} s"


CHECKS: dict[str, Callable[[], str]] = {"database": check_database, "broker": check_broker, "outbox": check_outbox}


def register(name: str, check: Callable[[], str]) -> None:
    """Apps add their part: a check says how it is in a few words, or raises RuntimeError with what is wrong."""
    CHECKS[name] = check


@reading_only
def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@reading_only
def readyz(request: HttpRequest) -> JsonResponse:
    """503 without the database alone; never what was in an exception's text, which may name hosts."""
    parts = {name: _run(check) for name, check in CHECKS.items()}
    return JsonResponse({"status": _status(parts), "checks": parts}, status=200 if parts[VITAL]["ok"] else 503)


def _status(parts: dict[str, dict]) -> str:
    if not parts[VITAL]["ok"]:
        return "unavailable"
    return "ok" if all(part["ok"] for part in parts.values()) else "degraded"


def _run(check: Callable[[], str]) -> dict:
    started = time.perf_counter()
    try:
        ok, detail = True, check()
    except RuntimeError as error:
        ok, detail = False, str(error)
    except Exception as error:
        ok, detail = False, type(error).__name__
    return {"ok": ok, "detail": detail, "ms": round((time.perf_counter() - started) * 1000, 1)}
