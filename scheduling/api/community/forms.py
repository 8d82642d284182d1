"""A request's root hash, read field by field: all that is wrong is told at once, in the order of the request."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from rest_framework import serializers

from core.api.errors import Refusal, field_errors
from core.errors import StaleVersion
from scheduling.api.community.errors import wire_name

Errors = dict[str, list[tuple[str, str]]]


@dataclass
class Form:
    """`values` by the names of the inside, `errors` by those of the wire; `given` is the request's own order."""

    values: dict = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    given: list[str] = field(default_factory=list)

    def save(self, save: Callable[[dict], object], check: Callable[[dict], object]):
        """save(values); where a value could not be read, check(the others) and refuse with all errors."""
        try:
            if not self.errors:
                return save(self.values)
            check(self.values)
        except StaleVersion:
            raise
        except ValidationError as error:
            self.errors.update({wire_name(name): found for name, found in field_errors(error).items()})
        raise Refusal(422, "invalid", "Validation failed", fields=self._in_order())

    def _in_order(self) -> Errors:
        def place(name: str) -> int:
            root = name.split("[")[0]
            return self.given.index(root) if root in self.given else len(self.given)

        return {name: self.errors[name] for name in sorted(self.errors, key=place)}


def missing(name: str) -> Refusal:
    return Refusal(400, "missing_parameter", f"Missing parameter {name}")


def root_hash(request, query: dict, root: str) -> dict:
    """The hash under the root key, from the query string and the body; the body wins. None at all → 400."""
    body = request.data.get(root) if isinstance(request.data, dict) else None
    in_query = query.get(root)
    if not isinstance(body, dict | None) or not (isinstance(body, dict) or isinstance(in_query, dict)):
        raise missing(root)
    return {**(in_query if isinstance(in_query, dict) else {}), **(body or {})}


def require(data: dict, *names: str) -> None:
    """One of these that is absent, null or "" → 400."""
    for name in names:
        if data.get(name) in (None, ""):
            raise missing(name)


def read_form(serializer: serializers.Serializer, data: dict) -> Form:
    """Unknown names are passed over."""
    form = Form(given=list(data))
    for name, value in data.items():
        member = serializer.fields.get(name)
        if member is not None and not member.read_only:
            _read(form, name, member, value)
    return form


def _read(form: Form, name: str, member: serializers.Field, value: object) -> None:
    try:
        form.values[member.source] = member.run_validation(value)
    except serializers.ValidationError as error:
        form.errors[name] = [(str(detail.code), str(detail)) for detail in error.detail]
