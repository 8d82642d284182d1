"""A recurrence and its occurrences as the wire has them, their bodies and their lists [contract 20]."""

from core.api.rows import Blank, Column, Moment, Row
from scheduling.api.jobs import job_forms as rows
from scheduling.api.jobs.columns import CustomValues, Texts
from scheduling.api.jobs.fields import Items, Lines, RowOf, Text, Truth, Whole, Word, custom_values
from scheduling.api.jobs.fields import Moment as MomentProperty
from scheduling.api.jobs.filters import AnyOf, AnyWord, Span, YesNo, any_text
from scheduling.api.jobs.forms import BodyForm
from scheduling.api.jobs.job_shapes import UidOrNull
from scheduling.api.jobs.lists import Listing
from scheduling.models import JobOccurrence, JobRecurrence
from scheduling.models.close import MAX_TEXT

ON_CONFLICT = {str(value): str(value) for value in JobRecurrence.OnConflict}
OUTCOMES = tuple((str(value), str(value)) for value in JobOccurrence.Outcome)
MOST_DAYS_AHEAD = 366

RECURRENCE = Row(
    id=Column("id"),
    createdAt=Moment("created_at"),
    modifiedAt=Moment("updated_at"),
    name=Blank("name"),
    typeId=Column("type_id"),
    contactId=Column("contact_id"),
    siteContactId=Column("site_contact_id"),
    personId=UidOrNull("person__uid"),
    categoryId=Column("category_id"),
    description=Column("description"),
    orderNumber=Blank("order_number"),
    plannedDuration=Column("planned_duration"),
    customFields=CustomValues("custom_values"),
    resourceId=Column("resource_id"),
    vehicleId=Column("vehicle_id"),
    startAt=Moment("start_at"),
    rrule=Column("rrule"),
    exdates=Texts("exdates"),
    isSkippingHolidays=Column("skips_holidays"),
    daysAhead=Column("days_ahead"),
    onConflict=Column("on_conflict"),
    isArchived=Column("is_archived"),
)
RECURRENCES = Listing(
    RECURRENCE,
    {"createdAt": "created_at", "startAt": "start_at", "name": "name"},
    {
        "id": AnyOf("pk"),
        "name": any_text("name"),
        "typeId": AnyOf("type_id"),
        "contactId": AnyOf("contact_id"),
        "resourceId": AnyOf("resource_id"),
        "vehicleId": AnyOf("vehicle_id"),
        "isArchived": YesNo("is_archived"),
    },
)
OCCURRENCE = Row(
    id=Column("id"),
    startAt=Moment("start_at"),
    outcome=Column("outcome"),
    reason=Blank("reason"),
    jobId=Column("job_id"),
    createdAt=Moment("created_at"),
)
OCCURRENCES = Listing(
    OCCURRENCE,
    {"startAt": "start_at", "createdAt": "created_at"},
    {"outcome": AnyWord("outcome", OUTCOMES), "jobId": AnyOf("job_id"), "startAt": Span("start_at")},
)


class RecurrenceForm(BodyForm):
    """The template's properties are those of a job."""

    name = Text(120, allow_null=True)
    typeId = RowOf(rows.types, source="type")
    contactId = RowOf(rows.contacts, source="contact")
    siteContactId = RowOf(rows.contacts, source="site_contact", allow_null=True)
    personId = RowOf(rows.persons, by="uid", source="person", allow_null=True)
    categoryId = RowOf(rows.categories, source="category", allow_null=True)
    description = Lines(MAX_TEXT, allow_null=True)
    orderNumber = Text(80, source="order_number", allow_null=True)
    plannedDuration = Whole(low=1, high=10080, source="planned_duration", allow_null=True)
    customFields = custom_values(source="custom_fields")
    resourceId = RowOf(rows.crews, source="resource", allow_null=True)
    vehicleId = RowOf(rows.vehicles, source="vehicle", allow_null=True)
    startAt = MomentProperty(source="start_at")
    rrule = Text(500)
    exdates = Items(Text(10))
    isSkippingHolidays = Truth(source="skips_holidays")
    daysAhead = Whole(low=1, high=MOST_DAYS_AHEAD, source="days_ahead")
    onConflict = Word(ON_CONFLICT, source="on_conflict")
    isArchived = Truth(source="is_archived")


class RecurrenceChanges(RecurrenceForm):
    """An omitted property is kept, null unsets; a type or a contact that is another one is refused."""
