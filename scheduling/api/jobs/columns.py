"""Columns of this dialect's shapes. They are written by Python alone, as lists here are read without json_agg."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model

from core.api.documentation import array_of, obj
from core.api.rows import PythonColumn, field_at
from scheduling.api.jobs.errors import camel


class Uid(PythonColumn):
    """A uuid as its text."""

    def python(self, values: Iterator):
        found = next(values)
        return None if found is None else str(found)


@dataclass(frozen=True)
class Words(PythonColumn):
    """A value of a TextChoices in camelCase, or by the wire's own word for it."""

    own: tuple[tuple[str, str], ...] = ()

    def python(self, values: Iterator):
        found = next(values)
        return None if found is None else self.word(found)

    def word(self, value: str) -> str:
        return dict(self.own).get(value) or camel(value)

    def schema(self, model: type[Model]) -> dict:
        values = [self.word(value) for value, _ in field_at(model, self.path).choices or ()]
        return {"type": "string", "enum": values}


class Texts(PythonColumn):
    """A list of texts."""

    def schema(self, model: type[Model]) -> dict:
        return array_of({"type": "string"})


CUSTOM_VALUE = obj({"definitionId": {"type": "integer"}, "value": {"type": ["string", "null"]}})


class CustomValues(PythonColumn):
    """What is stored by definition id → [{definitionId, value}] of the set ones, by id."""

    def python(self, values: Iterator):
        stored = {int(pk): value for pk, value in next(values).items()}
        return [{"definitionId": pk, "value": stored[pk]} for pk in sorted(stored)]

    def schema(self, model: type[Model]) -> dict:
        return array_of(CUSTOM_VALUE)
