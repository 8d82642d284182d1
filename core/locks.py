"""The transaction of a service: a lock that was not to be had in time is Busy, behind every door."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, overload

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Busy

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
