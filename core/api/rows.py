"""From rows to the wire without model instances: columns named once, for Python and for PostgreSQL's own JSON.

Both spellings give the same keys, order and values (tests hold them together).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import (
    BooleanField,
    DateTimeField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    UUIDField,
)

from core.statements import converters_of, one_moment, standing_cursor
from core.zones import wire_moment

# Only the ids of a page are looked up in order, so that an OFFSET passes over an index alone.
PAGE = """
WITH page AS (SELECT id, row_number() OVER () AS place FROM ({ids}) AS ids(id))
SELECT coalesce(json_agg({object} ORDER BY place), '[]')::text
  FROM page JOIN ({rows}) AS r(pk, {names}) ON r.pk = page.id
"""
WIDE_HEAD = "WITH page AS (SELECT id, row_number() OVER () AS place FROM ("
WIDE_TAIL = ") AS ids(id)) SELECT {parts} FROM page JOIN ({rows}) AS r({names}, pk) ON r.pk = page.id ORDER BY place"
APART = "SELECT {parts}, pk FROM ({rows}) AS r({names}, pk) WHERE pk = ANY(%s::bigint[])"

# What a field of a model is in OpenAPI; all others are texts.
KINDS: dict[type[Field], dict] = {
    DateTimeField: {"type": "string", "format": "date-time"},
    UUIDField: {"type": "string", "format": "uuid"},
    BooleanField: {"type": "boolean"},
    FloatField: {"type": "number"},
    IntegerField: {"type": "integer"},
    ForeignKey: {"type": "integer"},
}


@dataclass(frozen=True)
class Column:
    """A value as it is stored."""

    path: str

    def paths(self) -> list[str]:
        return [self.path]

    def columns(self) -> "list[Column]":
        return [self] * len(self.paths())

    def read(self, name: str) -> str:
        """What PostgreSQL is asked for in its place, where Wide reads it and `python` takes it."""
        return name

    def python(self, values: Iterator):
        return next(values)

    def many(self, values: Iterator[Sequence], number: int) -> Iterable:
        """Of so many rows at once, a sequence of values for each path: most columns are not looked at row by row."""
        if type(self).python is Column.python:
            return next(values)
        taken = [next(values) for _path in self.paths()]
        return [self.python(iter(each)) for each in zip(*taken, strict=True)]

    def sql(self, names: Iterator[str]) -> str:
        return next(names)

    def schema(self, model: type[Model]) -> dict:
        """Of the value in OpenAPI, as the model's field has it."""
        return field_schema(field_at(model, self.path))


class PythonColumn(Column):
    """Of a shape that is never read by `Row.json`."""

    def sql(self, names: Iterator[str]) -> str:
        raise NotImplementedError


class Moment(Column):
    """An instant: UTC, milliseconds, Z; null for none."""

    def python(self, values: Iterator):
        return wire_moment(next(values))

    def sql(self, names: Iterator[str]) -> str:
        return f"""to_char({next(names)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


class Blank(Column):
    """A text; null for a blank one."""

    def python(self, values: Iterator):
        return next(values) or None

    def sql(self, names: Iterator[str]) -> str:
        return f"NULLIF({next(names)}, '')"

    def schema(self, model: type[Model]) -> dict:
        return {"type": ["string", "null"]}


@dataclass(frozen=True)
class Prefixed(Column):
    """A text behind a fixed prefix, as the address of a row."""

    prefix: str

    def python(self, values: Iterator):
        return self.prefix + next(values)

    def sql(self, names: Iterator[str]) -> str:
        quoted = self.prefix.replace("'", "''").replace("%", "%%")
        return f"'{quoted}' || {next(names)}"

    def schema(self, model: type[Model]) -> dict:
        return {"type": "string", "format": "uri"}


class Row:
    """A JSON object. `key` names the member whose null makes the whole object null: its outer join found nothing.

    Members whose names are no arguments (`key`, `from`) come as a dictionary, before the others.
    """

    def __init__(
        self, first: "dict[str, Column | Row] | None" = None, /, *, key: str | None = None, **members: "Column | Row"
    ):
        self.key = key
        self.members = {**(first or {}), **members}
        # (name, member, whether its value is shown as it is): called for every row, these are half of the calls.
        self.plan = [(name, one, type(one).python is Column.python) for name, one in self.members.items()]
        self._paths = [path for member in self.members.values() for path in member.paths()]
        self._names = [path.split("__") for path in self._paths]

    def paths(self) -> list[str]:
        return self._paths

    def columns(self) -> "list[Column]":
        """Of each path."""
        return [column for member in self.members.values() for column in member.columns()]

    def python(self, values: Iterator) -> Any:
        row = {name: next(values) if is_plain else one.python(values) for name, one, is_plain in self.plan}
        return None if self.key and row[self.key] is None else row

    def many(self, values: Iterator[Sequence], number: int) -> list:
        if type(self).python is not Row.python:
            taken = [next(values) for _path in self._paths]
            return [self.python(iter(each)) for each in zip(*taken, strict=True)]
        columns = [one.many(values, number) for one in self.members.values()]
        rows = [dict(zip(self.members, each, strict=True)) for each in zip(*columns, strict=True)]
        return [None if row[self.key] is None else row for row in rows] if self.key else rows

    def sql(self, names: Iterator[str]) -> str:
        parts = {name: member.sql(names) for name, member in self.members.items()}
        pairs = ", ".join(f"'{name}', {part}" for name, part in parts.items())
        built = f"json_build_object({pairs})"
        return f"CASE WHEN {parts[self.key]} IS NULL THEN NULL ELSE {built} END" if self.key else built

    def schema(self, model: type[Model]) -> dict:
        properties = {name: member.schema(model) for name, member in self.members.items()}
        kind = ["object", "null"] if self.key else "object"
        return {"type": kind, "properties": properties, "required": list(properties), "additionalProperties": False}

    def of(self, instance: Model) -> dict:
        """The same object from a model instance, following its loaded relations."""
        return self.python(iter([_follow(instance, names) for names in self._names]))

    def dicts(self, queryset: QuerySet) -> list[dict]:
        return self.rows(list(queryset.values_list(*self.paths())))

    def rows(self, found: Sequence[Sequence]) -> list[dict]:
        """Of the values of each row, in the order of the paths."""
        return self.many(iter(zip(*found, strict=True)), len(found)) if found else []

    def json(self, queryset: QuerySet) -> bytes:
        """The queryset as one JSON array, in its order. PostgreSQL builds it for the ids that its SQL finds."""
        if connection.vendor != "postgresql":
            return orjson.dumps(self.dicts(queryset))
        # sql_with_params gives parameters apart, so nothing of the caller's is ever put into the text.
        try:
            ids, parameters = queryset.values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            # Django knows that nothing is found, as when a bound lies outside of what its column can hold.
            return b"[]"
        model: Any = queryset.model
        with connection.cursor() as cursor:
            cursor.execute(PAGE.format(ids=ids, **_texts(self, model)), parameters)
            return cursor.fetchone()[0].encode()


class Wide:
    """A shape of annotated rows, the statement composed once: `make()` gives all of them, unordered.

    Only the ids of a page are composed and looked up by what is asked, and the rest is joined to them.
    """

    template = WIDE_TAIL

    def __init__(self, row: Row, make: Callable[[], QuerySet]):
        self.row, self.make = row, make

    def dicts(self, queryset: QuerySet) -> list[dict]:
        """In the queryset's order."""
        if connection.vendor != "postgresql":
            return self.row.dicts(queryset)
        try:
            ids, chosen = queryset.values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            return []
        tail, parameters, *_ = self._composed
        return self.row.rows(self._read(WIDE_HEAD + ids + tail, (*chosen, *parameters)))

    def _read(self, statement: str, parameters: Sequence) -> list:
        *_, compiler, converters = self._composed
        cursor = standing_cursor()
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
        return list(compiler.apply_converters(found, converters)) if converters else found

    @cached_property
    def _composed(self) -> tuple:
        compiler = self.make().values_list(*self.row.paths(), "pk").query.get_compiler(DEFAULT_DB_ALIAS)
        rows, parameters = compiler.as_sql()
        columns = {f"c{number}": column for number, column in enumerate(self.row.columns())}
        parts = ", ".join(column.read(name) for name, column in columns.items())
        statement = self.template.format(rows=rows, names=", ".join(columns), parts=parts)
        return statement, parameters, compiler, converters_of(compiler)


class Apart(Wide):
    """The same in two statements of one moment, of rows that are not annotated but for what they are chosen by.

    PostgreSQL keeps the plan of the second. Together it plans the joins anew at each call, which takes as long again.
    """

    template = APART

    def dicts(self, queryset: QuerySet) -> list[dict]:
        return self.dicts_of(lambda: list(queryset.values_list("pk", flat=True)))

    def dicts_of(self, look_up: Callable[[], list[int]]) -> list[dict]:
        """Of the ids that are looked up, in their order."""
        with one_moment():
            pks = look_up()
            found = {row[-1]: row[:-1] for row in self._rows(pks)} if pks else {}
        return self.row.rows([found[pk] for pk in pks])

    def _rows(self, pks: list[int]) -> Iterable:
        if connection.vendor != "postgresql":
            return self.make().filter(pk__in=pks).values_list(*self.row.paths(), "pk")
        statement, parameters, *_ = self._composed
        return self._read(statement, (*parameters, pks))


def field_at(model: Any, path: str) -> Field:
    """The field that a path of names joined by `__` leads to."""
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model._meta.get_field(name)


def field_schema(field: Field) -> dict:
    kinds = (found for kind, found in KINDS.items() if isinstance(field, kind))
    schema: dict = dict(next(kinds, {"type": "string"}))
    if field.choices:
        schema["enum"] = [word for word, _ in field.choices]
    return {**schema, "type": [schema["type"], "null"]} if field.null else schema


def _follow(instance: Model, names: list[str]):
    value: Any = instance
    for name in names:
        value = getattr(value, name, None)
    return value


@cache
def _texts(row: Row, model: Any) -> dict[str, str]:
    """The parts of PAGE that are the same for every page: composing them takes longer than asking the database."""
    rows, _ = model._base_manager.values_list("pk", *row.paths()).query.sql_with_params()
    names = [f"c{number}" for number in range(len(row.paths()))]
    return {"rows": rows, "names": ", ".join(names), "object": row.sql(iter(names))}
