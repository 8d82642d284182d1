"""Who is acting, through which door: read by the history and the logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Actor:
    """door: api, admin, student, customer, provider, verify, account, command, celery, embedded.

    ids: of core.User, core.Application, core.ApiKey.
    """

    door: str = ""
    user_id: int | None = None
    application_id: int | None = None
    request_id: str = ""
    key_id: int | None = None


NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor")


def current_actor() -> Actor:
    return _actor.get(NOBODY)


@contextmanager
def acting(**changes) -> Iterator[Actor]:
    """Act with these fields of Actor changed, until the block ends."""
    token = _actor.set(replace(current_actor(), **changes))
    try:
        yield current_actor()
    finally:
        _actor.reset(token)


def name_actor(**changes) -> None:
    """Add what became known during a request (its user, its application); the request's own block ends it."""
    _actor.set(replace(current_actor(), **changes))
