"""Lists: `{"data": […], "meta": {"page", "pageSize", "total"}}` [contract 30]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from core.api.documentation import array_of
from core.api.query import Invalid
from core.api.rows import Row, Wide
from interventions.api.fields import ID
from interventions.api.numbers import Numbers
from interventions.api.query import Query
from interventions.models.texts import MAX_LINE

USUAL, LARGEST, LAST_PAGE = 25, 100, 2_000_000
TEXT = {"type": "string", "maxLength": MAX_LINE}


@dataclass(frozen=True)
class Filter:
    """One parameter: `read(query, name)` gives its value, `narrow(value)` what rows must be; `schema` is OpenAPI's.

    `is_list`: documented as `name[]`.
    """

    read: Callable[[Query, str], Any]
    narrow: Callable[[Any], Q]
    schema: dict = field(hash=False)
    description: str = ""
    is_list: bool = False


def any_id(column: str, description: str = "") -> Filter:
    return ids_of(lambda ids: Q(**{f"{column}__in": ids}), description)


def ids_of(narrow: Callable[[list[int]], Q], description: str = "") -> Filter:
    return Filter(Query.ids, narrow, array_of(ID), description, is_list=True)


def one_id(column: str, description: str = "") -> Filter:
    return Filter(Query.id, lambda pk: Q(**{column: pk}), ID, description)


def any_number(column: str, numbers: Numbers) -> Filter:
    def read(query: Query, name: str) -> list[str] | None:
        return query.words(name, numbers)

    items = {"type": "integer", "enum": list(numbers.words)}
    return Filter(read, lambda words: Q(**{f"{column}__in": words}), array_of(items), numbers.legend, is_list=True)


def moment(column: str, comparison: str, description: str) -> Filter:
    """`comparison`: gte, lt …"""
    schema = {"type": "string", "format": "date-time"}
    return Filter(Query.moment, lambda instant: Q(**{f"{column}__{comparison}": instant}), schema, description)


def yes_no(condition: Callable[[], Q], description: str = "") -> Filter:
    """true: the rows of this condition; false: the others."""
    return Filter(Query.truth, lambda wanted: condition() if wanted else ~condition(), {"type": "boolean"}, description)


def search(*columns: str) -> Filter:
    """Each word of the text somewhere in these columns."""

    def narrow(text: str) -> Q:
        found = Q()
        for word in text.split():
            found &= Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR)
        return found

    return Filter(lambda query, name: query.one(name, text), narrow, TEXT, "Each word somewhere in its texts.")


def text(given: str) -> str:
    if len(given) > MAX_LINE:
        raise Invalid(f"is too long (maximum is {MAX_LINE} characters)", "too_long")
    return given


class Part(NamedTuple):
    """What the query says of the page. `sort`: a wire name, `-` before it for descending."""

    page: int
    size: int
    sort: str


@dataclass(frozen=True)
class Listing:
    """A resource's list. `shape` is an item; `sorts`: wire name → column, the id always last; `sort`: the one that is
    taken unless the query names another.
    """

    shape: Row
    sorts: Mapping[str, str]
    sort: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    # Reads the shape, where its rows are annotated: (the shape or its labelled form) → Wide.
    wide: Callable[[Row], Wide] | None = None

    def page(self, view, queryset: QuerySet, finish: Callable[[list[dict]], None] | None = None) -> dict:
        """The envelope. `finish(items)` completes the items by queries of their own."""
        part, narrowed = self.read(view.query), self.narrowed(view.query, queryset)
        view.query.check()
        start = (part.page - 1) * part.size
        with view.in_words():
            shape = view.worded(self.shape)
            rows = self.ordered(narrowed, part.sort)[start : start + part.size]
            items = (self.wide(shape) if self.wide else shape).dicts(rows)
            if finish and items:
                finish(items)
        return {"data": items, "meta": self.meta(part, len(items), narrowed)}

    def read(self, query: Query) -> Part:
        sort = query.one("sort", str)
        if sort is not None and sort.removeprefix("-") not in self.sorts:
            query.refuse("sort", f"must be one of these, or - and one of these: {', '.join(self.sorts)}")
        page, size = query.between("page", 1, LAST_PAGE), query.between("pageSize", 1, LARGEST)
        return Part(page or 1, size or USUAL, sort or self.sort)

    def narrowed(self, query: Query, queryset: QuerySet) -> QuerySet:
        """What is wrong with the query is noted in it."""
        for name, one in self.filters.items():
            value = one.read(query, name)
            if value is not None:
                queryset = queryset.filter(one.narrow(value))
        return queryset

    def ordered(self, queryset: QuerySet, sort: str) -> QuerySet:
        column = F(self.sorts[sort.removeprefix("-")])
        if sort.startswith("-"):
            return queryset.order_by(column.desc(nulls_first=True), "-pk")
        return queryset.order_by(column.asc(nulls_last=True), "pk")

    @staticmethod
    def meta(part: Part, found: int, narrowed: QuerySet) -> dict:
        """A page that is not full is the last one, so that nothing has to be counted."""
        is_last = found < part.size and (found or part.page == 1)
        total = (part.page - 1) * part.size + found if is_last else narrowed.count()
        return {"page": part.page, "pageSize": part.size, "total": total}
