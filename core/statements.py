"""Statements composed once a process: composing one takes Django several times as long as asking PostgreSQL.

For what a create runs; elsewhere a plain queryset reads better.
"""

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.query import get_related_populators

# No row has such an id, so these tell where in the composed statement the ids stand.
MARK = 2**62


class Composed:
    """The rows of a queryset of models, select_related too, that is chosen by ids alone.

    `make(*ids)` gives the queryset and is called once, so it may not look at its ids.
    """

    def __init__(self, make: Callable[..., QuerySet], ids: int = 1):
        self.make = make
        self.marks = [MARK + number for number in range(ids)]

    def first(self, *ids: int) -> Any:
        """A row or None."""
        return next(iter(self.all(*ids)), None)

    def all(self, *ids: int) -> list:
        statement, parameters, rows = self._composed
        given = dict(zip(self.marks, ids, strict=True))
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            # In the parameter's own type, as Django sends each width of integer as itself.
            cursor.execute(statement, [type(old)(given[old]) if old in given else old for old in parameters])
            return list(rows(cursor.fetchall()))

    @cached_property
    def _composed(self) -> tuple[str, tuple, Callable[[list], Iterator]]:
        queryset = self.make(*self.marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        statement, parameters = compiler.as_sql()
        return statement, parameters, _reader(compiler)


def _reader(compiler: Any) -> Callable[[list], Iterator]:
    """What makes models of this statement's rows, as Django's ModelIterable does."""
    model, places = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    own = slice(places[0], places[-1] + 1)
    columns = [column for column, *_ in compiler.select]
    names = [column.target.attname for column in columns[own]]
    # The stubs are of a later Django, which asks for one argument more.
    populators: Any = get_related_populators
    related = populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
    converters = compiler.get_converters(columns)

    def read(found: list) -> Iterator[Model]:
        for row in compiler.apply_converters(found, converters) if converters else found:
            instance = model.from_db(DEFAULT_DB_ALIAS, names, row[own])
            for populator in related:
                populator.populate(row, instance)
            yield instance

    return read


def insert(model: type[Model], values: dict[str, Any], *, unless_there: bool = False) -> int | None:
    """A new row of these values by attname, the rest by default → its key. No signals, no instance, no auto_now.

    `unless_there`: None, and nothing is written, where a unique constraint finds such a row already.
    """
    # The connection itself: its proxy looks it up at each of a row's columns.
    database = connections[DEFAULT_DB_ALIAS]
    statement, fields = _insertion(model, unless_there)
    given = [values[field.attname] if field.attname in values else field.get_default() for field in fields]
    with database.cursor() as cursor:
        pairs = zip(fields, given, strict=True)
        cursor.execute(statement, [field.get_db_prep_save(value, database) for field, value in pairs])
        found = cursor.fetchone()
        return found and found[0]


@cache
def _insertion(model: type[Model], unless_there: bool) -> tuple[str, list[Field]]:
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table, key = quote(meta.db_table), quote(meta.pk.column)
    conflict = "ON CONFLICT DO NOTHING " if unless_there else ""
    # Names of the models' own, quoted; values go apart.
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) {conflict}RETURNING {key}", fields  # noqa: S608
