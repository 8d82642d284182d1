"""What the members of a body take [contract 50]: each reads a JSON value, and says in OpenAPI what it takes."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from core.api.documentation import array_of, obj
from core.api.query import Errors, Invalid
from core.free_json import holds_huge_number
from core.one_line import UNSEEMLY
from scheduling.models.workday import ANY_YEAR
from svctasks.api.moments import read_moment
from svctasks.api.query import TRUTHS
from svctasks.models import ServiceScript

# Not all that clients use are of an RFC 4122 variant: the seed's are not.
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
ID_SCHEMA = {"type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"}
INTBOOL = {"type": "integer", "enum": [0, 1]}
ANY_BOOL = {"enum": [0, 1, False, True, "0", "1", "false", "true"]}
DAY = re.compile(r"(\d{4})-(\d\d-\d\d)", re.ASCII)
MAX_INT64 = 2**63 - 1
MOST = 500
MAX_SITE = 60
OBJECT, TEXT = {"type": "object"}, {"type": "string"}


def read_id(text: object) -> uuid.UUID | None:
    """None for what is no id."""
    return uuid.UUID(text) if isinstance(text, str) and ID.fullmatch(text) else None


@contextmanager
def noted(errors: Errors, path: str) -> Iterator[None]:
    """What is Invalid in the block stands under this path."""
    try:
        yield
    except Invalid as error:
        errors.update({path + tail: texts for tail, texts in error.errors.items()})


class Field:
    """`source` is its name inside."""

    schema: dict = {}

    def __init__(self, source: str):
        self.source = source

    def values(self, data: Any, view) -> dict:
        """Name inside → value. Raises Invalid."""
        return {self.source: self.value(data, view)}

    def value(self, data: Any, view) -> Any:
        raise NotImplementedError

    def tails(self) -> dict[str, str]:
        """Name inside → where it stands within this member."""
        return {self.source: ""}


class Id(Field):
    schema = ID_SCHEMA

    def value(self, data: Any, view) -> uuid.UUID:
        found = read_id(data)
        if found is None:
            raise Invalid("must be an id as 380daae6-016c-cdd4-606e-50e54938780c")
        return found


class Text(Field):
    def __init__(self, source: str, most: int, *, is_filled: bool = False):
        super().__init__(source)
        self.most, self.is_filled = most, is_filled
        self.schema = {**TEXT, "maxLength": most, **({"minLength": 1} if is_filled else {})}

    def value(self, data: Any, view) -> str:
        if not isinstance(data, str):
            raise Invalid("must be a text")
        if len(data) > self.most:
            raise Invalid(f"is too long (maximum is {self.most} characters)", "too_long")
        if self.is_filled and not data.strip():
            raise Invalid("must not be empty", "required")
        return data


def read_truth(data: Any) -> bool:
    """0, 1, true, false, and these as texts. Raises Invalid."""
    word = str(data).lower() if isinstance(data, str | bool | int) else ""
    if word not in TRUTHS:
        raise Invalid("must be 0 or 1")
    return TRUTHS[word]


class Truth(Field):
    schema = ANY_BOOL

    def value(self, data: Any, view) -> bool:
        return read_truth(data)


def read_whole(data: Any, low: int = -MAX_INT64, high: int = MAX_INT64) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise Invalid("must be an integer")
    if not low <= data <= high:
        raise Invalid(f"must be from {low} to {high}", "range")
    return data


class Whole(Field):
    def __init__(self, source: str, low: int, high: int, *, is_nullable: bool = False):
        super().__init__(source)
        self.low, self.high, self.is_nullable = low, high, is_nullable
        kind = ["integer", "null"] if is_nullable else "integer"
        self.schema = {"type": kind, "minimum": low, "maximum": high}

    def value(self, data: Any, view) -> int | None:
        return None if data is None and self.is_nullable else read_whole(data, self.low, self.high)


def read_word(data: Any, words: Mapping) -> str:
    """One of these words, or numbers, of the wire → that of the inside. Raises Invalid."""
    if isinstance(data, bool) or not isinstance(data, str | int) or data not in words:
        raise Invalid(f"must be one of: {', '.join(map(str, words))}", "unknown")
    return words[data]


class Word(Field):
    def __init__(self, source: str, words: Mapping):
        super().__init__(source)
        self.words, self.schema = words, {"enum": list(words)}

    def value(self, data: Any, view) -> str:
        return read_word(data, self.words)


class Moment(Field):
    """null and "" are none."""

    schema = {"type": ["string", "null"], "description": "RFC 3339"}

    def value(self, data: Any, view):
        if data is None or data == "":
            return None
        if not isinstance(data, str):
            raise Invalid("must be a date and time as a text")
        try:
            return read_moment(data)
        except ValueError as error:
            raise Invalid(str(error)) from None


class Day(Field):
    """`0000-05-01` is a day of every year: the year is read as any."""

    schema = {**TEXT, "pattern": r"^\d{4}-\d\d-\d\d$"}

    def values(self, data: Any, view) -> dict:
        match = DAY.fullmatch(data) if isinstance(data, str) else None
        if match is None:
            raise Invalid("must be a day as 2019-05-01, or 0000-05-01 for one of every year")
        is_any = match[1] == "0000"
        try:
            day = date.fromisoformat(f"{ANY_YEAR}-{match[2]}" if is_any else data)
        except ValueError:
            raise Invalid("is no day of the calendar") from None
        return {self.source: day, "is_any_year": is_any}


class Sites(Field):
    """An array of names, or "SITE1, SITE2"."""

    schema = {"anyOf": [TEXT, array_of(TEXT)]}

    def value(self, data: Any, view) -> list[str]:
        given = data.split(",") if isinstance(data, str) else data
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            raise Invalid("must be an array of names, or one text with commas")
        names = list(dict.fromkeys(name.strip() for name in given if name.strip()))
        if len(names) > MOST:
            raise Invalid(f"must be at most {MOST} names", "too_many")
        if any(len(name) > MAX_SITE or "," in name or re.search(UNSEEMLY, name) for name in names):
            raise Invalid(f"must be names of at most {MAX_SITE} characters in one line, without commas")
        return names


class Periods(Field):
    schema = array_of(obj({"timestart": {"type": "integer"}, "timestop": {"type": "integer"}}))

    def value(self, data: Any, view) -> list[dict]:
        if not isinstance(data, list) or len(data) > MOST:
            raise Invalid(f"must be an array of at most {MOST} periods")
        if not all(isinstance(one, dict) and {"timestart", "timestop"} <= one.keys() for one in data):
            raise Invalid("must be objects with timestart and timestop")
        return [{"start": one["timestart"], "stop": one["timestop"]} for one in data]


class ScriptCode(Field):
    """A script of the organization by its code; "" is none."""

    schema = TEXT

    def value(self, data: Any, view) -> ServiceScript | None:
        if data == "":
            return None
        rows = ServiceScript.objects.filter(organization_id=view.organization_id)
        found = rows.filter(code=data).first() if isinstance(data, str) else None
        if found is None:
            raise Invalid("is no script's code", "unknown")
        return found


def read_object(data: Any) -> dict:
    if not isinstance(data, dict):
        raise Invalid("must be an object")
    return data


def kept(data: dict) -> dict:
    """As it comes. Raises Invalid for what the database would not give back so."""
    if holds_huge_number(data):
        raise Invalid("must hold no number past 64 bits", "range")
    return data


class Anything(Field):
    """An object, kept as it comes."""

    schema = OBJECT

    def value(self, data: Any, view) -> dict:
        return kept(read_object(data))


class Together(Field):
    """An object that is replaced as a whole: what it lacks is what `blank` gives.

    `kept_in`: where members of other names are kept, but for `ignored`, which are output only.
    """

    def __init__(
        self,
        parts: Mapping[str, Field],
        blank: Callable[[], dict] = dict,
        *,
        required: tuple[str, ...] = (),
        kept_in: str = "",
        ignored: frozenset[str] = frozenset(),
    ):
        super().__init__(kept_in)
        self.parts, self.blank, self.required, self.ignored = parts, blank, required, ignored
        self.schema = obj({name: one.schema for name, one in parts.items()}, list(required))

    def values(self, data: Any, view) -> dict:
        given = read_object(data)
        errors: Errors = {f".{name}": [("required", "must be given")] for name in self.required if name not in given}
        found = self.blank()
        for name, one in self.parts.items():
            if name in given:
                with noted(errors, f".{name}"):
                    found |= one.values(given[name], view)
        if errors:
            raise Invalid(errors=errors)
        return {**found, **self._kept(given)}

    def _kept(self, given: dict) -> dict:
        apart = self.parts.keys() | self.ignored
        others = {name: value for name, value in given.items() if name not in apart}
        return {self.source: kept(others)} if self.source else {}

    def tails(self) -> dict[str, str]:
        own = {self.source: ""} if self.source else {}
        return own | {
            inside: f".{name}{tail}" for name, one in self.parts.items() for inside, tail in one.tails().items()
        }


class Options(Together):
    """`opts`: title and comment are texts, what the parts name is read, other members are kept as they come."""

    TEXTS = ("title", "comment")

    def values(self, data: Any, view) -> dict:
        given = read_object(data)
        wrong = [name for name in self.TEXTS if not isinstance(given.get(name, ""), str | None)]
        if wrong:
            raise Invalid(errors={f".{name}": [("invalid", "must be a text")] for name in wrong})
        # They are shown where they are blank, too: what was shown and comes back is no change.
        blank = {name for name in self.TEXTS if not given.get(name)}
        return super().values({name: value for name, value in given.items() if name not in blank}, view)
