"""Lists: one page in the envelope of this dialect [doc]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from appointments.api.columns import in_zone
from appointments.api.conditions import Attribute, conditions_of, names_of, pattern, search_of
from appointments.api.query import Query
from core.api.rows import Row, Wide

USUAL, MOST = 25, 1000
DIRECTIONS = ("asc", "desc")


class Part(NamedTuple):
    """What the query says of the page."""

    start: int
    size: int
    sort: str | None
    direction: str | None


@dataclass(frozen=True)
class Listing:
    """A resource's list. `shape` is a record; `attributes`: by wire name, what it may be sorted and narrowed by.

    order: columns, unless the query sorts; the id is always last. searched: columns that `search` looks into.
    filters: parameter of ids → narrow(queryset, ids). Deleted rows are left out unless a condition names `deleted`.
    """

    shape: Row
    attributes: Mapping[str, Attribute]
    order: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    filters: Mapping[str, Callable[[QuerySet, list[int]], QuerySet]] = field(default_factory=dict)
    needs_zone: bool = False
    # Reads the shape, where its rows are annotated.
    wide: Wide | None = None
    # Attributes that are annotations, and what adds these: composing it takes longer than asking for the page.
    annotated: frozenset[str] = frozenset()
    annotate: Callable[[QuerySet], QuerySet] = lambda rows: rows

    def page(self, view, queryset: QuerySet, finish: Callable[[list[dict]], None] | None = None) -> dict:
        """The envelope. `finish(records)` adds what needs a query of its own."""
        part, narrowed = self.read(view.query), self.narrowed(view, queryset)
        view.query.check()
        with in_zone(view.zone if self.needs_zone else None):
            records = (self.wide or self.shape).dicts(self.ordered(narrowed, part)[part.start : part.start + part.size])
        if finish and records:
            finish(records)
        return envelope(records, part, narrowed.count)

    def read(self, query: Query) -> Part:
        size = MOST if query.values.get("results") == ["all"] else query.between("results", 1, MOST)
        sort, direction = query.one("sort", str), query.one("dir", str)
        if sort is not None and sort not in self.attributes:
            query.refuse("sort", f"must be one of: {', '.join(self.attributes)}")
        if direction is not None and (direction not in DIRECTIONS or sort is None):
            query.refuse("dir", "must be asc or desc, beside sort")
        return Part(query.between("startIndex", 0) or 0, size or USUAL, sort, sort and (direction or "asc"))

    def narrowed(self, view, queryset: QuerySet) -> QuerySet:
        """What is wrong with the query is noted in it."""
        query: Query = view.query
        if not self.annotated.isdisjoint({*names_of(query), *query.values.get("sort", ())}):
            queryset = self.annotate(queryset)
        for name, narrow in self.filters.items():
            ids = query.ids(name)
            queryset = queryset if ids is None else narrow(queryset, ids)
        for condition in conditions_of(query, dict(self.attributes), lambda: view.zone).values():
            queryset = queryset.filter(condition)
        if "deleted" in self.attributes and "deleted" not in names_of(query):
            queryset = queryset.filter(**{self.attributes["deleted"].column: False})
        text = query.one("search", pattern)
        return queryset.filter(search_of(text, self.searched)) if text and self.searched else queryset

    def ordered(self, queryset: QuerySet, part: Part) -> QuerySet:
        if part.sort is None:
            return queryset.order_by(*self.order, "pk")
        descending = part.direction == "desc"
        column = F(self.attributes[part.sort].column)
        key = column.desc(nulls_first=True) if descending else column.asc(nulls_last=True)
        return queryset.order_by(key, "-pk" if descending else "pk")


def envelope(records: list[dict], part: Part, count: Callable[[], int]) -> dict[str, Any]:
    """A page that is not full is the last one, so that nothing has to be counted."""
    is_last = len(records) < part.size and (records or part.start == 0)
    return {
        "records": records,
        "sort": part.sort,
        "dir": part.direction,
        "totalRecords": part.start + len(records) if is_last else count(),
        "startIndex": part.start,
        "recordsReturned": len(records),
        "pageSize": part.size,
    }
