"""A request's object, read property by property: all that is wrong is told in one answer, in the request's order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from core.api.errors import Refusal, field_errors
from core.errors import StaleVersion, StateConflict
from scheduling.api.jobs.errors import state_refusal, wire_property

Errors = dict[str, list[tuple[str, str]]]


class BodyForm(serializers.Serializer):
    """The properties of a body, by their wire names; `source` is the name inside.

    `spread`: property → the names inside that its parts go to; these may be fields of no property of their own.
    """

    spread: dict[str, tuple[str, ...]] = {}

    def wire_names(self) -> dict[str, str]:
        """Name inside → name on the wire."""
        fields: Any = self.fields
        parts = {
            inner: f"{name}.{part}"
            for name, inners in self.spread.items()
            for inner, part in zip(inners, fields[name].parts, strict=True)
        }
        return {member.source: name for name, member in fields.items()} | parts


def root_of(name: str) -> str:
    """`customFields[0].value` → `customFields`"""
    return name.split("[")[0].split(".")[0]


@dataclass
class Form:
    """`values` by the names of the inside, `errors` by those of the wire; `given` is the request's own order."""

    names: dict[str, str]
    given: list[str]
    values: dict = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    # Of the row's state, which is no property of the request: it is told last.
    state: Errors = field(default_factory=dict)

    def save(
        self,
        save: Callable[[dict], object],
        check: Callable[[dict], object],
        check_state: Callable[[], object] = lambda: None,
    ):
        """save(values); where a value could not be read, check(the others) and refuse with all errors.

        A save that refuses values does so before it looks at the row's state, hence `check_state` in both cases.
        """
        try:
            if not self.errors:
                return save(self.values)
            check(self.values)
        except StaleVersion:
            raise
        except ValidationError as error:
            self.note(error)
        self.note_state(check_state)
        raise Refusal(422, "invalid", "Validation failed", fields=self.in_order())

    def note_state(self, check_state: Callable[[], object]) -> None:
        try:
            check_state()
        except StateConflict as error:
            found = state_refusal(error).fields
            self.state = {name: texts for name, texts in found.items() if name not in self.errors}

    def note(self, error: ValidationError) -> None:
        """Take up what a rule found, except of a property that could not be read: to the rule it was absent."""
        unread = {root_of(name) for name in self.errors}
        for name, found in field_errors(error).items():
            if root_of(self.wire(name)) not in unread:
                self.errors.setdefault(self.wire(name), []).extend(found)

    def wire(self, name: str) -> str:
        first, dot, rest = name.partition(".")
        return wire_property(self.names.get(first, first) + dot + rest)

    def in_order(self) -> Errors:
        def place(name: str) -> int:
            root = root_of(name)
            return self.given.index(root) if root in self.given else len(self.given)

        return {name: self.errors[name] for name in sorted(self.errors, key=place)} | self.state


def read_form(form: BodyForm, data: dict, required: tuple[str, ...] = ()) -> Form:
    """Unknown names are passed over; a required one that is absent is an error as any other."""
    read = Form(names=form.wire_names(), given=list(data))
    for name in required:
        if name not in data:
            read.errors[name] = [("required", "must be given")]
    for name, value in data.items():
        if name in form.fields:
            _read(read, form, name, value)
    return read


def _read(read: Form, form: BodyForm, name: str, data: object) -> None:
    member = form.fields[name]
    try:
        value = member.run_validation(data)
    except serializers.ValidationError as error:
        found = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        for path, details in found.items():
            read.errors[name + path] = [(str(detail.code), str(detail)) for detail in details]
        return
    if name in form.spread:
        inners = form.spread[name]
        read.values.update(zip(inners, value or [None] * len(inners), strict=True))
    else:
        read.values[member.source] = value
