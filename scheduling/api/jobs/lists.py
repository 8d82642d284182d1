"""Lists in pages: by number, or from a cursor on (sort key, id) that later writes do not shift [contract 20]."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import orjson
from django.core import signing
from django.db.models import F, Q, QuerySet

from core.api.rows import Column, Row, field_at
from scheduling.api.jobs import query as reading
from scheduling.api.jobs.filters import Filter
from scheduling.api.jobs.query import Query

DEFAULT_SIZE, MAX_SIZE, MAX_NUMBER = 100, 1000, 2147483
DIRECTIONS = {"ascending": False, "descending": True}
PAGING = {"pagenumber", "pagesize", "cursor", "includetotal"}
NO_CURSOR = "is none that was given for these filters and this order"
# Members of a row that are not shown: what the next page starts after.
KEY, PK = "_key", "_pk"


@dataclass(frozen=True)
class Place:
    """Where a page by cursor begins: after this sort key and id. `page`: its number."""

    key: object
    pk: int
    page: int


@dataclass(frozen=True)
class Asked:
    """What the query says of the page. `seal` ties a cursor to the customer, the filters and the order."""

    number: int
    size: int
    sort: str
    descending: bool
    total: bool
    seal: str
    place: Place | None
    # The sort key lies in a range that was asked for: no row without one is found.
    ranged: bool


@dataclass(frozen=True)
class Listing:
    """A resource's list. sorts: wire name → column, the first being the default.

    `demand(query)` may refuse on the query; `shape` is an item. `decorate(queryset)` adds to the page's own rows what
    the shape shows beside columns: rows that are passed over cost a step in the index and nothing else.
    """

    shape: Row
    sorts: dict[str, str]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    demand: Callable[[Query], None] | None = None
    decorate: Callable[[QuerySet], QuerySet] | None = None

    @cached_property
    def keyed(self) -> dict[str, Row]:
        """For each sort key the shape with what a cursor needs."""
        shown: dict[str, Any] = self.shape.members
        return {name: Row(**{**shown, KEY: Column(column), PK: Column("pk")}) for name, column in self.sorts.items()}

    def page(self, query: Query, queryset: QuerySet, customer: int, finish: Callable | None = None) -> dict:
        """The envelope. `finish(items)` adds to the page's items what needs queries of its own."""
        asked = self.read(query, customer)
        if self.demand:
            self.demand(query)
        for name, one in self.filters.items():
            queryset = one.narrow(queryset, query, name)
        query.check()
        rows = self.keyed[asked.sort].dicts(self.part(queryset, asked))
        more, items = len(rows) > asked.size, rows[: asked.size]
        cursor = self.cursor_after(asked, items[-1]) if more else None
        for item in items:
            del item[KEY], item[PK]
        if finish:
            finish(items)
        counted = {"totalItemCount": queryset.count()} if asked.total else {}
        page = {"items": items, "pageNumber": asked.number, "pageSize": asked.size, "pageItemCount": len(items)}
        return {**page, **counted, "nextCursor": cursor}

    # -- the query --------------------------------------------------------------------------------------

    def read(self, query: Query, customer: int) -> Asked:
        number = query.between("pageNumber", 1, MAX_NUMBER, default=1)
        size = query.between("pageSize", 1, MAX_SIZE, default=DEFAULT_SIZE)
        sort = query.one("sortBy", partial(reading.word, words={name: name for name in self.sorts}))
        descending = bool(query.one("direction", partial(reading.word, words=DIRECTIONS)))
        total = bool(query.one("includeTotal", reading.truth))
        sort = sort or next(iter(self.sorts))
        seal = self.seal(query, customer, sort, descending)
        place = query.one("cursor", partial(self.place_of, seal=seal))
        if place and query.has("pageNumber"):
            query.refuse("pageNumber and cursor cannot be given together")
        ranged = any(one.bounds(query, name, self.sorts[sort]) for name, one in self.filters.items())
        return Asked(place.page if place else number, size, sort, descending, total, seal, place, ranged)

    def seal(self, query: Query, customer: int, sort: str, descending: bool) -> str:
        known = {name.lower() for key, one in self.filters.items() for name in one.schemas(key)}
        filters = {name: sorted(values) for name, values in query.values.items() if name in known}
        parts = [customer, list(self.sorts), sort, descending, filters]
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    # -- the page ---------------------------------------------------------------------------------------

    def part(self, queryset: QuerySet, asked: Asked) -> QuerySet:
        """The page's rows, and one more where there are more."""
        found = self.cut(self.in_order(queryset, asked), asked)
        if self.decorate is None:
            return found
        rows: Any = queryset.model
        return self.in_order(self.decorate(rows.objects.filter(pk__in=found.values("pk"))), asked)

    def in_order(self, queryset: QuerySet, asked: Asked) -> QuerySet:
        column = self.sorts[asked.sort]
        key = F(column).desc(nulls_first=True) if asked.descending else F(column).asc(nulls_last=True)
        return queryset.order_by(key, "-pk" if asked.descending else "pk")

    def cut(self, ordered: QuerySet, asked: Asked) -> QuerySet:
        if asked.place:
            column = self.sorts[asked.sort]
            keyless = not asked.ranged and field_at(ordered.model, column).null
            return ordered.filter(after(column, asked.place, asked.descending, keyless))[: asked.size + 1]
        start = (asked.number - 1) * asked.size
        return ordered[start : start + asked.size + 1]

    # -- cursors ----------------------------------------------------------------------------------------

    def cursor_after(self, asked: Asked, last: dict) -> str:
        key = last[KEY]
        kind = "moment" if isinstance(key, datetime) else "plain"
        stored = [asked.seal, kind, key.isoformat() if isinstance(key, datetime) else key, last[PK], asked.number + 1]
        return signing.dumps(stored, salt="jobs.cursor")

    def place_of(self, text: str, seal: str) -> Place:
        try:
            stored_seal, kind, key, pk, page = signing.loads(text, salt="jobs.cursor")
        except signing.BadSignature:
            raise ValueError(NO_CURSOR) from None
        if stored_seal != seal:
            raise ValueError(NO_CURSOR)
        return Place(datetime.fromisoformat(key) if kind == "moment" else key, pk, page)


def after(column: str, place: Place, descending: bool, keyless: bool) -> Q:
    """What stands behind the place. Without a key: last when ascending, first when descending, as PostgreSQL has it.

    The outer bound is what lets an index find the place, where no rows without a key can stand behind it.
    """
    way = "lt" if descending else "gt"
    beyond = Q(**{f"pk__{way}": place.pk})
    if place.key is None:
        return Q(**{f"{column}__isnull": True}) & beyond | (Q(**{f"{column}__isnull": False}) if descending else Q())
    bound = Q(**{f"{column}__{way}e": place.key})
    rest = bound & (Q(**{f"{column}__{way}": place.key}) | beyond)
    return rest if descending or not keyless else rest | Q(**{f"{column}__isnull": True})
