"""Loose input, strict output [contract 10]: what this dialect's clients may send for a value."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rest_framework import serializers

from core.zones import local_moment

WHOLE = re.compile(r"\A[+-]?[0-9]{1,19}\Z")
# Stricter than in a body: one row has one address.
PATH_ID = re.compile(r"\A[0-9]{1,19}\Z")
EPOCH = re.compile(r"\A-?[0-9]{1,12}\Z")
MOMENT = re.compile(
    r"\A(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(UTC|Z|[+-]\d{2}:?\d{2})?\Z",
    re.ASCII,
)
MAX_ID = 2**63 - 1
# What is stored can be shown in any time zone.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def read_whole(data: object) -> int:
    """An int, or its digits in a text; a fraction, true, a list → ValueError."""
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    if isinstance(data, str) and WHOLE.match(data.strip()):
        return int(data)
    raise ValueError


def read_moment(data: object, zone: ZoneInfo) -> datetime:
    """Epoch seconds, or `YYYY-MM-DD[ T]HH:MM[:SS[.f]]` with UTC, Z, an offset or (none) the zone's local time → UTC.

    A bare date is 00:00 local. Raises ValueError, also outside the years 1 to 9999.
    """
    if isinstance(data, int) and not isinstance(data, bool):
        data = str(data)
    if not isinstance(data, str):
        raise ValueError
    text = data.strip()
    try:
        if EPOCH.match(text):
            return datetime.fromtimestamp(int(text), UTC)
        return _read_written(text, zone)
    except (OverflowError, OSError) as error:
        raise ValueError from error


def _read_written(text: str, zone: ZoneInfo) -> datetime:
    match = MOMENT.match(text)
    if not match:
        raise ValueError
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    # Milliseconds are what we show: finer ones would make what is read and sent back a change.
    fraction = int((match[7] or "0")[:3].ljust(3, "0")) * 1000
    written = datetime(year, month, day, hour, minute, second, fraction, UTC)
    if match[8] is None:
        return local_moment(written.date(), written.time(), zone)
    return written - _read_offset(match[8])


def _read_offset(text: str) -> timedelta:
    if text in {"UTC", "Z"}:
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] == "-" else offset


class LooseField(serializers.Field):
    """ "" is how a form says null, so both are null. `schema` is OpenAPI's of what is taken."""

    schema: dict = {"type": ["integer", "string"], "pattern": "^[0-9]{1,19}$"}

    default_error_messages = {"null": "can't be blank"}

    def run_validation(self, data=serializers.empty):
        return super().run_validation(None if data == "" else data)


class WholeField(LooseField):
    default_error_messages = {"invalid": "must be a whole number"}

    def __init__(self, *, unit: str = "", **options):
        self.unit = unit
        super().__init__(**options)

    def to_internal_value(self, data):
        try:
            return read_whole(data)
        except ValueError:
            message = self.error_messages["invalid"] + (f" of {self.unit}" if self.unit else "")
            raise serializers.ValidationError(message, code="invalid") from None


class MomentField(LooseField):
    schema = {
        "type": ["string", "integer"],
        "examples": ["2017-11-27 09:00:00 UTC", "2017-11-27T10:00:00+01:00", 1511773200],
    }
    default_error_messages = {
        "invalid": "must be a date and time such as 2017-11-27 09:00:00 UTC, ISO 8601, or seconds since 1970"
    }

    def to_internal_value(self, data):
        try:
            moment = read_moment(data, self.context["zone"])
        except ValueError:
            self.fail("invalid")
        return moment if FIRST <= moment <= LAST else self.fail("invalid")


class TextField(serializers.CharField):
    """A text as it is; numbers, true and lists are none."""

    schema: dict = {"type": "string"}

    default_error_messages = {
        "invalid": "must be a text",
        "null": "can't be blank",
        "blank": "can't be blank",
        "max_length": "is too long (maximum is {max_length} characters)",
    }

    def __init__(self, **options):
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        if not (data.strip() or self.allow_blank):
            self.fail("blank")
        return data


class BlankField(TextField):
    """A text that may be blank: null and "" are the same."""

    def __init__(self, **options):
        super().__init__(allow_blank=True, allow_null=True, required=False, **options)

    def run_validation(self, data=serializers.empty):
        return super().run_validation("" if data is None else data)


class WordField(TextField):
    """One of a list of words."""

    default_error_messages = {"inclusion": "is not included in the list: {words}"}

    def __init__(self, *, words: list[str], **options):
        self.words = words
        super().__init__(**options)

    def to_internal_value(self, data):
        if data not in self.words:
            self.fail("inclusion", words=", ".join(self.words))
        return data


class RowField(LooseField):
    """The id of a row that the caller can reach; any other id is one that never existed."""

    default_error_messages = {"must_exist": "must exist"}

    def __init__(self, *, rows, **options):
        self.rows = rows
        super().__init__(**options)

    def to_internal_value(self, data):
        try:
            pk = read_whole(data)
        except ValueError:
            self.fail("must_exist")
        if not 0 < pk <= MAX_ID:
            self.fail("must_exist")
        found = self.rows(self.context["view"]).filter(pk=pk).order_by()
        return next(iter(found), None) or self.fail("must_exist")
