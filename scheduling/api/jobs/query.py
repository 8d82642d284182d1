"""The query string of a call: names and words match in any case, a list repeats its key [contract 20]."""

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from core.api.errors import Refusal
from core.api.parsers import query_pairs
from scheduling.api.jobs.errors import QUERY
from scheduling.api.jobs.fields import MAX_ID, read_moment, read_uid

MAX_VALUES = 50
WHOLE = re.compile(r"\A-?([0-9]+)\Z")
TRUTHS = {"true": True, "false": False}
Value = TypeVar("Value")


def whole(text: str) -> int:
    match = WHOLE.match(text)
    if not match:
        raise ValueError("must be an integer")
    digits = match[1].lstrip("0") or "0"
    if len(digits) > len(str(MAX_ID)) or int(digits) > MAX_ID:
        raise ValueError(f"must be from {-MAX_ID} to {MAX_ID}")
    return -int(digits) if text.startswith("-") else int(digits)


def text(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def truth(text: str) -> bool:
    return word(text, TRUTHS)


def moment(text: str):
    # A plus sign that nobody escaped is read as a space.
    return read_moment(text.replace(" ", "+"))


def uid(text: str):
    try:
        return read_uid(text)
    except ValueError:
        raise ValueError("must be a uuid") from None


def word(text: str, words: dict[str, Value]) -> Value:
    """What the word stands for, matched in any case."""
    for name, value in words.items():
        if name.lower() == text.lower():
            return value
    raise ValueError(f"must be one of: {', '.join(words)}")


class Query:
    """What is wrong with any parameter is collected; `check()` refuses with all of it under `queryParams`."""

    def __init__(self, request):
        self.values = read_pairs(request.META.get("QUERY_STRING", ""))
        self.errors: list[str] = []

    def has(self, name: str) -> bool:
        return name.lower() in self.values

    def one(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """None when it is absent or cannot be read."""
        given = self.values.get(name.lower(), [])
        if len(given) > 1:
            self.refuse(f"{name} is given {len(given)} times")
            return None
        return self._read(name, read, given[0]) if given else None

    def many(self, name: str, read: Callable[[str], Value]) -> list[Value] | None:
        """None when it is absent."""
        given = self.values.get(name.lower())
        if given and len(given) > MAX_VALUES:
            self.refuse(f"{name} has more than {MAX_VALUES} values")
            return None
        return [self._read(name, read, text) for text in given] if given else None  # type: ignore[misc]

    def between(self, name: str, low: int, high: int, default: int) -> int:
        found = self.one(name, partial(bounded, low=low, high=high))
        return default if found is None else found

    def _read(self, name: str, read: Callable[[str], Value], given: str) -> Value | None:
        try:
            return read(given)
        except ValueError as error:
            self.refuse(f"{name} {error}")
            return None

    def refuse(self, message: str) -> None:
        self.errors.append(message)

    def check(self) -> None:
        if self.errors:
            texts = [("invalid", message) for message in dict.fromkeys(self.errors)]
            raise Refusal(422, "query", "The query parameters cannot be used", fields={QUERY: texts})


def bounded(text: str, low: int, high: int) -> int:
    message = f"must be an integer from {low} to {high}"
    try:
        number = whole(text)
    except ValueError:
        raise ValueError(message) from None
    if not low <= number <= high:
        raise ValueError(message)
    return number


def read_pairs(query: str) -> dict[str, list[str]]:
    """Lower-case name → values."""
    values: dict[str, list[str]] = {}
    for name, value in query_pairs(query):
        values.setdefault(name.lower().removesuffix("[]"), []).append(value)
    return values
