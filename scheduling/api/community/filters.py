"""filter[name]=a,b · range[name]=min,max · sort=-a,b, over the attributes of a resource [contract 10]."""

from datetime import timedelta
from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core.api.errors import Refusal
from scheduling.api.community.fields import FIRST, LAST, read_moment, read_whole

MAX_VALUES = 1000
# Instants are shown in milliseconds and may be stored finer: each one that is named is a whole millisecond.
MILLISECOND = timedelta(milliseconds=1)


class WholeFormField(forms.Field):
    def to_python(self, value):
        try:
            number = read_whole(value) if value else None
        except ValueError:
            raise forms.ValidationError(f"{value} is not a whole number") from None
        if number is not None and abs(number) >= 2**63:
            raise forms.ValidationError(f"{value} is too large")
        return number


class MomentFormField(forms.Field):
    def to_python(self, value):
        if not value:
            return None
        try:
            # Nothing is stored beyond these two.
            return min(max(read_moment(value, timezone.get_current_timezone()), FIRST), LAST)
        except ValueError:
            raise forms.ValidationError(f"{value} is not a date and time") from None


class TruthFormField(forms.Field):
    WORDS = {"true": True, "1": True, "false": False, "0": False}

    def to_python(self, value):
        word = value.lower() if isinstance(value, str) else value
        if word and (not isinstance(word, str) or word not in self.WORDS):
            raise forms.ValidationError(f"{value} is neither true nor false")
        return self.WORDS[word] if word else None


class _CSV(django_filters.filters.BaseCSVFilter):
    def __init__(self, field_class: type[forms.Field], column: str, **options):
        self.field_class = field_class
        super().__init__(field_name=column, required=False, **options)


class AnyOf(_CSV):
    """A comma is an "or"; `most` values."""

    most = MAX_VALUES

    def filter(self, queryset, values):
        wanted = [value for value in values or [] if value not in (None, "")]
        return queryset.filter(self.condition(wanted)) if wanted else queryset

    def condition(self, wanted: list) -> Q:
        return Q(**{f"{self.field_name}__in": wanted})


class AnyMoment(AnyOf):
    # SQLite takes no condition of a thousand parts.
    most = 100

    def condition(self, wanted: list) -> Q:
        return reduce(or_, map(self._within, wanted))

    def _within(self, moment) -> Q:
        return Q(**{f"{self.field_name}__gte": moment, f"{self.field_name}__lt": moment + MILLISECOND})


class Between(_CSV):
    """`min,max`, both ends included; an empty side is open."""

    def filter(self, queryset, values):
        low, high = values or (None, None)
        conditions = {"gte": low, **self.up_to(high)}
        given = {f"{self.field_name}__{name}": value for name, value in conditions.items() if value not in (None, "")}
        return queryset.filter(**given)

    def up_to(self, high) -> dict:
        return {"lte": high}


class BetweenMoments(Between):
    def up_to(self, high) -> dict:
        return {"lt": high and high + MILLISECOND}


class Truth(django_filters.Filter):
    """true or false of a condition on the row."""

    field_class = TruthFormField

    def __init__(self, condition):
        self.condition = condition
        super().__init__(required=False)

    def filter(self, queryset, value):
        if value is None:
            return queryset
        condition = self.condition()
        return queryset.filter(condition if value else ~condition)


# kind → how one value is read, how several are found, and how a range is.
KINDS: dict[str, tuple[type[forms.Field], type[AnyOf], type[Between]]] = {
    "whole": (WholeFormField, AnyOf, Between),
    "moment": (MomentFormField, AnyMoment, BetweenMoments),
    "text": (forms.CharField, AnyOf, Between),
}


class Attributes:
    """What of a resource can be sorted, ranged and filtered: wire name → (kind, column). `extra`: filters alone."""

    def __init__(self, columns: dict[str, tuple[str, str]], **extra: django_filters.Filter):
        self.columns = columns
        any_of, between = {}, {}
        for name, (kind, column) in columns.items():
            value, several, span = KINDS[kind]
            any_of[name], between[name] = several(value, column), span(value, column)
        self.filters = _filter_set("Filters", {**any_of, **extra})
        self.ranges = _filter_set("Ranges", between)

    def narrow(self, queryset: QuerySet, query: dict) -> QuerySet:
        """filter[…] and range[…]; what cannot be read → 400."""
        queryset = _narrowed(queryset, query.get("filter"), self.filters, "filter")
        return _narrowed(queryset, query.get("range"), self.ranges, "range")

    def order(self, queryset: QuerySet, sort: object) -> QuerySet:
        """sort=…, else newest first; the id is always the last key, and nulls stand where PostgreSQL has them."""
        names = sort_names(sort)
        return queryset.order_by(
            *map(self._key, names or ["-created_at"]), *([] if self._ends_with_id(names) else ["-pk"])
        )

    def _ends_with_id(self, names: list[str]) -> bool:
        return bool(names) and names[-1].lstrip("-") == "id"

    def _key(self, name: str):
        bare = name.removeprefix("-")
        if bare not in self.columns:
            raise Refusal(400, "sort", f"The {bare} field is not sortable")
        column = F(self.columns[bare][1])
        return column.desc(nulls_first=True) if name.startswith("-") else column.asc(nulls_last=True)


def sort_names(sort: object) -> list[str]:
    """Each name once: a database takes only so many keys."""
    if sort is None:
        return []
    if not isinstance(sort, str):
        raise Refusal(400, "sort", "Write sort=attribute,-attribute")
    return list(dict.fromkeys(name.strip() for name in sort.split(",") if name.strip()))


def _filter_set(name: str, filters: dict[str, django_filters.Filter]) -> type[django_filters.FilterSet]:
    """A FilterSet that also knows its `names` in the order of the contract; base_filters has them in another."""
    return type(name, (django_filters.FilterSet,), {**filters, "names": list(filters)})


def _narrowed(queryset: QuerySet, given: object, kind: type[django_filters.FilterSet], verb: str) -> QuerySet:
    if given in (None, "", {}):
        return queryset
    if not isinstance(given, dict):
        raise Refusal(400, "filter", f"Write {verb}[attribute]=value")
    for name, value in given.items():
        _check_name(name, kind, verb)
        _check_value(name, value, verb, getattr(kind.base_filters[name], "most", MAX_VALUES))
    filters = kind(given, queryset=queryset)
    if not filters.is_valid():
        name, errors = next(iter(filters.errors.items()))
        raise Refusal(400, "filter", f"The value of the attribute {name} cannot be read: {errors[0]}")
    return filters.qs


def _check_name(name: str, kind: type[django_filters.FilterSet], verb: str) -> None:
    if name not in kind.names:
        message = f"Attributes {name} doesn't exists. You can only {verb} on: [{', '.join(kind.names)}]"
        raise Refusal(400, "filter", message)


def _check_value(name: str, value: object, verb: str, most: int) -> None:
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) for part in parts):
        raise Refusal(400, "filter", f"The value of the attribute {name} cannot be read")
    if sum(part.count(",") + 1 for part in parts) > most:
        raise Refusal(400, "filter", f"The attribute {name} has more than {most} values")
    if verb == "range" and not (isinstance(value, str) and value.count(",") == 1):
        raise Refusal(400, "filter", f"Write range[{name}]=min,max")


def dated() -> Q:
    return Q(schedule_at__isnull=False)


def ended() -> Q:
    return Q(end_at__isnull=False, end_at__lt=timezone.now())


_MOMENTS = {"created_at": ("moment", "created_at"), "updated_at": ("moment", "updated_at")}
COMMUNITY_SERVICES = Attributes(
    {
        "id": ("whole", "id"),
        "close_id": ("whole", "close_id"),
        "tiger_id": ("whole", "supervisor_id"),
        "duration": ("whole", "duration"),
        "schedule_at": ("moment", "schedule_at"),
        "occupation": ("text", "occupation"),
        "state": ("text", "state"),
        **_MOMENTS,
    },
    campus_id=AnyOf(WholeFormField, "organization_id"),
    schedule=Truth(dated),
)
CLOSES = Attributes(
    {
        "id": ("whole", "id"),
        "user_id": ("whole", "user_id"),
        "closer_id": ("whole", "closer_id"),
        "reason": ("text", "reason"),
        "kind": ("text", "kind"),
        "state": ("text", "state"),
        "end_at": ("moment", "end_at"),
        **_MOMENTS,
    },
    campus_id=AnyOf(WholeFormField, "organization_id"),
    end=Truth(ended),
)
