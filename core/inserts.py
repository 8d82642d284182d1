"""New rows by statements composed once a process, alone or with all that is written beside them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    EmailField,
    Field,
    ForeignKey,
    Model,
    TextField,
)
from psycopg import sql

from core.statements import standing_cursor

# What the driver of PostgreSQL takes as it is; Django's way to find that out is a tenth of a booking.
AS_THEY_ARE: dict[type[Field], type] = {
    CharField: str,
    TextField: str,
    EmailField: str,
    BooleanField: bool,
    ForeignKey: int,
    DateTimeField: datetime,
}


def insert(model: type[Model], values: dict[str, Any], *, unless_there: bool = False) -> int | None:
    """A new row of these values by attname, the rest by default → its key. No signals, no instance, no auto_now.

    `unless_there`: None, and nothing is written, where a unique constraint finds such a row already.
    """
    database = connections[DEFAULT_DB_ALIAS]
    statement, fields = _insertion(model)
    quote: Any = database.ops.quote_name
    conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
    parameters = _prepared(fields, values, database)
    found = _asked(f"{statement}{conflict} RETURNING {quote(model._meta.pk.column)}", parameters)
    return found[0][0] if found else None


class Beside(NamedTuple):
    """A row that is written with a new one: the new one's key in this column, its values in columns of its names.

    `copies`: the columns that both have hold the same.
    """

    model: type[Model]
    values: dict[str, Any]
    key: str
    copies: bool = False


class Also(NamedTuple):
    """What else is done for a new row.

    `text`: parts of a WITH in which the new row is `made`; `answer`: an expression of what they tell; `in_turn`: the
    same for the row of this key, where one statement cannot hold all, as on SQLite.
    """

    text: str
    parameters: Sequence[Any]
    answer: str
    in_turn: Callable[[int], Any]


def insert_with(model: type[Model], values: dict[str, Any], *others: Beside | Also) -> list[Any]:
    """A new row of these values, as by `insert`, and these beside it → its key, and what each of these tells.

    A row tells its key.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        pk: Any = insert(model, values)
        return [pk, *(_in_turn(other, pk, values) for other in others)]
    # One statement costs half of two, above all as no value is sent twice.
    statement, fields, taken = _joint_insertion(model, tuple(map(_form, others)))
    parameters = _prepared(fields, values, database)
    for other, own in zip(others, taken, strict=True):
        parameters += other.parameters if isinstance(other, Also) else _prepared(own, other.values, database)
    return list(_asked(statement, parameters)[0])


def _in_turn(other: Beside | Also, pk: int, values: dict[str, Any]) -> Any:
    if isinstance(other, Also):
        return other.in_turn(pk)
    return insert(other.model, {**(values if other.copies else {}), **other.values, other.key: pk})


def _asked(statement: str, parameters: list) -> list[tuple]:
    cursor = standing_cursor()
    cursor.execute(statement, parameters)
    return cursor.fetchall()


def _prepared(fields: list[Field], values: dict[str, Any], database: Any) -> list:
    """As Django sends them to this connection; the default of what is not given."""
    as_they_are = AS_THEY_ARE if database.vendor == "postgresql" else {}
    given = [values[field.attname] if field.attname in values else field.get_default() for field in fields]
    return [
        value
        if value is None or as_they_are.get(type(field)) is type(value)
        else field.get_db_prep_save(value, database)
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


Form = tuple[type[Model], str, bool, frozenset[str]] | tuple[str, str]


def _form(other: Beside | Also) -> Form:
    """What of its statement is the same at each call."""
    if isinstance(other, Also):
        return other.text, other.answer
    return other.model, other.key, other.copies, frozenset(other.values)


@cache
def _joint_insertion(model: type[Model], forms: tuple[Form, ...]) -> tuple[str, list[Field], list[list[Field]]]:
    """The statement; the fields whose values it takes, and of each of the others those whose values are sent."""
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    first, fields = _insertion(model)
    parts, answers, taken = [f"made AS ({first} RETURNING *)"], [quote(model._meta.pk.column)], []
    for number, form in enumerate(forms):
        text, answer, own = (*form, []) if len(form) == 2 else _row_beside(f"other{number}", model, *form)
        parts.append(text)
        answers.append(f"{answer} AS answer{number}")
        taken.append(own)
    return f"WITH {', '.join(parts)} SELECT {', '.join(answers)} FROM made", fields, taken  # noqa: S608


def _row_beside(
    name: str, model: type[Model], other: type[Model], key: str, copies: bool, given: frozenset[str]
) -> tuple[str, str, list[Field]]:
    """The part that writes a row of `other`, what tells its key, and the fields whose values it takes."""
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields, pk = _fields(other), quote(other._meta.pk.column)
    # The driver works out anew at each call a statement of more than fifty values.
    there = {field.column: _literal(field.get_default()) for field in fields if _is_constant(field, given)}
    there |= {field.column: quote(field.column) for field in model._meta.concrete_fields} if copies else {}
    there[key] = quote(model._meta.pk.column)
    columns = ", ".join(quote(field.column) for field in fields)
    values = ", ".join(there.get(field.column, "%s") for field in fields)
    own = [field for field in fields if field.column not in there]
    text = f"INSERT INTO {quote(other._meta.db_table)} ({columns}) SELECT {values} FROM made RETURNING {pk}"  # noqa: S608
    return f"{name} AS ({text})", f"(SELECT {pk} FROM {name})", own  # noqa: S608


def _is_constant(field: Field, given: frozenset[str]) -> bool:
    return field.attname not in given and not (field.has_default() and callable(field.default))


def _literal(value: Any) -> str:
    return sql.Literal(value).as_string().replace("%", "%%")


def _fields(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]
