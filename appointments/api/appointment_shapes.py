"""An appointment as the wire has it, and how appointments are listed [seed; contract 40: "Book"]."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from django.db.models import FilteredRelation, Model, OuterRef, Q, QuerySet, Subquery, TextField

from appointments.api import conditions as by
from appointments.api.columns import Day, LocalMoment, Or, in_zone
from appointments.api.fields import ID
from appointments.api.lists import Listing, Usual
from appointments.models import Appointment, AppointmentLine, Service
from core.api.columns import always, made
from core.api.documentation import array_of
from core.api.rows import Apart, Column, Row
from core.statements import Composed

State = Appointment.State
# [seed]
STATES = {State.IN_PROGRESS: 0, State.CAME: 1, State.NOT_CAME: 2, State.PENDING: 3}
TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
NULLABLE_ID = {**ID, "type": ["integer", "null"]}
# The line of its first service.
FIRST = "first"


class Ids(Subquery):
    """The one column of a query as the text of a JSON list, in the query's order."""

    # As a text: Django would read JSON row by row, by a decoder of its own.
    output_field = TextField()
    template = "(SELECT coalesce(jsonb_agg(ids.id), '[]') FROM (%(subquery)s) AS ids(id))"

    def as_sqlite(self, compiler, connection, **context):
        # SQLite cannot name the columns of a subquery anew.
        template = "(SELECT json_group_array(ids.service_id) FROM (%(subquery)s) AS ids)"
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True)
class Plain(Column):
    """A value as it is, at a path that the model's fields do not tell of; `documented` as of Made."""

    documented: tuple[tuple[str, object], ...]

    def sql(self, names: Iterator[str]) -> str:
        raise NotImplementedError

    def schema(self, model: type[Model]) -> dict:
        return dict(self.documented)


def plain(path: str, schema: dict) -> Plain:
    return Plain(path, tuple(schema.items()))


def place(address: str, zipcode: str, city: str) -> str:
    """On one line."""
    town = f"{zipcode} {city}".strip()
    return ", ".join(part for part in (address, town) if part)


def of_first(path: str, schema: dict) -> Plain:
    return plain(f"{FIRST}__{path}", schema)


FICHE_NAMES = ("lastname", "firstname", "email", "firstphone", "secondphone", "comments")
APPOINTMENT = Row(
    {"id": Column("id"), "key": Column("key")},
    start=LocalMoment("start"),
    end=LocalMoment("end"),
    created_since=always(0),
    state=made("state", STATES.__getitem__, {"type": "integer", "enum": list(STATES.values())}),
    location=made("calendar__address", place, TEXT, "calendar__zipcode", "calendar__city"),
    group_id=Column("organization_id"),
    group=Row(
        id=Column("organization_id"),
        name=Column("organization__name"),
        urlname=Or("organization__booking_settings__urlname", ""),
    ),
    calendar_id=Column("calendar_id"),
    calendar=Row(id=Column("calendar_id"), publicname=Column("calendar__publicname"), epj=always(None)),
    fiche_id=Column("customer_id"),
    fiche=Row(
        {
            "id": Column("customer_id"),
            "birthdate": Day("customer__birthdate"),
            **{name: Column(f"customer__{name}") for name in FICHE_NAMES},
        }
    ),
    intervention_id=of_first("service_id", ID),
    intervention=Row(
        id=of_first("service_id", ID),
        publicname=of_first("service__publicname", TEXT),
        interventionset_id=of_first("service__serviceset_id", NULLABLE_ID),
        length=of_first("service__length", COUNT),
    ),
    capacity=always(1),
    resource_id=always(0),
    websource=Column("websource"),
    from_web=Column("from_web"),
    intervention_name=of_first("service__name", TEXT),
    intervention_length=of_first("length", COUNT),
    calendar_name=Column("calendar__name"),
    group_name=Column("organization__name"),
    comments=Column("comments"),
    smsreminder=always(0),
    date=LocalMoment("start"),
    intervention_ids=made("service_ids", orjson.loads, array_of(ID)),
    assignment_reason=Column("assignment_reason"),
    created_at=LocalMoment("created_at"),
    updated_at=LocalMoment("updated_at"),
    deleted=Column("is_deleted"),
)
# For reading one: the version goes into its ETag, and who made it says who may see it.
VERSION, MAKER = "_version", "_maker"
VERSIONED = Row(
    {
        **APPOINTMENT.members,
        VERSION: Column("version"),
        MAKER: Row({name: Column(name) for name in ("made_by_id", "made_by_user_id")}),
    }
)


def with_services(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Annotated with what is shown of their services; one query all the same."""
    lines = AppointmentLine.objects.filter(appointment=OuterRef("pk")).order_by("position")
    return with_first(rows).annotate(service_ids=Ids(lines.values("service_id")))


def with_first(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    return rows.annotate(**{FIRST: FilteredRelation("lines", condition=Q(lines__position=0))})


def records_of(shape: Row, pks: Collection[int], zone: ZoneInfo) -> list[dict]:
    """Of the appointments with these ids, as they are now, in order of their start."""
    found = _values_of(shape, len(pks)).values(*pks) if pks else []
    with in_zone(zone):
        return shape.rows(found)


class _Line(NamedTuple):
    service_id: int
    service: Service
    length: int


def record_of(booked: Appointment, zone: ZoneInfo) -> dict:
    """As `records_of` gives it, of one that was booked at this moment: all that it names is loaded, so none is read."""
    first: Any = booked.services[0]
    own: Any = booked
    own.first = _Line(first.pk, first, first.length)
    own.service_ids = orjson.dumps([service.pk for service in booked.services])
    with in_zone(zone):
        return VERSIONED.of(booked)


@lru_cache(maxsize=50)
def _values_of(shape: Row, number: int) -> Composed:
    """Of so many appointments, by their ids."""

    def make(*pks: int) -> QuerySet:
        rows = with_services(Appointment.objects.filter(pk__in=pks)).order_by("start", "pk")
        return rows.values_list(*shape.paths())

    return Composed(make, ids=number)


def on(column: str) -> Callable[[QuerySet, list[int]], QuerySet]:
    return lambda rows, ids: rows.filter(**{f"{column}__in": ids})


def upcoming_of(organization_id: int, now: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(organization_id=organization_id).alive().upcoming(now)


ORDER = ("start",)
APART = Apart(APPOINTMENT, lambda: with_services(Appointment.objects.order_by()))
UPCOMING = Usual(APART, upcoming_of, ORDER, ids=1, moments=1)
LISTING = Listing(
    APPOINTMENT,
    {
        "id": by.key("pk"),
        "key": by.texts("key"),
        **{name: by.moment(name) for name in ("start", "end", "created_at", "updated_at")},
        "date": by.moment("start"),
        "state": by.word("state", {str(number): state for state, number in STATES.items()}),
        "calendar_id": by.key("calendar_id"),
        "fiche_id": by.key("customer_id"),
        "intervention_id": by.key(f"{FIRST}__service_id"),
        "websource": by.texts("websource"),
        "comments": by.texts("comments"),
        "from_web": by.yes_no("from_web"),
    },
    ORDER,
    tuple(f"customer__{name}" for name in FICHE_NAMES[:5]),
    {"calendar_id": on("calendar_id"), "calendar_ids": on("calendar_id"), "fiche_id": on("customer_id")},
    needs_zone=True,
    wide=APART,
    annotated=frozenset({"intervention_id"}),
    annotate=with_first,
)
