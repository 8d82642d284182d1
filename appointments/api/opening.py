"""Opening hours and exceptions between the wire and `appointments.models.opening`, which judges them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from appointments.api.columns import PythonColumn
from appointments.api.errors import Errors
from appointments.api.fields import ID, Field, Invalid, read_ids, read_truth
from appointments.models.opening import MOST_EXCEPTIONS, MOST_RANGES
from core.api.documentation import array_of, obj

CLOCK = {"type": "string", "examples": ["09:00"]}
RANGE = {"start": CLOCK, "end": CLOCK}
HOURS: dict[str, dict] = {
    "day": {"type": "integer", "minimum": 1, "maximum": 7},
    **RANGE,
    "intervention_ids": array_of(ID),
}
EXCEPTION: dict[str, dict] = {
    "date": {"type": "string", "format": "date"},
    "closed": {"type": "boolean"},
    "ranges": array_of(obj(RANGE)),
}


class Places(Field):
    """A list of objects, each read by `item`; errors stand under its number."""

    most = 0

    def value(self, data: Any, view) -> list[dict]:
        if not isinstance(data, list) or len(data) > self.most:
            raise Invalid(f"must be a list of at most {self.most}")
        found, errors = [], {}
        for number, item in enumerate(data):
            try:
                found.append(self.item(members_of(item)))
            except Invalid as error:
                errors.update({f"[{number}]{path}": texts for path, texts in error.errors.items()})
        if errors:
            raise Invalid(errors=errors)
        return found

    def item(self, members: dict) -> dict:
        raise NotImplementedError

    def tail(self, path: str) -> str:
        return path.replace("services", "intervention_ids")


def members_of(data: Any) -> dict:
    if not isinstance(data, dict):
        raise Invalid("must be an object")
    return data


def given(members: dict, *names: str) -> dict:
    """These members; raises Invalid for those that are not there."""
    missing: Errors = {f".{name}": [("required", "must be given")] for name in names if name not in members}
    if missing:
        raise Invalid(errors=missing)
    return {name: members[name] for name in names}


def under(name: str, read: Any, data: Any) -> Any:
    """read(data), errors under this member."""
    try:
        return read(data)
    except Invalid as error:
        raise Invalid(errors={f".{name}{path}": texts for path, texts in error.errors.items()}) from None


class OpeningHours(Places):
    """`[{"day": 1…7, "start", "end", "intervention_ids": none for all}]`"""

    most = MOST_RANGES
    schema = {"type": "array", "items": obj(HOURS, ["day", "start", "end"]), "maxItems": MOST_RANGES}

    def item(self, members: dict) -> dict:
        ids = under("intervention_ids", read_ids, members.get("intervention_ids") or [])
        return {**given(members, "day", "start", "end"), "services": ids}


class Exceptions(Places):
    """`[{"date", "closed": true} | {"date", "ranges": [{"start", "end"}]}]`"""

    most = MOST_EXCEPTIONS
    schema = {"type": "array", "items": obj(EXCEPTION, ["date"]), "maxItems": MOST_EXCEPTIONS}

    def item(self, members: dict) -> dict:
        given(members, "date")
        closed = under("closed", read_truth, members.get("closed", False))
        ranges = members.get("ranges") or []
        if not isinstance(ranges, list):
            raise Invalid(errors={".ranges": [("list", "must be a list")]})
        if closed == bool(ranges):
            raise Invalid('must have "closed": true, or "ranges"')
        return {"date": members["date"], "ranges": [given(members_of(one), "start", "end") for one in ranges]}


class OpeningColumn(PythonColumn):
    def python(self, values: Iterator):
        return [
            {"day": one["day"], "start": one["start"], "end": one["end"], "intervention_ids": one["services"]}
            for one in next(values)
        ]

    def schema(self, model: type[Model]) -> dict:
        return array_of(obj(HOURS))


class ExceptionsColumn(PythonColumn):
    def python(self, values: Iterator):
        return [
            {"date": one["date"], **({"ranges": one["ranges"]} if one["ranges"] else {"closed": True})}
            for one in next(values)
        ]

    def schema(self, model: type[Model]) -> dict:
        return array_of(obj(EXCEPTION, ["date"]))
