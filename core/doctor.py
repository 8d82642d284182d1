"""A check-up of the set-up and the live data; apps add theirs by `register`. Each finding says how to mend it."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError

from core.crypto import is_readable

logger = logging.getLogger("dutyboard.doctor")

SHOWN = 10


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """`mend` says what to do; empty where all is well."""

    level: Level
    what: str
    mend: str = ""
    check: str = ""


Check = Callable[[], Iterable[Finding]]
_set_up: dict[str, Check] = {}
_data: dict[str, Check] = {}


def register(name: str, check: Check, *, data: bool = True) -> None:
    """A check yields what is wrong, and nothing (or an ok) when nothing is. `data`: it reads the database's rows."""
    (_data if data else _set_up)[name] = check


def examine() -> list[Finding]:
    """All findings. The rows are looked at only in a database that answers and is migrated."""
    findings = [finding for name, check in _set_up.items() for finding in _run(name, check)]
    if any(each.check == "database" and each.level == Level.ERROR for each in findings):
        return findings
    return findings + [finding for name, check in _data.items() for finding in _run(name, check)]


def _run(name: str, check: Check) -> list[Finding]:
    try:
        found = list(check())
    except DatabaseError as error:
        found = [_broken(error, "See that the database answers and is migrated: manage.py migrate.")]
    except Exception as error:
        logger.exception("the check %s", name)
        found = [_broken(error, "The log has the whole of it.")]
    return [Finding(each.level, each.what, each.mend, name) for each in found or [Finding(Level.OK, "nothing wrong")]]


def _broken(error: Exception, mend: str) -> Finding:
    return Finding(Level.ERROR, f"the check itself failed ({type(error).__name__})", mend)


def ok(what: str) -> Finding:
    return Finding(Level.OK, what)


def warning(what: str, mend: str) -> Finding:
    return Finding(Level.WARNING, what, mend)


def error(what: str, mend: str) -> Finding:
    return Finding(Level.ERROR, what, mend)


def of_rows(level: Level, rows, what: str, mend: str) -> Iterator[Finding]:
    """One finding for all the rows of a queryset, with the first ids; nothing where there is none."""
    number = rows.count()
    if number:
        yield from _of_ids(level, number, rows.order_by("pk").values_list("pk", flat=True)[:SHOWN], what, mend)


def of_ids(level: Level, ids: Iterable[int], what: str, mend: str) -> Iterator[Finding]:
    """The same for rows that only Python can tell."""
    found = list(ids)
    if found:
        yield from _of_ids(level, len(found), found[:SHOWN], what, mend)


def of_unreadable(rows, field: str, what: str, mend: str) -> Iterator[Finding]:
    """The same for rows whose encrypted field no key of ENCRYPTION_KEY decrypts."""
    found = rows.order_by("pk").values_list("pk", field).iterator()
    yield from of_ids(Level.ERROR, (pk for pk, value in found if not is_readable(bytes(value))), what, mend)


def _of_ids(level: Level, number: int, ids: Iterable[int], what: str, mend: str) -> Iterator[Finding]:
    more = ", …" if number > SHOWN else ""
    yield Finding(level, f"{number} × {what} (id {', '.join(map(str, ids))}{more})", mend)
