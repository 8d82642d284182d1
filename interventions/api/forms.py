"""A body's object, read property by property: all that is of a wrong shape is told in one 400, all broken rules in one
422."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from core.api.documentation import obj
from core.api.errors import field_errors
from core.api.query import Errors, Invalid
from core.errors import StaleVersion
from interventions.api.errors import bad_values, broken_rules, root_of, wire_path
from interventions.api.fields import REQUIRED, Field


@contextmanager
def noted(errors: Errors, path: str) -> Iterator[None]:
    """What is Invalid in the block stands under this path."""
    try:
        yield
    except Invalid as error:
        errors.update({path + tail: texts for tail, texts in error.errors.items()})


@dataclass(frozen=True)
class Form:
    """`fields` by their wire names; unknown names are passed over, null is absent [contract 30].

    `required` must be in the body of what is new, and in each object that is a part of a body.
    """

    fields: dict[str, Field]
    required: tuple[str, ...] = ()

    def read(self, data: dict, view, *, is_new: bool = False) -> "Given":
        """Raises Refusal: 400 with all that is of a wrong shape."""
        try:
            shaped = self.shaped(data, self.required if is_new else ())
        except Invalid as error:
            raise bad_values(in_order(error.errors, data)) from None
        given = Given(self, data)
        for name, value in shaped.items():
            with noted(given.unknown, name):
                given.values[self.inside(name)] = self.fields[name].found(value, view)
        return given

    def inside(self, name: str) -> str:
        return self.fields[name].source or name

    def shaped(self, data: Any, required: tuple[str, ...], dot: str = "") -> dict:
        """Wire name → value. Raises Invalid, with names behind `dot`."""
        if not isinstance(data, dict):
            raise Invalid("must be an object")
        values: dict = {}
        errors: Errors = {dot + name: [REQUIRED] for name in required if data.get(name) is None}
        for name, one in self.fields.items():
            if data.get(name) is not None:
                with noted(errors, dot + name):
                    values[name] = one.read(data[name])
        if errors:
            raise Invalid(errors=errors)
        return values

    # -- as a part of another ---------------------------------------------------------------------------

    def part(self, data: Any) -> dict:
        return self.shaped(data, self.required, ".")

    def resolved(self, shaped: dict, view) -> dict:
        """Name inside → what each value names. Raises Invalid."""
        found: dict = {}
        errors: Errors = {}
        for name, value in shaped.items():
            with noted(errors, f".{name}"):
                found[self.inside(name)] = self.fields[name].found(value, view)
        if errors:
            raise Invalid(errors=errors)
        return found

    def wire(self, name: str) -> str:
        """`anomalies.0.action` → `anomalies[0].providerAction`"""
        first, dot, rest = name.partition(".")
        for wire, one in self.fields.items():
            if (one.source or wire) == first:
                return wire_path(wire + one.tail(dot + rest), spelled=str)
        return wire_path(name)

    def schema(self, *, is_new: bool = False) -> dict:
        return obj({name: one.schema for name, one in self.fields.items()}, list(self.required) if is_new else [])


@dataclass
class Given:
    """`values` by the names of the inside; `unknown`: what names no row, by wire path."""

    form: Form
    data: dict
    values: dict = field(default_factory=dict)
    unknown: Errors = field(default_factory=dict)

    def save(self, save: Callable[[dict], Any], check: Callable[[dict], Any] | None = None) -> Any:
        """save(values); where one names no row, check(the others). Raises Refusal: 422 with all that is broken."""
        errors = dict(self.unknown)
        try:
            if not errors:
                return save(self.values)
            if check:
                check(self.values)
        except StaleVersion:
            raise
        except ValidationError as error:
            self.note(errors, error)
        raise broken_rules(in_order(errors, self.data))

    def note(self, errors: Errors, error: ValidationError) -> None:
        """Take up what a rule found, except of a property that names no row: to the rule it was absent."""
        absent = {root_of(path) for path in self.unknown}
        for name, found in field_errors(error).items():
            path = self.form.wire(name)
            if root_of(path) not in absent:
                errors.setdefault(path, []).extend(found)


def in_order(errors: Errors, data: Any) -> Errors:
    """As the request has them; what it lacks comes last."""
    places = {name: number for number, name in enumerate(data)} if isinstance(data, dict) else {}
    return {path: errors[path] for path in sorted(errors, key=lambda path: places.get(root_of(path), len(places)))}
