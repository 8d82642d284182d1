"""The doctor's checks of the set-up: what the processes stand on."""

import fcntl
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host
from django.utils import timezone

from core.doctor import Finding, error, ok, register, warning

MAIL_TIMEOUT = 5
CLOCK_LIMIT = timedelta(seconds=5)
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def check_database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except Exception as failure:
        yield error(f"the database cannot be reached ({type(failure).__name__})", "See DATABASE_URL, and that it runs.")
        return
    missing = _unapplied_migrations()
    if missing:
        yield error(f"{len(missing)} migrations are not applied, such as {missing[0]}", "manage.py migrate")
        return
    yield ok(f"{connection.vendor}, migrated")


def _unapplied_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]


def check_clocks() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        difference = abs(cursor.fetchone()[0] - timezone.now())
    if difference > CLOCK_LIMIT:
        seconds = round(difference.total_seconds())
        yield warning(f"the database's clock and this machine's are {seconds} s apart", "Set both by NTP.")


def check_broker() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield ok("none: one thread of the server works")
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except redis.RedisError as failure:
        yield error(f"Redis does not answer ({type(failure).__name__})", "See REDIS_URL, and that it runs; mail waits.")
        return
    yield ok("Redis answers")


def check_mail_server() -> Iterator[Finding]:
    if "smtp" not in settings.EMAIL_BACKEND:
        yield _not_smtp()
        return
    mailer: Any = get_connection(timeout=MAIL_TIMEOUT)
    try:
        mailer.open()
        code = mailer.connection.noop()[0]
    except Exception as failure:
        where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        yield error(f"{where} takes no mail ({type(failure).__name__})", "See EMAIL_URL, and that it runs; mail waits.")
        return
    finally:
        mailer.close()
    yield ok("the mail server answers") if code == 250 else error(f"NOOP was answered {code}", "See the mail server.")


def _not_smtp() -> Finding:
    how = settings.EMAIL_BACKEND.split(".")[-2]
    if settings.PRODUCTION:
        return error(f"mail goes to nobody ({how})", "Set EMAIL_URL=smtp+tls://user:password@host:587.")
    return ok(f"mail is not sent, but handed to: {how}")


def check_site_url() -> Iterator[Finding]:
    """What e-mailed links start with must lead here."""
    parts = urlsplit(settings.SITE_URL)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    mend = "Set SITE_URL to the public address, as https://duty.example.org."
    if parts.scheme not in ("http", "https") or not host or parts.path or parts.query:
        yield error(f"SITE_URL {settings.SITE_URL!r} is no address of a site", mend)
        return
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield error(f"SITE_URL's {host} is not served here", "Add it to ALLOWED_HOSTS.")
    if settings.PRODUCTION and (parts.scheme != "https" or host in LOOPBACK):
        yield warning(f"e-mailed links start with {settings.SITE_URL}", mend)


def check_embedded_worker() -> Iterator[Finding]:
    if not settings.EMBEDDED_WORKER:
        return
    if _is_held(settings.VAR_DIR / "embedded.lock"):
        yield ok("a server process does the worker's part")
        return
    yield warning("no server process does the worker's part: mail waits", "Start the server, or send_outbox --loop.")


def _is_held(path) -> bool:
    """Whether a process has the embedded worker's lock (core.embedded)."""
    if not path.exists():
        return False
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


register("database", check_database, data=False)
register("broker", check_broker, data=False)
register("mail_server", check_mail_server, data=False)
register("site_url", check_site_url, data=False)
register("embedded_worker", check_embedded_worker, data=False)
register("clocks", check_clocks)
