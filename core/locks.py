"""The transaction of a service: a lock that was not to be had in time is Busy, behind every door."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, overload

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Busy
from core.models.base import OrganizationRow

# PostgreSQL's lock_not_available and deadlock_detected; SQLite has a sentence alone.
LOCK_STATES = {"55P03", "40P01"}
LOCKED = "database is locked"
Function = TypeVar("Function", bound=Callable[..., Any])
_running: ContextVar[bool] = ContextVar("running", default=False)
BUSY = _("Somebody else is changing the same thing at this very moment. Try again.")


@overload
def atomic() -> AbstractContextManager[None]: ...
@overload
def atomic(function: Function) -> Function: ...
def atomic(function=None):
    """As Django's transaction.atomic, `@atomic` or `with atomic():`. Raises Busy."""
    return _transaction()(function) if function else _transaction()


@contextmanager
def _transaction() -> Iterator[None]:
    """A service that another one calls is part of that one, without a savepoint: what fails inside fails as a whole."""
    inner = _running.get()
    token = _running.set(True)
    try:
        with lock_failures_as_busy(), transaction.atomic(savepoint=not inner):
            yield
    finally:
        _running.reset(token)


@contextmanager
def lock_failures_as_busy() -> Iterator[None]:
    """Around a transaction that is somebody else's, as Django's admin begins its own."""
    try:
        yield
    except OperationalError as error:
        if _is_lock_failure(error):
            raise Busy(BUSY) from error
        raise


def _is_lock_failure(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in LOCK_STATES or LOCKED in str(error)


def hold(values: Iterable[object]) -> None:
    """The organizations' rows among these values stay as they are until the transaction ends.

    What changed since it was read is read anew, so that rules judge what is so now. Others may hold the same rows;
    always all at once, in one order, before the locks of busy time.
    """
    found = {(row._meta.db_table, row.pk): row for row in values if isinstance(row, OrganizationRow)}
    rows = [found[key] for key in sorted(found)]
    for row, version in zip(rows, _held_versions(rows), strict=True):
        if version != row.version:
            row.refresh_from_db()


def _held_versions(rows: list[OrganizationRow]) -> list[int | None]:
    """Locked for share, in one statement; SQLite's transaction has its lock already."""
    if not rows:
        return []
    quote, share = connection.ops.quote_name, "FOR SHARE" if connection.vendor == "postgresql" else ""
    # Names of the models' own, quoted; values go apart.
    parts = [f"(SELECT version FROM {quote(row._meta.db_table)} WHERE id = %s {share})" for row in rows]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [row.pk for row in rows])
        return list(cursor.fetchone())
