"""Integers of an enumeration in rows, and beside each the word that people have for it: `?labels=true`.

A shape names the integer alone, by a Number; `labelled(shape)` has `<name>Label` after each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.db.models import Model

from core.api.rows import Column, PythonColumn, Row
from interventions.api.numbers import Numbers

LABEL = "Label"


@dataclass(frozen=True)
class Number(PythonColumn):
    """A TextChoices' word as its integer; null where an outer join found no row."""

    numbers: Numbers

    def python(self, values: Iterator):
        found = next(values)
        return None if found is None else self.numbers.number(found)

    def schema(self, model: type[Model]) -> dict:
        return self.numbers.schema


class Label(Number):
    """The same as its word, in the language that is in force."""

    def python(self, values: Iterator):
        found = next(values)
        return None if found is None else self.numbers.label(found)

    def schema(self, model: type[Model]) -> dict:
        return {"type": "string", "description": "With `labels=true` alone."}


@cache
def labelled(row: Row) -> Row:
    members: dict[str, Column | Row] = {}
    for name, one in row.members.items():
        members[name] = labelled(one) if isinstance(one, Row) else one
        if isinstance(one, Number):
            members[name + LABEL] = Label(one.path, one.numbers)
    return Row(members, key=row.key)


def label_beside(record: dict, name: str, numbers: Numbers) -> None:
    """For an integer that no column gave: the same, in place."""
    place = {**record}
    record.clear()
    for key, value in place.items():
        record[key] = value
        if key == name and value is not None:
            record[name + LABEL] = numbers.label(numbers.words[value])


def shape_schema(row: Row, model: type[Model]) -> dict:
    """Of the object in OpenAPI: its labels need not be there."""
    return optional_labels(labelled(row).schema(model))


def optional_labels(schema: dict) -> dict:
    """The same schema with no label required, at any depth."""
    if "properties" not in schema:
        return schema
    members = {name: optional_labels(one) for name, one in schema["properties"].items()}
    required = [name for name in schema["required"] if not _is_label(name, members)]
    return {**schema, "properties": members, "required": required}


def _is_label(name: str, members: dict) -> bool:
    return name.endswith(LABEL) and name.removesuffix(LABEL) in members
