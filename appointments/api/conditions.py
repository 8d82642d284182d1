"""What a list is narrowed and sorted by: `conditions[i][field|op|value]`, all of which must hold; `search` [doc]."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import F, Lookup, Q

from appointments.api.fields import MAX_ID, Invalid, read_truth
from appointments.api.moments import read_date
from appointments.api.query import Query, bounded, query_moment
from scheduling.models.close import MAX_TEXT

NAME = re.compile(r"\Aconditions\[([0-9]{1,4})\]\[(field|op|value)\]\Z", re.ASCII)
PARTS = ("field", "op", "value")
MOST, MOST_VALUES = 50, 500
COMPARED = {"=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
LISTED = {"in": False, "not in": True}
LIKED = {"like": False, "not like": True}
OPERATORS = (*COMPARED, "!=", *LIKED, *LISTED)


class Like(Lookup):
    """SQL's own, in any case: `%` stands for any letters, `_` for one."""

    lookup_name = "like"

    def as_sql(self, compiler, connection):
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"UPPER({left}) LIKE UPPER({right}) ESCAPE '\\'", [*left_parameters, *right_parameters]


@dataclass(frozen=True)
class Attribute:
    """A column that lists may be sorted and narrowed by. `read(text, zone)` gives its value or raises Invalid."""

    column: str
    read: Callable[[str, Callable], Any]
    is_text: bool = False
    is_ordered: bool = True


def _truth(text: str, zone: Callable) -> bool:
    return read_truth(text)


def _moment(text: str, zone: Callable):
    return query_moment(text, zone())


def _date(text: str, zone: Callable):
    return read_date(text)


def _text(text: str, zone: Callable) -> str:
    return text


def _number(text: str, zone: Callable, high: int) -> int:
    return bounded(text, -high, high)


def texts(column: str) -> Attribute:
    return Attribute(column, _text, is_text=True)


def number(column: str) -> Attribute:
    return Attribute(column, partial(_number, high=2**31 - 1))


def key(column: str) -> Attribute:
    return Attribute(column, partial(_number, high=MAX_ID))


def yes_no(column: str) -> Attribute:
    return Attribute(column, _truth, is_ordered=False)


def moment(column: str) -> Attribute:
    return Attribute(column, _moment)


def day(column: str) -> Attribute:
    return Attribute(column, _date)


def word(column: str, words: dict[str, Any]) -> Attribute:
    """Wire word → value inside."""

    def read(text: str, zone: Callable):
        if text not in words:
            raise Invalid(f"must be one of: {', '.join(words)}")
        return words[text]

    return Attribute(column, read, is_ordered=False)


# -- reading ------------------------------------------------------------------------------------------------


def conditions_of(query: Query, attributes: dict[str, Attribute], zone: Callable) -> dict[str, Q]:
    """One Q for each condition, under its field's name and number; what is wrong is refused by the query's check."""
    found: dict[str, Q] = {}
    for number_, parts in _numbered(query).items():
        place = f"conditions[{number_}]"
        missing = [part for part in PARTS if part not in parts]
        for part in missing:
            query.refuse(f"{place}[{part}]", "must be given")
        if not missing:
            _add(found, query, place, parts, attributes, zone)
    return found


def names_of(query: Query) -> set[str]:
    """The fields that conditions name."""
    return {parts["field"] for parts in _numbered(query).values() if "field" in parts}


def _numbered(query: Query) -> dict[str, dict[str, str]]:
    numbered: dict[str, dict[str, str]] = {}
    for name, values in query.values.items():
        if not name.startswith("conditions"):
            continue
        match = NAME.match(name)
        if match is None or len(values) > 1:
            query.refuse(name[:100], "must be conditions[<number>][field], [op] or [value], each once")
            continue
        numbered.setdefault(match[1], {})[match[2]] = values[0]
    if len(numbered) > MOST:
        query.refuse("conditions", f"must be at most {MOST}")
        return {}
    return numbered


def _add(found: dict[str, Q], query: Query, place: str, parts: dict[str, str], attributes: dict, zone) -> None:
    attribute = attributes.get(parts["field"])
    if attribute is None:
        query.refuse(f"{place}[field]", f"must be one of: {', '.join(attributes)}")
    elif not _is_allowed(parts["op"], attribute):
        query.refuse(f"{place}[op]", f"must be one of: {', '.join(allowed(attribute))}")
    else:
        read = partial(_condition, op=parts["op"], attribute=attribute, zone=zone)
        condition = query.read(f"{place}[value]", read, parts["value"])
        if condition is not None:
            found[place] = condition


def allowed(attribute: Attribute) -> list[str]:
    ordered = {">", ">=", "<", "<="}
    return [
        op for op in OPERATORS if (attribute.is_text or op not in LIKED) and (attribute.is_ordered or op not in ordered)
    ]


def _is_allowed(op: str, attribute: Attribute) -> bool:
    return op in allowed(attribute)


def _condition(value: str, op: str, attribute: Attribute, zone: Callable) -> Q:
    column = attribute.column
    if op in LISTED:
        values = value.split(",")
        if len(values) > MOST_VALUES:
            raise Invalid(f"must be at most {MOST_VALUES} values")
        condition = Q(**{f"{column}__in": [attribute.read(each.strip(), zone) for each in values]})
        return ~condition if LISTED[op] else condition
    if op in LIKED:
        condition = Q(Like(F(column), pattern(value).replace("\\", "\\\\")))
        return ~condition if LIKED[op] else condition
    if op == "!=":
        return ~Q(**{column: attribute.read(value, zone)})
    return Q(**{f"{column}__{COMPARED[op]}": attribute.read(value, zone)})


def pattern(text: str) -> str:
    """Raises ValueError for more than any text here has, which SQLite cannot even look for."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"must have at most {MAX_TEXT} characters")
    return text


# -- searching ----------------------------------------------------------------------------------------------


def search_of(text: str, columns: tuple[str, ...]) -> Q:
    """Each word somewhere in one of the columns."""
    found = Q()
    for one in text.split()[:MOST]:
        found &= _any_of(Q(**{f"{column}__icontains": one}) for column in columns)
    return found


def _any_of(conditions) -> Q:
    first, *rest = conditions
    for condition in rest:
        first = operator.or_(first, condition)
    return first
