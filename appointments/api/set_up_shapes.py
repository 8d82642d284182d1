"""The wire's objects of set-up, how each is listed, and what their bodies take [annex 40; contract 40]."""

from django.db.models import QuerySet

from appointments.api import conditions as by
from appointments.api.fields import RowOf, RowsOf, Text, Truth, Whole
from appointments.api.forms import Form
from appointments.api.lists import Listing
from appointments.api.opening import Exceptions, ExceptionsColumn, OpeningColumn, OpeningHours
from appointments.models import Calendar, CalendarSet, Service, ServiceSet
from appointments.models.calendar import MOST_SEATS
from core.api.rows import Column, Row
from scheduling.models import Resource
from scheduling.models.close import MAX_TEXT

DAY_OF_MINUTES = 1440
DELETED = Truth("is_deleted")
BY_SORT = ("sort",)


def rows_of(model):
    return lambda organization_id: model.objects.filter(organization_id=organization_id)


def resources(organization_id: int) -> QuerySet:
    """Those that the jobs dialect shows: no vehicles, no students."""
    rows = Resource.objects.filter(organization_id=organization_id)
    return rows.without_students().exclude(kind=Resource.Kind.VEHICLE)


def offering(calendars: QuerySet, ids: list[int]) -> QuerySet:
    """Those that offer all of these services."""
    links = Service.calendars.through.objects
    for pk in ids:
        calendars = calendars.filter(pk__in=links.filter(service_id=pk).values("calendar_id"))
    return calendars


def offered_by(services: QuerySet, ids: list[int]) -> QuerySet:
    """Those that any of these calendars offers."""
    links = Service.calendars.through.objects
    return services.filter(pk__in=links.filter(calendar_id__in=ids).values("service_id"))


# -- sets ---------------------------------------------------------------------------------------------------

SET = Row(
    id=Column("id"),
    group_id=Column("organization_id"),
    name=Column("name"),
    publicname=Column("publicname"),
    sort=Column("sort"),
    deleted=Column("is_deleted"),
)
SETS = Listing(
    SET,
    {
        "id": by.key("pk"),
        "name": by.texts("name"),
        "publicname": by.texts("publicname"),
        "sort": by.number("sort"),
        "deleted": by.yes_no("is_deleted"),
    },
    BY_SORT,
    ("name", "publicname"),
)
SET_FORM = Form(
    {"name": Text(255, is_required=True), "publicname": Text(255), "sort": Whole(), "deleted": DELETED}, ("name",)
)

# -- calendars ----------------------------------------------------------------------------------------------

CALENDAR = Row(
    id=Column("id"),
    group_id=Column("organization_id"),
    calendarset_id=Column("calendarset_id"),
    name=Column("name"),
    publicname=Column("publicname"),
    address=Column("address"),
    zipcode=Column("zipcode"),
    city=Column("city"),
    sort=Column("sort"),
    open=Column("is_open"),
    capacity=Column("capacity"),
    slot_step=Column("slot_step"),
    priority=Column("priority"),
    resource_id=Column("resource_id"),
    opening_hours=OpeningColumn("opening_hours"),
    exceptions=ExceptionsColumn("exceptions"),
    deleted=Column("is_deleted"),
)
CALENDARS = Listing(
    CALENDAR,
    {
        "id": by.key("pk"),
        "calendarset_id": by.key("calendarset_id"),
        **{name: by.texts(name) for name in ("name", "publicname", "address", "zipcode", "city")},
        **{name: by.number(name) for name in ("sort", "capacity", "slot_step", "priority")},
        "resource_id": by.key("resource_id"),
        "open": by.yes_no("is_open"),
        "deleted": by.yes_no("is_deleted"),
    },
    BY_SORT,
    ("name", "publicname", "address", "city"),
    {
        "intervention_ids": offering,
        "calendarset_ids": lambda rows, ids: rows.filter(calendarset__in=ids),
    },
)
CALENDAR_FORM = Form(
    {
        "calendarset_id": RowOf(rows_of(CalendarSet), "calendarset", is_nullable=True),
        "name": Text(255, is_required=True),
        "publicname": Text(255),
        "address": Text(255),
        "zipcode": Text(16),
        "city": Text(64),
        "sort": Whole(),
        "open": Truth("is_open"),
        "capacity": Whole(low=1, high=MOST_SEATS),
        "slot_step": Whole(low=1, high=DAY_OF_MINUTES),
        "priority": Whole(),
        "resource_id": RowOf(resources, "resource"),
        "opening_hours": OpeningHours(),
        "exceptions": Exceptions(),
        "deleted": DELETED,
    },
    ("name",),
)

# -- services -----------------------------------------------------------------------------------------------

INTERVENTION = Row(
    id=Column("id"),
    group_id=Column("organization_id"),
    interventionset_id=Column("serviceset_id"),
    name=Column("name"),
    publicname=Column("publicname"),
    abbr=Column("abbr"),
    description=Column("description"),
    length=Column("length"),
    buffer_before=Column("buffer_before"),
    buffer_after=Column("buffer_after"),
    colorref=Column("colorref"),
    sort=Column("sort"),
    price=Column("price"),
    open=Column("is_open"),
    deleted=Column("is_deleted"),
)
INTERVENTIONS = Listing(
    INTERVENTION,
    {
        "id": by.key("pk"),
        "interventionset_id": by.key("serviceset_id"),
        **{name: by.texts(name) for name in ("name", "publicname", "abbr", "description", "colorref")},
        **{name: by.number(name) for name in ("length", "buffer_before", "buffer_after", "sort", "price")},
        "open": by.yes_no("is_open"),
        "deleted": by.yes_no("is_deleted"),
    },
    BY_SORT,
    ("name", "publicname", "abbr"),
    {
        "interventionset_id": lambda rows, ids: rows.filter(serviceset__in=ids),
        "calendar_ids": offered_by,
    },
)
INTERVENTION_FORM = Form(
    {
        "interventionset_id": RowOf(rows_of(ServiceSet), "serviceset", is_nullable=True),
        "name": Text(255, is_required=True),
        "publicname": Text(255),
        "abbr": Text(255),
        "description": Text(MAX_TEXT),
        "length": Whole(low=1, high=DAY_OF_MINUTES),
        "buffer_before": Whole(low=0, high=DAY_OF_MINUTES),
        "buffer_after": Whole(low=0, high=DAY_OF_MINUTES),
        "colorref": Text(7, is_required=True),
        "sort": Whole(),
        "price": Whole(low=0, is_nullable=True),
        "open": Truth("is_open"),
        "calendar_ids": RowsOf(rows_of(Calendar), "calendars"),
        "deleted": DELETED,
    },
    ("name",),
)
