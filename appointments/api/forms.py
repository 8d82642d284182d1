"""A body's object, read property by property: all that is wrong is told in one answer, in the request's order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from appointments.api.errors import Errors, invalid, wire_path
from appointments.api.fields import Field, Invalid, read_whole
from core.api.documentation import obj
from core.api.errors import field_errors
from core.errors import StaleVersion


@dataclass(frozen=True)
class Form:
    """`fields` by their wire names; unknown names are passed over. A `group_id` must be the path's."""

    fields: dict[str, Field]
    required: tuple[str, ...] = ()

    def read(self, data: dict, view, *, is_new: bool = False) -> "Given":
        """`view` gives the organization. Never raises: errors are told by save."""
        given = Given(self, list(data))
        for name in self.required if is_new else ():
            if name not in data:
                given.errors[name] = [("required", "must be given")]
        for name, value in data.items():
            if name in self.fields:
                self._read(given, name, value, view)
        if "group_id" in data and not _is_id(data["group_id"], view.organization_id):
            given.errors["group_id"] = [("group", "must be the group of the address")]
        return given

    def _read(self, given: "Given", name: str, data: Any, view) -> None:
        one = self.fields[name]
        try:
            given.values[one.source or name] = one.read(data, view)
        except Invalid as error:
            given.errors.update({name + path: found for path, found in error.errors.items()})

    def wire(self, name: str) -> str:
        """`services.0` → `intervention_ids[0]`"""
        first, dot, rest = name.partition(".")
        for wire, one in self.fields.items():
            if (one.source or wire) == first:
                return wire_path(wire + dot + one.tail(rest))
        return wire_path(name)

    def schema(self, *, is_new: bool = False) -> dict:
        return obj({name: one.documented() for name, one in self.fields.items()}, list(self.required) if is_new else [])


@dataclass
class Given:
    """`values` by the names of the inside, `errors` by wire path; `order` is the request's own."""

    form: Form
    order: list[str]
    values: dict = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)

    def save(self, save: Callable[[dict], Any], check: Callable[[dict], Any] | None = None) -> Any:
        """save(values); where a value could not be read, check(the others) and refuse with all errors."""
        try:
            if not self.errors:
                return save(self.values)
            if check:
                check(self.values)
        except StaleVersion:
            raise
        except ValidationError as error:
            self.note(error)
        raise invalid(self.in_order())

    def note(self, error: ValidationError) -> None:
        """Take up what a rule found, except of a property that could not be read: to the rule it was absent."""
        unread = {root_of(path) for path in self.errors}
        for name, found in field_errors(error).items():
            path = self.form.wire(name)
            if root_of(path) not in unread:
                self.errors.setdefault(path, []).extend(found)

    def in_order(self) -> Errors:
        places = {name: number for number, name in enumerate(self.order)}
        return {
            path: self.errors[path] for path in sorted(self.errors, key=lambda path: places.get(root_of(path), 999))
        }


def root_of(path: str) -> str:
    """`opening_hours[0].start` → `opening_hours`"""
    return path.split("[")[0].split(".")[0]


def _is_id(data: Any, wanted: int) -> bool:
    try:
        return read_whole(data) == wanted
    except Invalid:
        return False
