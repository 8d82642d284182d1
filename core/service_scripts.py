"""Named functions that service tasks run (svctasks), registered by the app whose rows they read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.utils.functional import Promise

from core.changes import refuse
from core.models import Organization


class Run(Protocol):
    """What a handler is given: whose rows, the script's own parameters, and somebody to report to."""

    organization: Organization
    params: dict[str, Any]
    # Names this run to receivers: the same in each try.
    key: str
    # Signs what leaves the house; empty where the script has none.
    secret: bytes

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Shown while it runs. Raises Stopped when the run was cancelled: long work calls it often."""

    def log(self, text: str) -> None:
        """A line of the run's log, whose tail is kept."""


class Stopped(Exception):
    """The run is not to go on."""


# What it answers is the run's result: JSON, small; None for nothing to tell.
Function = Callable[[Run], Any]
# Raises ValidationError on `params`.
Check = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Shipped:
    """The script that every organization has, under this code; `every`: and the task that runs it so often.

    `code` and `name` are what the API says; a task of whole days begins at `hour`, local time.
    """

    code: str
    name: str
    every: timedelta | None = None
    hour: int = 3


@dataclass(frozen=True)
class Handler:
    """`title`: what it does, for people. `calls_out`: what it sends is signed, so its script has a secret."""

    name: str
    title: str | Promise
    function: Function
    check: Check
    calls_out: bool
    ships: Shipped | None


_handlers: dict[str, Handler] = {}


def takes_nothing(params: dict[str, Any]) -> None:
    """The check of a handler without parameters."""
    only(params)


def only(params: dict[str, Any], *names: str) -> None:
    """Refuse parameters of other names."""
    unknown = sorted(set(params) - set(names))
    if unknown:
        refuse("params", "unknown", f"{unknown[0]} is no parameter of this handler")


def service_script(
    name: str,
    *,
    title: str | Promise,
    check: Check = takes_nothing,
    calls_out: bool = False,
    ships: Shipped | None = None,
) -> Callable[[Function], Function]:
    """Register a handler. It is idempotent where it can be: a run whose worker died may come again."""

    def register(function: Function) -> Function:
        if name in _handlers:
            raise ValueError(f"two service scripts are named {name!r}")
        _handlers[name] = Handler(name, title, function, check, calls_out, ships)
        return function

    return register


def handlers() -> list[Handler]:
    """In the order of their names."""
    return [_handlers[name] for name in sorted(_handlers)]


def handler_named(name: str) -> Handler | None:
    return _handlers.get(name)
