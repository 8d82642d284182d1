"""The query string of a call: what is wrong with any parameter is collected and told at once."""

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from appointments.api.errors import invalid
from appointments.api.fields import MAX_INT, Invalid, read_ids, read_truth, read_whole
from appointments.api.moments import read_moment
from core.api.parsers import query_pairs

# A plus sign that nobody escaped is read as a space.
UNESCAPED = re.compile(r"(:\d{2}(?:\.\d+)?) (\d{2}:\d{2})\Z", re.ASCII)
Value = TypeVar("Value")


class Query:
    """Names are exact; of `name[]` the brackets are optional. `check()` refuses with all that is wrong, by name."""

    def __init__(self, request):
        self.values = read_pairs(request.META.get("QUERY_STRING", ""))
        self.errors: dict[str, list[tuple[str, str]]] = {}

    def has(self, name: str) -> bool:
        return name in self.values

    def one(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """None when it is absent or cannot be read."""
        given = self.values.get(name, [])
        if len(given) > 1:
            self.refuse(name, f"is given {len(given)} times")
            return None
        return self.read(name, read, given[0]) if given else None

    def ids(self, name: str) -> list[int] | None:
        """Of `name[]=1&name[]=2`, `name=[1,2]` or `name=1`; None when it is absent or cannot be read."""
        given = self.values.get(name)
        if not given:
            return None
        return self.read(name, read_ids, given[0] if len(given) == 1 else given)

    def truth(self, name: str) -> bool | None:
        return self.one(name, read_truth)

    def between(self, name: str, low: int, high: int = MAX_INT) -> int | None:
        return self.one(name, partial(bounded, low=low, high=high))

    def moment(self, name: str, zone: ZoneInfo):
        return self.one(name, partial(query_moment, zone=zone))

    def read(self, name: str, read: Callable[..., Value], given: str | list[str]) -> Value | None:
        try:
            return read(given)
        except Invalid as error:
            for path, found in error.errors.items():
                for code, text in found:
                    self.refuse(name + path, text, code)
        except ValueError as error:
            self.refuse(name, str(error))
        return None

    def refuse(self, name: str, message: str, code: str = "invalid") -> None:
        """Once: a list of two kinds of rows reads its query twice."""
        found = self.errors.setdefault(name, [])
        if (code, message) not in found:
            found.append((code, message))

    def check(self) -> None:
        if self.errors:
            raise invalid(self.errors)


def query_moment(text: str, zone: ZoneInfo):
    """Raises ValueError."""
    return read_moment(UNESCAPED.sub(r"\1+\2", text), zone)


def bounded(text: str, low: int, high: int) -> int:
    found = read_whole(text)
    if not low <= found <= high:
        raise Invalid(f"must be from {low} to {high}")
    return found


def read_pairs(query: str) -> dict[str, list[str]]:
    """Name → values."""
    values: dict[str, list[str]] = {}
    for name, value in query_pairs(query):
        values.setdefault(name.removesuffix("[]"), []).append(value)
    return values
