"""Lists: one page in the envelope of this dialect [doc]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from appointments.api.columns import in_zone
from appointments.api.conditions import Attribute, conditions_of, names_of, pattern, search_of
from appointments.api.query import Query
from core.api.rows import Apart, Row, Wide
from core.statements import Composed

USUAL, MOST = 25, 1000
DIRECTIONS = ("asc", "desc")
Finish = Callable[[list[dict]], None]


class Part(NamedTuple):
    """What the query says of the page."""

    start: int
    size: int
    sort: str | None
    direction: str | None


# All that the query of a usual page may hold.
PAGING = frozenset({"results", "startIndex", "apikey", "format"})


class Usual:
    """A list as it is mostly asked for, narrowed and sorted by nothing. `make` and `kinds` are those of Composed.

    Its two statements are composed once: composing them takes longer than all else of a page.
    """

    def __init__(self, shape: Apart, make: Callable[..., QuerySet], order: tuple[str, ...], **kinds: int):
        self.shape = shape
        self._ordered = Composed(lambda *values: make(*values).order_by(*order, "pk").values_list("pk"), **kinds)
        self._counted = Composed(lambda *values: make(*values).order_by().values_list("pk"), **kinds)

    def dicts(self, part: Part, values: tuple) -> list[dict]:
        return self.shape.dicts_of(lambda: [pk for (pk,) in self._ordered.page(part.start, part.size, *values)])

    def count(self, values: tuple) -> int:
        return self._counted.count(*values)


def is_usual(query: Query) -> bool:
    return query.values.keys() <= PAGING


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

    def page(self, view, queryset: QuerySet, finish: Finish | None = None) -> dict:
        """The envelope. `finish(records)` adds what needs a query of its own."""
        part, narrowed = self.read(view.query), self.narrowed(view, queryset)
        view.query.check()
        page = self.ordered(narrowed, part)[part.start : part.start + part.size]
        return self._envelope(view, part, lambda: (self.wide or self.shape).dicts(page), narrowed.count, finish)

    def usual_page(self, view, usual: Usual, values: tuple, finish: Finish | None = None) -> dict:
        """The same of a query that `is_usual`; `values` as of its statements."""
        part = self.read(view.query)
        view.query.check()
        return self._envelope(view, part, lambda: usual.dicts(part, values), lambda: usual.count(values), finish)

    def _envelope(
        self, view, part: Part, read: Callable[[], list[dict]], count: Callable[[], int], finish: Finish | None
    ) -> dict:
        with in_zone(view.zone if self.needs_zone else None):
            records = read()
        if finish and records:
            finish(records)
        return envelope(records, part, count)

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
