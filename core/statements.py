"""Statements composed once a process: composing one takes Django several times as long as asking PostgreSQL.

For what a create runs; elsewhere a plain queryset reads better.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, CharField, EmailField, Field, Model, QuerySet, TextField
from django.db.models.query import get_related_populators

# No row has such values, so these tell where in the composed statement the given ones stand.
MARK = 2**62
TEXT_MARK = "\ue000"
MOMENT_MARK = datetime(9000, 1, 1, tzinfo=UTC)

# What the driver of PostgreSQL takes as it is; Django's way to find that out is a sixteenth of a booking.
AS_THEY_ARE: dict[type[Field], type] = {
    CharField: str,
    TextField: str,
    EmailField: str,
    BooleanField: bool,
}


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
        places, database = self._composed[1], connections[DEFAULT_DB_ALIAS]
        adapt = database.ops.adapt_datetimefield_value
        given = [adapt(value) if isinstance(value, datetime) else value for value in values]
        cursor = standing_cursor()
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


def insert(model: type[Model], values: dict[str, Any], *, unless_there: bool = False) -> int | None:
    """A new row of these values by attname, the rest by default → its key. No signals, no instance, no auto_now.

    `unless_there`: None, and nothing is written, where a unique constraint finds such a row already.
    """
    statement, fields = _insertion(model)
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
    return _inserted(f"{statement}{conflict} RETURNING {quote(model._meta.pk.column)}", _prepared(fields, values))


class Beside(NamedTuple):
    """A row that is written with a new one: the new one's key in this column, its values in columns of its names."""

    model: type[Model]
    values: dict[str, Any]
    key: str


def insert_with(model: type[Model], values: dict[str, Any], *others: Beside) -> int:
    """A new row of these values, as by `insert`, and these beside it."""
    if connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        pk: Any = insert(model, values)
        for other in others:
            insert(other.model, {**values, **other.values, other.key: pk})
        return pk
    # One statement costs half of two, above all as no value is sent twice.
    statement, fields, taken = _joint_insertion(model, tuple((other.model, other.key) for other in others))
    parameters = _prepared(fields, values)
    for other, own in zip(others, taken, strict=True):
        parameters += _prepared(own, other.values)
    return _inserted(statement, parameters)


def _inserted(statement: str, parameters: list) -> Any:
    cursor = standing_cursor()
    cursor.execute(statement, parameters)
    found = cursor.fetchall()
    return found[0][0] if found else None


def _prepared(fields: list[Field], values: dict[str, Any]) -> list:
    """As Django sends them; the default of what is not given."""
    # The connection itself: its proxy looks it up at each use.
    database = connections[DEFAULT_DB_ALIAS]
    as_they_are = AS_THEY_ARE if database.vendor == "postgresql" else {}
    given = [values[field.attname] if field.attname in values else field.get_default() for field in fields]
    return [
        value if as_they_are.get(type(field)) is type(value) else field.get_db_prep_save(value, database)
        for field, value in zip(fields, given, strict=True)
    ]


@cache
def _insertion(model: type[Model]) -> tuple[str, list[Field]]:
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = _fields(model)
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names of the models' own, quoted; values go apart.
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608


@cache
def _joint_insertion(
    model: type[Model], others: tuple[tuple[type[Model], str], ...]
) -> tuple[str, list[Field], list[list[Field]]]:
    """The statement; the fields whose values it takes, and of each of the others those that are not copied."""
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    first, fields = _insertion(model)
    parts, taken = [f"made AS ({first} RETURNING *)"], []
    for number, (other, key) in enumerate(others):
        part, own = _from_made(model, other, key)
        parts.append(f"other{number} AS ({part})")
        taken.append(own)
    return f"WITH {', '.join(parts)} SELECT {quote(model._meta.pk.column)} FROM made", fields, taken  # noqa: S608


def _from_made(model: type[Model], other: type[Model], key: str) -> tuple[str, list[Field]]:
    """The statement that writes a row of `other`, and the fields whose values it takes."""
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    there = {field.column: quote(field.column) for field in model._meta.concrete_fields}
    there[key] = quote(model._meta.pk.column)
    fields = _fields(other)
    columns = ", ".join(quote(field.column) for field in fields)
    values = ", ".join(there.get(field.column, "%s") for field in fields)
    own = [field for field in fields if field.column not in there]
    return f"INSERT INTO {quote(other._meta.db_table)} ({columns}) SELECT {values} FROM made", own  # noqa: S608


def _fields(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]
