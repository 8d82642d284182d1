"""What the properties of a body take [contract 40]: each reads a JSON value, and says in OpenAPI what it takes.

Old clients send numbers as texts and booleans as 0 and 1: both are taken. `view` gives the organization and its zone.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db.models import QuerySet

from appointments.api.moments import is_second_pass, read_date, read_moment
from core.api.query import Invalid

MAX_ID = 2**63 - 1
MAX_INT = 2**31 - 1
MAX_ITEMS = 500
WHOLE = re.compile(r"\A-?[0-9]{1,19}\Z", re.ASCII)
TRUTHS = {"0": False, "1": True, "false": False, "true": True}
ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_ID}
MUST_EXIST = "must exist"


class Field:
    """`source` is its name inside, where that is another. `is_nullable`: null unsets it."""

    schema: dict = {}

    def __init__(self, source: str = "", *, is_nullable: bool = False):
        self.source, self.is_nullable = source, is_nullable

    def read(self, data: Any, view) -> Any:
        """Raises Invalid."""
        if data is None:
            return self.nothing()
        return self.value(data, view)

    def nothing(self) -> Any:
        if not self.is_nullable:
            raise Invalid("must not be null")

    def value(self, data: Any, view) -> Any:
        raise NotImplementedError

    def tail(self, path: str) -> str:
        """The wire's word for the rest of a path that begins at this property."""
        return path

    def documented(self) -> dict:
        return {**self.schema, "type": [self.schema["type"], "null"]} if self.is_nullable else self.schema


class Text(Field):
    """null is an empty one."""

    def __init__(self, max_length: int, source: str = "", *, is_required: bool = False):
        super().__init__(source, is_nullable=not is_required)
        self.max_length, self.is_required = max_length, is_required
        self.schema = {"type": "string", "maxLength": max_length, **({"minLength": 1} if is_required else {})}

    def nothing(self) -> str:
        super().nothing()
        return ""

    def value(self, data: Any, view) -> str:
        if not isinstance(data, str):
            raise Invalid("must be a text")
        if self.is_required and not data.strip():
            raise Invalid("must not be empty")
        if len(data) > self.max_length:
            raise Invalid(f"is too long (maximum is {self.max_length} characters)")
        return data


def read_whole(data: Any) -> int:
    """A JSON integer, or one as a text. Raises Invalid."""
    if isinstance(data, str) and WHOLE.match(data):
        data = int(data)
    if not isinstance(data, int) or isinstance(data, bool) or abs(data) > MAX_ID:
        raise Invalid("must be an integer")
    return data


class Whole(Field):
    def __init__(self, source: str = "", *, low: int = -MAX_INT, high: int = MAX_INT, is_nullable: bool = False):
        super().__init__(source, is_nullable=is_nullable)
        self.low, self.high = low, high
        self.schema = {"type": "integer", "minimum": low, "maximum": high}

    def value(self, data: Any, view) -> int:
        found = read_whole(data)
        if not self.low <= found <= self.high:
            raise Invalid(f"must be from {self.low} to {self.high}")
        return found


def read_truth(data: Any) -> bool:
    """true, false, 1, 0, and these as texts. Raises Invalid."""
    if isinstance(data, bool):
        return data
    if isinstance(data, int | str) and str(data) in TRUTHS:
        return TRUTHS[str(data)]
    raise Invalid("must be true or false")


class Truth(Field):
    schema = {"type": "boolean"}

    def value(self, data: Any, view) -> bool:
        return read_truth(data)


class Word(Field):
    """One of these words: wire → inside."""

    def __init__(self, words: Mapping[str, str], source: str = ""):
        super().__init__(source)
        self.words = words
        self.schema = {"type": "string", "enum": list(words)}

    def value(self, data: Any, view) -> str:
        if not isinstance(data, str) or data not in self.words:
            raise Invalid(f"must be one of: {', '.join(self.words)}")
        return self.words[data]


class Moment(Field):
    """In the group's zone, or with an offset; one that no text of this dialect names is refused [contract 40]."""

    schema = {"type": "string", "examples": ["2026-01-18 10:30:00"]}

    def value(self, data: Any, view) -> datetime:
        try:
            moment = read_moment(data if isinstance(data, str) else "", view.zone)
        except ValueError as error:
            raise Invalid(str(error)) from None
        if is_second_pass(moment, view.zone):
            raise Invalid("lies in the second pass of an hour that comes twice", "unnamed")
        return moment


class Day(Field):
    """A date; "" is none."""

    schema = {"type": "string", "format": "date"}

    def value(self, data: Any, view):
        if data == "" and self.is_nullable:
            return None
        try:
            return read_date(data if isinstance(data, str) else "")
        except ValueError as error:
            raise Invalid(str(error)) from None


class RowOf(Field):
    """A row of the organization by its id; any other is one that never existed. Old clients write 0 for none."""

    schema = {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_ID}

    def __init__(self, rows: Callable[[int], QuerySet], source: str, *, is_nullable: bool = False):
        """rows(organization id) are those in reach."""
        super().__init__(source, is_nullable=is_nullable)
        self.rows = rows

    def value(self, data: Any, view) -> Any:
        pk = read_whole(data)
        if pk == 0 and self.is_nullable:
            return None
        row = self.rows(view.organization_id).filter(pk=pk).order_by().first() if pk > 0 else None
        if row is None:
            raise Invalid(MUST_EXIST, "must_exist")
        return row


class RowsOf(Field):
    """A list of such ids → the rows, in the order of the request, each once."""

    schema = {"type": "array", "items": ID, "maxItems": MAX_ITEMS}

    def __init__(self, rows: Callable[[int], QuerySet], source: str):
        super().__init__(source)
        self.rows = rows

    def value(self, data: Any, view) -> list:
        ids = list(dict.fromkeys(read_ids(data)))
        found = self.rows(view.organization_id).in_bulk([pk for pk in ids if pk > 0])
        unknown = {f"[{number}]": [("must_exist", MUST_EXIST)] for number, pk in enumerate(ids) if pk not in found}
        if unknown:
            raise Invalid(errors=unknown)
        return [found[pk] for pk in ids]


def read_ids(data: Any) -> list[int]:
    """`[21]`, `["21"]`, `"[21]"`, `"21"` or `21`. Raises Invalid."""
    items = _items(data)
    if len(items) > MAX_ITEMS:
        raise Invalid(f"must have at most {MAX_ITEMS} items")
    found, errors = [], {}
    for number, item in enumerate(items):
        try:
            found.append(read_whole(item))
        except Invalid as error:
            errors[f"[{number}]"] = error.errors[""]
    if errors:
        raise Invalid(errors=errors)
    return found


def _items(data: Any) -> list:
    if isinstance(data, str) and data.strip().startswith("["):
        try:
            data = orjson.loads(data)
        except orjson.JSONDecodeError:
            raise Invalid("must be a list of ids") from None
    if isinstance(data, int | str) and not isinstance(data, bool):
        return [data]
    if not isinstance(data, list):
        raise Invalid("must be a list of ids")
    return data
