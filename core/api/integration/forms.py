"""Bodies, read property by property: all that is wrong is told at once. Unknown properties are passed over."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

from core.api.errors import Refusal, field_errors

# On the wire → inside, and how it is read.
Property = tuple[str, Callable[[Any], Any]]


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("must be a list of texts")
    return list(dict.fromkeys(value))


WEBHOOK: dict[str, Property] = {"url": ("url", text), "types": ("types", texts), "isEnabled": ("is_enabled", truth)}


def read(data: dict, properties: dict[str, Property], required: tuple[str, ...] = ()) -> dict:
    """The values by the names of the inside; → 422 with every property that is missing or cannot be read."""
    values, errors = {}, {}
    for name, (inner, reader) in properties.items():
        if name in data:
            try:
                values[inner] = reader(data[name])
            except ValueError as error:
                errors[name] = [("invalid", str(error))]
        elif name in required:
            errors[name] = [("required", "is missing")]
    if errors:
        raise Refusal(422, "invalid", "Validation failed", fields=errors)
    return values


def told(error: ValidationError, properties: dict[str, Property]) -> Refusal:
    """What a service refused, by the names of the wire."""
    names = {inner: name for name, (inner, _reader) in properties.items()}
    fields = {names.get(name, name): found for name, found in field_errors(error).items()}
    return Refusal(422, "invalid", "Validation failed", fields=fields)
