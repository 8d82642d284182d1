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
# ISO 8601 in its extended and its basic format, with the loose ends that Rails takes.
MOMENT = re.compile(
    r"""(?P<year>\d{4}) (?P<dash>-?) (?P<month>\d{2}) (?P=dash) (?P<day>\d{2})
    (?: [\ T] (?P<hour>\d{2})
        (?: (?P<colon>:?) (?P<minute>\d{2}) (?: (?P=colon) (?P<second>\d{2}) (?: [.,] (?P<fraction>\d+) )? )? )? )?
    \s* (?P<offset> UTC | GMT | Z | [+-]\d{2} (?: :?\d{2} )? )?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
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
    match = MOMENT.fullmatch(text)
    if not match:
        raise ValueError
    day = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=UTC)
    written, offset = day + _read_clock(match), match["offset"]
    if offset is None:
        return local_moment(written.date(), written.time(), zone)
    if match["hour"] is None and re.fullmatch(r"[+-]\d\d", offset):
        # 2017-11-27-05 looks like too many things.
        raise ValueError
    return written - _read_offset(offset)


def _read_clock(match: re.Match) -> timedelta:
    """Since the day's midnight: 24:00 is its end, and :60 a leap second, as ISO 8601 has them."""
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    # Milliseconds are what we show: finer ones would make what is read and sent back a change.
    fraction = int((match["fraction"] or "")[:3].ljust(3, "0"))
    clock = timedelta(hours=hour, minutes=minute, seconds=second, milliseconds=fraction)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and clock > timedelta(days=1)):
        raise ValueError
    return clock


def _read_offset(text: str) -> timedelta:
    if text[0] not in "+-":
        return timedelta(0)
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
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
    """The id of a row that the caller can reach; any other id is one that never existed.

    `find(view, id)` gives the row, or None.
    """

    default_error_messages = {"must_exist": "must exist"}

    def __init__(self, *, find, **options):
        self.find = find
        super().__init__(**options)

    def to_internal_value(self, data):
        try:
            pk = read_whole(data)
        except ValueError:
            self.fail("must_exist")
        if not 0 < pk <= MAX_ID:
            self.fail("must_exist")
        return self.find(self.context["view"], pk) or self.fail("must_exist")
