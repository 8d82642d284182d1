"""Columns of this dialect's shapes. They are written by Python alone, as lists here are read without json_agg."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model

from appointments.api.moments import wire_moment
from core.api.rows import PythonColumn, field_at, field_schema

UTC = ZoneInfo("UTC")
MOMENT = {"type": "string", "examples": ["2026-01-18 10:30:00"]}


# Django's own current zone takes ten calls to read, and each record reads it five times.
_zone: ContextVar[ZoneInfo] = ContextVar("zone")


@contextmanager
def in_zone(zone: ZoneInfo | None) -> Iterator[None]:
    """Moments are written as local ones of this zone; None: there are none."""
    token = _zone.set(zone or UTC)
    try:
        yield
    finally:
        _zone.reset(token)


@lru_cache(maxsize=20_000)
def local_text(seconds: int, zone: ZoneInfo) -> str | None:
    return wire_moment(datetime.fromtimestamp(seconds, zone), zone)


def _shown(found: int | datetime | None, zone: ZoneInfo) -> str | None:
    """Of an instant as PostgreSQL is asked for it, else as Django gives it."""
    return local_text(found, zone) if isinstance(found, int) else wire_moment(found, zone)


class LocalMoment(PythonColumn):
    """An instant in the zone that is in force (in_zone), which is the group's."""

    def read(self, name: str) -> str:
        """In seconds: most are known by then, and to make datetimes takes longer than all else of a record."""
        return f"floor(extract(epoch FROM {name}))::bigint"

    def python(self, values: Iterator):
        return _shown(next(values), _zone.get())

    def many(self, values: Iterator[Sequence], number: int) -> Iterable:
        zone = _zone.get()
        return [_shown(each, zone) for each in next(values)]

    def schema(self, model: type[Model]) -> dict:
        is_null = field_at(model, self.path).null
        return {**MOMENT, "type": ["string", "null"]} if is_null else MOMENT


class Day(PythonColumn):
    def python(self, values: Iterator):
        found = next(values)
        return None if found is None else found.isoformat()

    def schema(self, model: type[Model]) -> dict:
        return {"type": ["string", "null"], "format": "date"}


@dataclass(frozen=True)
class Or(PythonColumn):
    """A value, or this one where the outer join found no row."""

    default: Any

    def python(self, values: Iterator):
        found = next(values)
        return self.default if found is None else found

    def many(self, values: Iterator[Sequence], number: int) -> Iterable:
        return [self.default if each is None else each for each in next(values)]

    def schema(self, model: type[Model]) -> dict:
        schema = field_schema(field_at(model, self.path))
        return {**schema, "enum": list(schema["enum"])} if "enum" in schema else schema
