"""What the query strings of this dialect hold, beside what all have [contract 50]."""

import re
from functools import partial
from typing import Any

import orjson

from core.api import query
from core.api.parsers import check_tree
from core.api.query import Invalid
from svctasks.api.errors import invalid

MAX_INT = 2**31 - 1
WHOLE = re.compile(r"-?[0-9]{1,20}", re.ASCII)
TRUTHS = {"0": False, "1": True, "false": False, "true": True}


class Query(query.Query):
    def between(self, name: str, low: int, high: int = MAX_INT) -> int | None:
        return self.one(name, partial(bounded, low=low, high=high))

    def truth(self, name: str) -> bool:
        return bool(self.one(name, read_truth))

    def json(self, name: str, kind: type) -> Any:
        """A JSON value of this kind; None when it is absent or cannot be read."""
        return self.one(name, partial(read_json, kind=kind))

    def mask(self, known: "Names") -> set[str] | None:
        """The names that it lists; None without one."""
        return self.one("mask", partial(read_mask, known=known)) or None

    def refusal(self) -> Exception:
        return invalid(self.errors)


class Names:
    """What a mask may name. `open`: objects of which it may name any member."""

    def __init__(self, *names: str, open: tuple[str, ...] = ()):
        self.names, self.open = names, open

    def __contains__(self, name: object) -> bool:
        first, dot, rest = str(name).partition(".")
        return name in self.names or bool(dot and rest and first in self.open)


def read_mask(text: str, known: Names) -> set[str]:
    names = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(name for name in names if name not in known)
    if unknown:
        raise Invalid(f"{unknown[0]} is not known here", "unknown")
    return names


def read_json(text: str, kind: type) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("must be JSON") from None
    check_tree(value)
    if not isinstance(value, kind):
        raise Invalid(f"must be a JSON {'object' if kind is dict else 'array'}")
    return value


def bounded(text: str, low: int, high: int) -> int:
    if not WHOLE.fullmatch(text):
        raise Invalid("must be an integer")
    if not low <= int(text) <= high:
        raise Invalid(f"must be from {low} to {high}", "range")
    return int(text)


def read_truth(text: str) -> bool:
    if text.lower() not in TRUTHS:
        raise Invalid("must be 0 or 1")
    return TRUTHS[text.lower()]
