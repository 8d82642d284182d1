"""Lists: a bare array, by `filter`, `mask`, `order`, `offset`, `limit` and `flat` [contract 50]."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core.api.query import Invalid
from core.api.rows import Row
from svctasks.api.columns import BOUNDS, Sieve
from svctasks.api.fields import MOST
from svctasks.api.query import Names, Query

USUAL, LARGEST = 100, 1000
DIRECTIONS = {"asc": False, "desc": True}


def names_of(row: Row, *without: str, open: tuple[str, ...] = ()) -> Names:
    """What a mask may name of this shape: its members, and theirs."""
    members = {name: one for name, one in row.members.items() if name not in without}
    nested = [f"{name}.{inner}" for name, one in members.items() if isinstance(one, Row) for inner in one.members]
    return Names(*members, *nested, open=open)


@dataclass(frozen=True)
class Listing:
    """`shape` is a row of the list, of which `left_out` is shown only where a mask names it; `sieves` by field."""

    shape: Row
    sieves: Mapping[str, Sieve]
    order: tuple[str, ...] = ("created_at", "public_id")
    left_out: frozenset[str] = frozenset()
    open: tuple[str, ...] = ()

    def page(self, query: Query, queryset: QuerySet) -> list[dict]:
        """What is wrong with the query is told at once."""
        mask = query.mask(names_of(self.shape, open=self.open))
        offset, limit = query.between("offset", 0), query.between("limit", 1, LARGEST)
        is_flat = query.truth("flat")
        rows = self.ordered(query, self.narrowed(query, queryset))
        query.check()
        start = offset or 0
        found = self.shape.dicts(rows[start : start + (limit or USUAL)])
        usual = {name for name in self.shape.members if name not in self.left_out}
        return [shown(record, mask or usual, is_flat) for record in found]

    # -- filter -----------------------------------------------------------------------------------------

    def narrowed(self, query: Query, queryset: QuerySet) -> QuerySet:
        for name, asked in (query.json("filter", dict) or {}).items():
            condition = query.read(f"filter.{name}", lambda value, name=name: self.condition(name, value), asked)
            queryset = queryset if condition is None else queryset.filter(condition)
        return queryset

    def condition(self, name: str, asked: Any) -> Q:
        """A value, an array of which any will do, or an object of bounds."""
        sieve = self.sieve(name)
        if isinstance(asked, dict):
            return bounds(sieve, asked)
        values = asked if isinstance(asked, list) else [asked]
        if len(values) > MOST:
            raise Invalid(f"must be at most {MOST} values", "too_many")
        return sieve.any_of([sieve.read(value) for value in values])

    def sieve(self, name: str) -> Sieve:
        if name not in self.sieves:
            raise Invalid("is not known here", "unknown")
        return self.sieves[name]

    # -- order ------------------------------------------------------------------------------------------

    def ordered(self, query: Query, queryset: QuerySet) -> QuerySet:
        asked = query.json("order", list) or []
        keys = query.read("order", lambda given: [self.key(one) for one in given], asked[:MOST])
        return queryset.order_by(*(keys or ()), *self.order)

    def key(self, asked: Any) -> Any:
        """`"name"`, `"-name"` or `{"name": "desc"}`; what is none comes last, and first where it is turned round."""
        name, is_down = read_key_of_order(asked)
        order = self.sieve_of_order(name).order
        return order.desc(nulls_first=True) if is_down else order.asc(nulls_last=True)

    def sieve_of_order(self, name: str) -> Sieve:
        if name not in self.sieves:
            raise Invalid(f"{name} is not known here", "unknown")
        return self.sieves[name]


def bounds(sieve: Sieve, asked: dict) -> Q:
    if not asked or not asked.keys() <= BOUNDS.keys() or not sieve.is_measured:
        some = f"a value, an array, or an object of {', '.join(BOUNDS)}"
        raise Invalid(f"must be {some if sieve.is_measured else 'a value or an array'}")
    found = Q()
    for name, value in asked.items():
        found &= sieve.bound(name, sieve.read(value))
    return found


def read_key_of_order(asked: Any) -> tuple[str, bool]:
    if isinstance(asked, str):
        return asked.removeprefix("-"), asked.startswith("-")
    if isinstance(asked, dict) and len(asked) == 1:
        ((name, direction),) = asked.items()
        if isinstance(direction, str) and direction.lower() in DIRECTIONS:
            return name, DIRECTIONS[direction.lower()]
    raise Invalid('must be of names, "-name" or {"name": "desc"}')


# -- what is shown ------------------------------------------------------------------------------------------


def shown(record: dict, mask: set[str] | None, is_flat: bool) -> dict:
    picked = record if mask is None else _picked(record, mask)
    return _flat(picked) if is_flat else picked


def _picked(record: dict, mask: set[str]) -> dict:
    found = {}
    for name, value in record.items():
        inner = {one.partition(".")[2] for one in mask if one.startswith(f"{name}.")}
        if name in mask:
            found[name] = value
        elif inner and isinstance(value, dict):
            found[name] = _picked(value, inner)
    return found


def _flat(record: dict) -> dict:
    """{"ext": {"ct": …}} → {"ext.ct": …}"""
    found: dict = {}
    for name, value in record.items():
        if isinstance(value, dict) and value:
            found |= {f"{name}.{inner}": one for inner, one in _flat(value).items()}
        else:
            found[name] = value
    return found
