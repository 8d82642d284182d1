"""What a list can be narrowed by: each filter reads its parameters and narrows a queryset [contract 20]."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet

from scheduling.api.jobs import query as reading
from scheduling.api.jobs.query import MAX_VALUES, Query


@dataclass(frozen=True)
class Filter:
    """`schemas(name)`: its parameters' names → OpenAPI schemas. `narrow` returns the queryset as it is when absent."""

    column: str

    def schemas(self, name: str) -> dict[str, dict]:
        raise NotImplementedError

    def narrow(self, queryset: QuerySet, query: Query, name: str) -> QuerySet:
        raise NotImplementedError

    def bounds(self, query: Query, name: str, column: str) -> bool:
        """Whether all that it lets through have a value in this column."""
        return False


@dataclass(frozen=True)
class AnyOf(Filter):
    """One of the repeated key's values."""

    read: Callable = reading.whole
    schema: tuple[tuple[str, object], ...] = (("type", "integer"), ("format", "int64"))

    def schemas(self, name: str) -> dict[str, dict]:
        return {name: {"type": "array", "items": dict(self.schema), "maxItems": MAX_VALUES}}

    def narrow(self, queryset: QuerySet, query: Query, name: str) -> QuerySet:
        found = query.many(name, self.read)
        return queryset if found is None else queryset.filter(**{f"{self.column}__in": found})


def any_text(column: str) -> AnyOf:
    return AnyOf(column, reading.text, (("type", "string"), ("minLength", 1)))


def any_uid(column: str) -> AnyOf:
    return AnyOf(column, reading.uid, (("type", "string"), ("format", "uuid")))


@dataclass(frozen=True)
class AnyWord(Filter):
    """One of these words: wire name → value."""

    words: tuple[tuple[str, str], ...]

    def schemas(self, name: str) -> dict[str, dict]:
        items = {"type": "string", "enum": [word for word, _ in self.words]}
        return {name: {"type": "array", "items": items, "maxItems": MAX_VALUES}}

    def narrow(self, queryset: QuerySet, query: Query, name: str) -> QuerySet:
        found = query.many(name, partial(reading.word, words=dict(self.words)))
        return queryset if found is None else queryset.filter(**{f"{self.column}__in": found})


@dataclass(frozen=True)
class YesNo(Filter):
    def schemas(self, name: str) -> dict[str, dict]:
        return {name: {"type": "boolean"}}

    def narrow(self, queryset: QuerySet, query: Query, name: str) -> QuerySet:
        found = query.one(name, reading.truth)
        return queryset if found is None else queryset.filter(**{self.column: found})


@dataclass(frozen=True)
class Span(Filter):
    """`<name>From` (included) and `<name>To` (not included), both needed."""

    def schemas(self, name: str) -> dict[str, dict]:
        return {key: {"type": "string", "format": "date-time"} for key in (f"{name}From", f"{name}To")}

    def is_given(self, query: Query, name: str) -> bool:
        return query.has(f"{name}From") and query.has(f"{name}To")

    def bounds(self, query: Query, name: str, column: str) -> bool:
        return column == self.column and self.is_given(query, name)

    def narrow(self, queryset: QuerySet, query: Query, name: str) -> QuerySet:
        names = [f"{name}{end}" for end in ("From", "To")]
        start, end = (query.one(one, reading.moment) for one in names)
        given = [one for one in names if query.has(one)]
        if len(given) == 1:
            query.refuse(f"{names[0]} and {names[1]} must be given together")
        if start is None or end is None:
            return queryset
        return queryset.filter(**{f"{self.column}__gte": start, f"{self.column}__lt": end})
