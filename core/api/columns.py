"""Columns that are made by Python, of several values or of none."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from core.api.rows import PythonColumn


@dataclass(frozen=True)
class Made(PythonColumn):
    """Of several values; `documented` is the schema of what is made."""

    make: Callable
    documented: tuple[tuple[str, object], ...]
    others: tuple[str, ...] = ()

    def paths(self) -> list[str]:
        return [self.path, *self.others]

    def python(self, values: Iterator):
        return self.make(next(values), *(next(values) for _path in self.others))

    def many(self, values: Iterator[Sequence], number: int) -> Iterable:
        return list(map(self.make, *[next(values) for _path in self.paths()]))

    def schema(self, model: type[Model]) -> dict:
        return dict(self.documented)


def made(path: str, make: Callable, schema: dict, *others: str) -> Made:
    return Made(path, make, tuple(schema.items()), others)


@dataclass(frozen=True)
class Always(PythonColumn):
    """The same value in every row; it reads no column."""

    value: Any

    def paths(self) -> list[str]:
        return []

    def python(self, values: Iterator):
        return self.value

    def many(self, values: Iterator[Sequence], number: int) -> Iterable:
        return [self.value] * number

    def schema(self, model: type[Model]) -> dict:
        return {"const": self.value}


def always(value: Any) -> Always:
    return Always("", value)
