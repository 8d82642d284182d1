"""Columns of this dialect's shapes, and how its lists compare them [contract 50]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce

from core.api.columns import Made, made
from core.api.query import Invalid
from svctasks.api.fields import ID_SCHEMA, INTBOOL, TEXT, Day, read_id, read_truth, read_whole, read_word
from svctasks.api.moments import SECOND, STAMP, cut, read_moment, wire_moment, wire_stamp
from svctasks.api.words import wire_word

# Name in a filter → Django's comparison.
BOUNDS = {"ge": "gte", "gt": "gt", "le": "lte", "lt": "lt"}
STAMPED: dict = {"type": "string", "format": "date-time"}
MOMENT: dict = {**STAMPED, "type": ["string", "null"]}


# -- shown --------------------------------------------------------------------------------------------------


def key(path: str = "public_id") -> Made:
    return made(path, str, ID_SCHEMA)


def truth(path: str) -> Made:
    return made(path, int, INTBOOL)


def word(path: str, words: Mapping) -> Made:
    kind = {"type": "integer" if all(isinstance(wire, int) for wire in words) else "string"}
    return made(path, lambda inside: wire_word(words, inside), {**kind, "enum": list(words)})


def moment(path: str) -> Made:
    return made(path, wire_moment, MOMENT)


def stamp(path: str) -> Made:
    return made(path, wire_stamp, STAMPED)


def code(path: str) -> Made:
    """Of a row that there may be none of."""
    return made(path, lambda found: found or "", TEXT)


# -- asked for ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sieve:
    """How a list is narrowed and ordered by a field: `read` takes a JSON value, and raises Invalid."""

    path: str
    read: Callable[[Any], Any]
    is_measured: bool = False

    def any_of(self, values: list) -> Q:
        return Q(**{f"{self.path}__in": values})

    def bound(self, name: str, value: Any) -> Q:
        return Q(**{f"{self.path}__{BOUNDS[name]}": value})

    @property
    def order(self) -> Any:
        return F(self.path)


class Codes(Sieve):
    """Of a row that there may be none of: "" is none."""

    def any_of(self, values: list) -> Q:
        found = super().any_of(values)
        return found | Q(**{f"{self.path}__isnull": True}) if "" in values else found

    @property
    def order(self) -> Any:
        return Coalesce(self.path, Value(""))


@dataclass(frozen=True)
class Words(Sieve):
    """In the order of the wire's words."""

    words: tuple = ()

    @property
    def order(self) -> Any:
        cases = [When(**{self.path: inside}, then=Value(str(wire))) for wire, inside in self.words]
        return Case(*cases, output_field=CharField())


@dataclass(frozen=True)
class Moments(Sieve):
    """As they are shown, digits past `step` being cut; None is none."""

    step: timedelta = SECOND

    def any_of(self, values: list[datetime | None]) -> Q:
        found = Q(pk__in=[])
        for value in values:
            found |= Q(**{f"{self.path}__isnull": True}) if value is None else self._at(value)
        return found

    def _at(self, value: datetime) -> Q:
        return self.bound("ge", value) & self.bound("le", value)

    def bound(self, name: str, value: datetime | None) -> Q:
        if value is None:
            raise Invalid("must be a date and time")
        start = cut(value, self.step)
        past = {"gt": "ge", "le": "lt"}
        return super().bound(past[name], start + self.step) if name in past else super().bound(name, start)


def by_text(path: str) -> Sieve:
    return Sieve(path, read_text)


def by_code(path: str) -> Sieve:
    return Codes(path, read_text)


def by_key(path: str = "public_id") -> Sieve:
    return Sieve(path, read_key)


def by_truth(path: str) -> Sieve:
    return Sieve(path, read_truth)


def by_number(path: str) -> Sieve:
    return Sieve(path, read_whole, is_measured=True)


def by_word(path: str, words: Mapping) -> Sieve:
    return Words(path, lambda data: read_word(data, words), words=tuple(words.items()))


def by_moment(path: str, step: timedelta = SECOND) -> Sieve:
    return Moments(path, lambda data: read_when(data, step), is_measured=True, step=step)


def by_stamp(path: str) -> Sieve:
    return by_moment(path, STAMP)


def read_text(data: Any) -> str:
    if not isinstance(data, str):
        raise Invalid("must be a text")
    return data


def read_key(data: Any):
    found = read_id(data)
    if found is None:
        raise Invalid("must be an id")
    return found


def read_when(data: Any, step: timedelta) -> datetime | None:
    if data is None or data == "":
        return None
    try:
        return read_moment(read_text(data), step)
    except ValueError as error:
        raise Invalid(str(error)) from None


@dataclass(frozen=True)
class Days(Sieve):
    """`0000-05-01` is that day of every year; `annual` tells such rows."""

    annual: str = ""

    def any_of(self, values: list[tuple[date, bool]]) -> Q:
        found = Q(pk__in=[])
        for day, is_annual in values:
            found |= Q(**{self.path: day, self.annual: is_annual})
        return found

    def bound(self, name: str, value: tuple[date, bool]) -> Q:
        day, is_annual = value
        return super().bound(name, day) & Q(**{self.annual: is_annual})


def by_day(path: str, annual: str) -> Sieve:
    return Days(path, read_day, is_measured=True, annual=annual)


def read_day(data: Any) -> tuple[date, bool]:
    found = Day("day").values(data, None)
    return found["day"], found["is_any_year"]
