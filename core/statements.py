"""Statements composed once a process: composing one takes Django several times as long as asking PostgreSQL.

For what a create runs; elsewhere a plain queryset reads better.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

# No row has such values, so these tell where in the composed statement the given ones stand.
MARK = 2**62
TEXT_MARK = "\ue000"
MOMENT_MARK = datetime(9000, 1, 1, tzinfo=UTC)


class Composed:
    """The rows of a queryset that is chosen by ids, texts and moments alone, given in this order.

    `make(*ids, *texts, *moments)` gives the queryset and is called once, so it may not look at its values.
    """

    def __init__(self, make: Callable[..., QuerySet], ids: int = 1, texts: int = 0, moments: int = 0):
        self.make = make
        self.marks: list = [
            *(MARK + number for number in range(ids)),
            *(TEXT_MARK * (number + 1) for number in range(texts)),
            *(MOMENT_MARK + timedelta(days=number) for number in range(moments)),
        ]

    def first(self, *values: Any) -> Any:
        """A model or None."""
        return next(iter(self.all(*values)), None)

    def all(self, *values: Any) -> list:
        """Models, select_related too."""
        return list(self._read(self.rows(*values)))

    def values(self, *values: Any) -> list:
        """Tuples, as values_list gives them."""
        found, converters = self.rows(*values), self._converters
        return list(map(tuple, self._composed[2].apply_converters(found, converters))) if converters else found

    def rows(self, *values: Any) -> list[tuple]:
        """What the database gives, as its driver has it."""
        return self._asked(self._composed[0], values)

    def page(self, start: int, size: int, *values: Any) -> list[tuple]:
        """So many of these from that place on. The two numbers stand in the statement, as its plan depends on them."""
        return self._asked(f"{self._composed[0]} LIMIT {size:d} OFFSET {start:d}", values)

    def count(self, *values: Any) -> int:
        # The composed statement; values go apart.
        return self._asked(f"SELECT COUNT(*) FROM ({self._composed[0]}) AS found", values)[0][0]  # noqa: S608

    def _asked(self, statement: str, values: Sequence) -> list[tuple]:
        places, cursor = self._composed[1], standing_cursor()
        adapt = cursor.db.ops.adapt_datetimefield_value
        given = [adapt(value) if isinstance(value, datetime) else value for value in values]
        cursor.execute(statement, [old if number is None else _like(old, given[number]) for number, old in places])
        return cursor.fetchall()

    @cached_property
    def _composed(self) -> tuple[str, list[tuple[int | None, Any]], Any]:
        """The statement; for each of its parameters which of the given values it is, if any, and the composed one."""
        compiler = self.make(*self.marks).query.get_compiler(DEFAULT_DB_ALIAS)
        statement, parameters = compiler.as_sql()
        numbers = {_adapted(mark): number for number, mark in enumerate(self.marks)}
        texts = ["%s" if old in numbers else _constant(old) for old in parameters]
        places = [(numbers.get(old), old) for old, text in zip(parameters, texts, strict=True) if text == "%s"]
        return statement.replace("%%", "%%%%") % tuple(texts), places, compiler

    @cached_property
    def _converters(self) -> dict:
        return converters_of(self._composed[2])

    @cached_property
    def _read(self) -> Callable[[list], Iterator]:
        return _reader(self._composed[2])


def _adapted(value: Any) -> Any:
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _constant(value: Any) -> str:
    """As it stands in the statement itself: of a prepared one, no other condition lets a partial index be used."""
    if not isinstance(value, str):
        return "%s"
    quoted = value.replace("'", "''").replace("%", "%%")
    return f"'{quoted}'"


def _like(old: Any, value: Any) -> Any:
    """In the parameter's own type, as Django sends each width of integer as itself."""
    return type(old)(value) if isinstance(old, int) else value


def converters_of(compiler: Any) -> dict:
    """What Django does to each column of a statement that this compiler composed."""
    return compiler.get_converters([column for column, *_ in compiler.select])


def _reader(compiler: Any) -> Callable[[list], Iterator]:
    """What makes models of this statement's rows, as Django's ModelIterable does."""
    model, places = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    own = slice(places[0], places[-1] + 1)
    names = [column.target.attname for column, *_ in compiler.select[own]]
    # The stubs are of a later Django, which asks for one argument more.
    populators: Any = get_related_populators
    related = populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
    converters = converters_of(compiler)

    def read(found: list) -> Iterator[Model]:
        for row in compiler.apply_converters(found, converters) if converters else found:
            instance = model.from_db(DEFAULT_DB_ALIAS, names, row[own])
            for populator in related:
                populator.populate(row, instance)
            yield instance

    return read


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is seen as it is at one moment; within a transaction, as that one sees it.

    Two statements cost less than Django's transaction; SQLite's takes the lock of whoever writes, so it is not begun.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.in_atomic_block or database.vendor != "postgresql":
        yield
        return
    standing_cursor().execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    try:
        yield
    finally:
        standing_cursor().execute("COMMIT")


def standing_cursor() -> Any:
    """Whoever executes by it takes all the rows before anything else is asked; it is not closed."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    return database.standing_cursor() if database.vendor == "postgresql" else database.cursor()


def aware(instant: datetime) -> datetime:
    """SQLite gives naive UTC back to raw queries."""
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
