"""A body's object, read member by member: all that is wrong is told in one 400 [contract 50]."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from core.api.documentation import obj
from core.api.query import Errors
from svctasks.api.errors import invalid
from svctasks.api.fields import Field, noted


@dataclass(frozen=True)
class Form:
    """`fields` by their wire names; other names are passed over. `required` must be in the body of what is new.

    `others`: name inside → wire path of what rules complain of, where that is no member of its own.
    """

    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)

    def read(self, data: dict, view, *, is_new: bool) -> dict:
        """Name inside → value. Raises Refusal."""
        errors: Errors = {}
        values: dict = {}
        for name, one in self.fields.items():
            if name in data:
                with noted(errors, name):
                    values |= one.values(data[name], view)
        if is_new:
            errors |= {name: [("required", "must be given")] for name in self.required if name not in data}
        if errors:
            raise invalid(errors)
        return values

    @cached_property
    def names(self) -> dict[str, str]:
        """Name inside → wire path."""
        own = {inside: wire + tail for wire, one in self.fields.items() for inside, tail in one.tails().items()}
        return {**own, **self.others}

    def schema(self, *, is_new: bool = False) -> dict:
        return obj({name: one.schema for name, one in self.fields.items()}, list(self.required) if is_new else [])
