"""Strict input [contract 20]: a JSON number is no text, true is no number, an instant has its offset, a name is one
line.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from core.one_line import CONTROLS
from scheduling.job_rules import CustomValue

MOMENT = re.compile(
    r"\A(\d{4,9})(-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})\Z",
    re.ASCII | re.IGNORECASE,
)
UID = re.compile(r"\A[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
MAX_ID = 2**63 - 1
MAX_ITEMS = 100
# What is stored can be shown in any time zone.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
NO_MOMENT = "must be an ISO 8601 date and time with Z or an offset, such as 2026-01-05T09:00:00Z"
NO_SUCH_YEAR = "must be from 0001-01-02 to 9999-12-30"
# Of the controls these belong into a text of several lines.
BREAKS = str.maketrans("", "", "\n\r\t\u2028\u2029")


def read_moment(text: str) -> datetime:
    """ISO 8601 with Z or an offset → UTC, in whole milliseconds. Raises ValueError, which says what is wrong."""
    match = MOMENT.match(text)
    if not match:
        raise ValueError(NO_MOMENT)
    year, rest, fraction, offset = match.groups()
    if not 1 <= int(year) <= LAST.year:
        raise ValueError(NO_SUCH_YEAR)
    moment = _moment(year[-4:] + rest + ":00" * (rest.count(":") == 1), fraction or "0", offset)
    if not FIRST <= moment <= LAST:
        raise ValueError(NO_SUCH_YEAR)
    return moment


def _moment(seconds: str, fraction: str, offset: str) -> datetime:
    # Milliseconds are what we show: finer ones would make what is read and sent back a change.
    try:
        return datetime.fromisoformat(f"{seconds}.{fraction[:3].ljust(3, '0')}{offset}".upper()).astimezone(UTC)
    except OverflowError:
        raise ValueError(NO_SUCH_YEAR) from None
    except ValueError:
        raise ValueError(NO_MOMENT) from None


def whole(data: object) -> int | None:
    """A JSON integer; None for what is none. One past 64 bits is read as a float by the parser."""
    if isinstance(data, float) and abs(data) > MAX_ID and data.is_integer():
        return int(data)
    return data if isinstance(data, int) and not isinstance(data, bool) else None


def read_uid(text: str) -> UUID:
    """The usual form with hyphens alone. Raises ValueError."""
    if not UID.match(text):
        raise ValueError
    return UUID(text)


class Property(serializers.Field):
    """One property of a body. `schema` is OpenAPI's of what is taken."""

    schema: dict = {}
    default_error_messages = {"null": "must not be null"}


class Whole(Property):
    default_error_messages = {"invalid": "must be an integer", "range": "must be from {low} to {high}"}

    def __init__(self, *, low: int = -MAX_ID - 1, high: int = MAX_ID, **options):
        self.low, self.high = low, high
        self.schema = {"type": "integer", "format": "int64", "minimum": low, "maximum": high}
        super().__init__(**options)

    def to_internal_value(self, data):
        number = whole(data)
        if number is None:
            self.fail("invalid")
        if not self.low <= number <= self.high:
            self.fail("range", low=self.low, high=self.high)
        return number


class Truth(Property):
    schema = {"type": "boolean"}
    default_error_messages = {"invalid": "must be true or false"}

    def to_internal_value(self, data):
        return data if isinstance(data, bool) else self.fail("invalid")


class Text(Property):
    """One line that says something; one that may be null may be empty too, which is the same."""

    breaks: dict[int, int | None] = {}
    default_error_messages = {
        "invalid": "must be a text",
        "blank": "must not be empty",
        "max_length": "is too long (maximum is {max_length} characters)",
        "controls": "must be one line without control characters",
    }

    def __init__(self, max_length: int, **options):
        self.max_length = max_length
        super().__init__(**options)
        self.schema = {"type": "string", "maxLength": max_length, **({} if self.allow_null else {"minLength": 1})}

    def run_validation(self, data=serializers.empty):
        return super().run_validation("" if data is None and self.allow_null else data)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        if not (data.strip() or self.allow_null):
            self.fail("blank")
        if len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return self.fail("controls") if CONTROLS.search(data.translate(self.breaks)) else data


class Lines(Text):
    """A text of several lines."""

    breaks = BREAKS
    default_error_messages = {"controls": "must be without control characters"}


class Word(Property):
    """One of a list of words, wire name → value; exact [contract 20]."""

    default_error_messages = {"inclusion": "must be one of: {words}"}

    def __init__(self, words: Mapping[str, str], **options):
        self.words = words
        self.schema = {"type": "string", "enum": list(words)}
        super().__init__(**options)

    def to_internal_value(self, data):
        if not isinstance(data, str) or data not in self.words:
            self.fail("inclusion", words=", ".join(self.words))
        return self.words[data]


class Moment(Property):
    schema = {"type": "string", "format": "date-time"}

    def to_internal_value(self, data):
        try:
            return read_moment(data if isinstance(data, str) else "")
        except ValueError as error:
            raise serializers.ValidationError(str(error), code="invalid") from None


class RowOf(Property):
    """A row of the customer by its id, or by its `uid`; any other is one that never existed."""

    default_error_messages = {"invalid": "must be an integer", "uid": "must be a uuid", "must_exist": "must exist"}

    def __init__(self, rows: Callable[[int], QuerySet], *, by: str = "pk", **options):
        """rows(organization id) are those in reach."""
        self.rows, self.by = rows, by
        self.schema = {"type": "integer", "format": "int64"} if by == "pk" else {"type": "string", "format": "uuid"}
        super().__init__(**options)

    def to_internal_value(self, data):
        key = self.key_of(data)
        found = self.rows(self.context["organization_id"]).filter(**{self.by: key}).order_by()
        return next(iter(found), None) or self.fail("must_exist")

    def key_of(self, data: object) -> int | UUID:
        if self.by == "uid":
            try:
                return read_uid(data if isinstance(data, str) else "")
            except ValueError:
                self.fail("uid")
        number = whole(data)
        if number is None:
            self.fail("invalid")
        return number if 0 < number <= MAX_ID else self.fail("must_exist")


class Items(Property):
    """A list of what another property takes; errors stand under its number."""

    default_error_messages = {"invalid": "must be a list", "max_length": "must have at most {max_length} items"}

    def __init__(self, item: Property, **options):
        self.item = item
        self.schema = {"type": "array", "items": item.schema, "maxItems": MAX_ITEMS}
        super().__init__(**options)
        parent: Any = self
        self.item.bind(field_name="", parent=parent)

    def to_internal_value(self, data):
        if not isinstance(data, list):
            self.fail("invalid")
        if len(data) > MAX_ITEMS:
            self.fail("max_length", max_length=MAX_ITEMS)
        return read_parts({f"[{number}]": (self.item, one) for number, one in enumerate(data)}, list)


class Parts(Property):
    """An object with properties of its own, all of which must be given; errors stand under their names."""

    default_error_messages = {"invalid": "must be an object", "required": "must be given"}

    def __init__(self, parts: dict[str, Property], **options):
        self.parts = parts
        properties = {name: part.schema for name, part in parts.items()}
        self.schema = {"type": "object", "properties": properties, "required": list(parts)}
        super().__init__(**options)

    def to_internal_value(self, data) -> Any:
        if not isinstance(data, dict):
            self.fail("invalid")
        missing = {f".{name}": [self.error_messages["required"]] for name in self.parts if name not in data}
        if missing:
            raise serializers.ValidationError(missing, code="required")
        return read_parts({f".{name}": (part, data[name]) for name, part in self.parts.items()}, tuple)


def read_parts(parts: dict[str, tuple[Property, object]], kind: Callable) -> Any:
    """kind(the values); the errors of all parts at once, by the part's path within the property."""
    values, errors = [], {}
    for path, (part, data) in parts.items():
        try:
            values.append(part.run_validation(data))
        except serializers.ValidationError as error:
            found = error.detail if isinstance(error.detail, dict) else {"": error.detail}
            errors.update({path + inner: details for inner, details in found.items()})
    if errors:
        raise serializers.ValidationError(errors)
    return kind(values)


class Coordinate(Property):
    default_error_messages = {"invalid": "must be a number", "range": "must be from {low} to {high}"}

    def __init__(self, limit: int):
        self.limit = limit
        self.schema = {"type": "number", "minimum": -limit, "maximum": limit}
        super().__init__()

    def to_internal_value(self, data):
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        return data if abs(data) <= self.limit else self.fail("range", low=-self.limit, high=self.limit)


class Loose(Property):
    """A custom value: a text; a JSON number or boolean is read as its text [contract 20]."""

    schema = {"type": ["string", "number", "boolean", "null"]}
    default_error_messages = {
        "invalid": "must be a text, a number, true or false",
        "controls": Lines.default_error_messages["controls"],
    }

    def to_internal_value(self, data):
        if isinstance(data, bool):
            return "true" if data else "false"
        if isinstance(data, int | float):
            return format(Decimal(repr(data)), "f")
        if not isinstance(data, str):
            self.fail("invalid")
        return self.fail("controls") if CONTROLS.search(data.translate(BREAKS)) else data


class CustomValueOf(Parts):
    """{definitionId, value}; an absent value is null, which unsets."""

    def __init__(self):
        super().__init__({"definitionId": Whole(), "value": Loose(allow_null=True)})
        self.schema["required"] = ["definitionId"]

    def to_internal_value(self, data):
        given = {"value": None, **data} if isinstance(data, dict) else data
        return CustomValue(*super().to_internal_value(given))


def custom_values(**options) -> Items:
    return Items(CustomValueOf(), **options)
