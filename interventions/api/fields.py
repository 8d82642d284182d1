"""What the properties of a body take [contract 30]: each reads a JSON value, and says in OpenAPI what it takes.

A value is read in two steps, as the wire tells them apart: its shape (`read`, 400), then what it names (`found`, 422).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from core.api.documentation import array_of
from core.api.query import Invalid
from interventions.api.moments import PATTERN, read_moment
from interventions.api.numbers import Numbers
from interventions.models.texts import MAX_LINE, MAX_LONG

# The integers that a JSON number of a browser holds [seed].
MAX_ID = 2**53 - 1
MAX_INT = 2**31 - 1
MOST = 500
ID = {"type": "integer", "minimum": -MAX_ID, "maximum": MAX_ID}
MUST_EXIST = "must exist"
ID_OR_NULL = {**ID, "type": ["integer", "null"]}
REQUIRED, UNKNOWN = ("required", "must be given"), ("must_exist", MUST_EXIST)


class Field:
    """`source` is its name inside, where that is another."""

    schema: dict = {}

    def __init__(self, source: str = ""):
        self.source = source

    def read(self, data: Any) -> Any:
        """The value, of a JSON value that is not null. Raises Invalid."""
        raise NotImplementedError

    def found(self, value: Any, view) -> Any:
        """What a value that was read names among the rows in the view's reach. Raises Invalid."""
        return value

    def tail(self, path: str) -> str:
        """The wire's words for the rest of a path that begins at this property."""
        return path


class Text(Field):
    def __init__(self, most: int = MAX_LINE, source: str = "", *, is_filled: bool = False):
        super().__init__(source)
        self.most, self.is_filled = most, is_filled
        self.schema = {"type": "string", "maxLength": most, **({"minLength": 1} if is_filled else {})}

    def read(self, data: Any) -> str:
        if not isinstance(data, str):
            raise Invalid("must be a text")
        if len(data) > self.most:
            raise Invalid(f"is too long (maximum is {self.most} characters)", "too_long")
        if self.is_filled and not data.strip():
            raise Invalid("must not be empty", "required")
        return data


def long_text(source: str = "") -> Text:
    return Text(MAX_LONG, source)


class Email(Text):
    """An address; "" is none, unless it must be given."""

    def __init__(self, source: str = "", *, is_filled: bool = False):
        super().__init__(MAX_LINE, source, is_filled=is_filled)

    def read(self, data: Any) -> str:
        text = super().read(data)
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise Invalid("must be an e-mail address") from None
        return text


def read_whole(data: Any, low: int = -MAX_ID, high: int = MAX_ID) -> int:
    """A JSON integer; 1.0 is one. Raises Invalid."""
    if isinstance(data, bool) or not (isinstance(data, int) or (isinstance(data, float) and data.is_integer())):
        raise Invalid("must be an integer")
    if not low <= data <= high:
        raise Invalid(f"must be from {low} to {high}", "range")
    return int(data)


class Whole(Field):
    """By default an id: one of what is not modelled here is kept as it comes."""

    def __init__(self, source: str = "", *, low: int = -MAX_ID, high: int = MAX_ID):
        super().__init__(source)
        self.low, self.high = low, high
        self.schema = {"type": "integer", "minimum": low, "maximum": high}

    def read(self, data: Any) -> int:
        return read_whole(data, self.low, self.high)


class Truth(Field):
    schema = {"type": "boolean"}

    def read(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise Invalid("must be true or false")
        return data


class Word(Field):
    """One of an enumeration's integers → its word inside."""

    def __init__(self, numbers: Numbers, source: str = ""):
        super().__init__(source)
        self.numbers, self.schema = numbers, numbers.schema

    def read(self, data: Any) -> str:
        return read_number(read_whole(data), self.numbers)


def read_number(number: int, numbers: Numbers) -> str:
    """Its word. Raises Invalid."""
    if number not in numbers.words:
        raise Invalid(f"must be one of: {', '.join(map(str, numbers.words))}", "range")
    return numbers.words[number]


class Choice(Field):
    """One of these texts → its word inside."""

    def __init__(self, words: Mapping[str, str], source: str = ""):
        super().__init__(source)
        self.words, self.schema = words, {"type": "string", "enum": list(words)}

    def read(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.words:
            raise Invalid(f"must be one of: {', '.join(self.words)}", "range")
        return self.words[data]


class Moment(Field):
    schema = {"type": "string", "format": "date-time", "pattern": PATTERN}

    def read(self, data: Any) -> datetime:
        try:
            return read_moment(data if isinstance(data, str) else "")
        except ValueError as error:
            raise Invalid(str(error)) from None


class Ids(Field):
    """A list of integers; one that is given twice counts once."""

    def __init__(self, source: str = "", *, least: int = 0, most: int = MOST):
        super().__init__(source)
        self.least, self.most = least, most
        self.schema = {"type": "array", "items": ID, "minItems": least, "maxItems": most}

    def read(self, data: Any) -> list[int]:
        check_length(data, self.least, self.most)
        return list(dict.fromkeys(each_of(data, read_whole)))


class RowOf(Field):
    """A row by its id; `rows(view)` are those in reach, any other is one that never existed."""

    schema = ID

    def __init__(self, rows: Callable[[Any], QuerySet], source: str):
        super().__init__(source)
        self.rows = rows

    def read(self, data: Any) -> int:
        return read_whole(data)

    def found(self, value: int, view) -> Any:
        row = self.rows(view).filter(pk=value).order_by().first()
        if row is None:
            raise Invalid(errors={"": [UNKNOWN]})
        return row


class RowsOf(Ids):
    """A list of such ids → the rows, in the order of the request, each once."""

    def __init__(self, rows: Callable[[Any], QuerySet], source: str, *, least: int = 0, most: int = MOST):
        super().__init__(source, least=least, most=most)
        self.rows = rows

    def found(self, value: list[int], view) -> list:
        rows = self.rows(view).in_bulk(value)
        unknown = {f"[{number}]": [UNKNOWN] for number, pk in enumerate(value) if pk not in rows}
        if unknown:
            raise Invalid(errors=unknown)
        return [rows[pk] for pk in value]


class Part(Field):
    """An object with properties of its own, read by a Form → its values."""

    def __init__(self, form: Any, source: str = ""):
        super().__init__(source)
        self.form, self.schema = form, form.schema(is_new=True)

    def read(self, data: Any) -> Any:
        return self.form.part(data)

    def found(self, value: Any, view) -> Any:
        return self.form.resolved(value, view)

    def tail(self, path: str) -> str:
        return f".{self.form.wire(path.removeprefix('.'))}"


class Parts(Part):
    """A list of such objects; errors stand under their numbers."""

    def __init__(self, form: Any, source: str = "", *, least: int = 0, most: int = MOST):
        super().__init__(form, source)
        self.least, self.most = least, most
        self.schema = {**array_of(form.schema(is_new=True)), "minItems": least, "maxItems": most}

    def read(self, data: Any) -> list[dict]:
        check_length(data, self.least, self.most)
        return each_of(data, self.form.part)

    def found(self, value: list[dict], view) -> list[dict]:
        return each_of(value, lambda one: self.form.resolved(one, view))

    def tail(self, path: str) -> str:
        number, _, rest = path.removeprefix(".").partition(".")
        return f".{number}.{self.form.wire(rest)}" if rest else path


def check_length(data: Any, least: int, most: int) -> None:
    if not isinstance(data, list):
        raise Invalid("must be a list")
    if len(data) < least:
        raise Invalid("must have at least one item", "required")
    if len(data) > most:
        raise Invalid(f"must have at most {most} items", "too_many")


def each_of(data: list, read: Callable) -> list:
    """read(item) for each; the errors of all at once."""
    found, errors = [], {}
    for number, item in enumerate(data):
        try:
            found.append(read(item))
        except Invalid as error:
            errors.update({f"[{number}]{path}": texts for path, texts in error.errors.items()})
    if errors:
        raise Invalid(errors=errors)
    return found
