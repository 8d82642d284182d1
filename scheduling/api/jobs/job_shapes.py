"""A job, its history and its constraints as the wire has them, and how jobs are listed [contract 20]."""

from django.db.models import Case, Exists, Model, OuterRef, QuerySet, Value, When

from core.api.columns import made
from core.api.documentation import array_of, obj
from core.api.rows import Blank, Column, Moment, Row
from scheduling.api.jobs.columns import CUSTOM_VALUE, Uid, Words
from scheduling.api.jobs.errors import camel
from scheduling.models import BusyInterval, Job, JobConstraint
from scheduling.models.contact import address_line
from scheduling.models.job import CONFIRMED

WHOLE, TEXT, TRUTH = {"type": "integer"}, {"type": "string"}, {"type": "boolean"}
CONFLICT = obj({"kind": {"type": "string", "enum": [camel(kind) for kind in BusyInterval.Kind.values]}, "id": WHOLE})


class UidOrNull(Uid):
    def schema(self, model: type[Model]) -> dict:
        return {"type": ["string", "null"], "format": "uuid"}


def minutes_between(start, end) -> int | None:
    """Whole ones; none where devices' clocks have the end before the start."""
    return None if start is None or end is None else max(0, int((end - start).total_seconds() // 60))


ADDRESS = made(
    "contact__street",
    address_line,
    TEXT,
    *("contact__postal_code", "contact__town", "contact__country"),
)
JOB = Row(
    id=Column("id"),
    uid=Uid("uid"),
    typeId=Column("type_id"),
    typeName=Column("type__name"),
    contactId=Column("contact_id"),
    contactName=Column("contact__name"),
    contactAddress=ADDRESS,
    contactLocation=Row(key="latitude", latitude=Column("contact__latitude"), longitude=Column("contact__longitude")),
    status=Words("status"),
    statusModifiedAt=Moment("status_modified_at"),
    plannedDuration=Column("planned_duration"),
    dueAt=Moment("due_at"),
    reference=Blank("reference"),
    description=Column("description"),
    createdAt=Moment("created_at"),
    orderNumber=Blank("order_number"),
    personId=UidOrNull("person__uid"),
    personName=Blank("person__name"),
    isConfirmed=made("status", lambda status: status in CONFIRMED, TRUTH),
    categoryId=Column("category_id"),
    categoryName=Blank("category__name"),
    resourceId=Column("resource_id"),
    resourceName=Blank("resource__name"),
    vehicleId=Column("vehicle_id"),
    vehicleRegistration=Blank("vehicle__registration"),
    plannedStartAt=Moment("planned_start_at"),
    plannedEndAt=Moment("planned_end_at"),
    actualStartAt=Moment("actual_start_at"),
    actualEndAt=Moment("actual_end_at"),
    actualDuration=made("actual_start_at", minutes_between, {"type": ["integer", "null"]}, "actual_end_at"),
    internalComment=Blank("internal_comment"),
    resourcesComment=Blank("resources_comment"),
    contactComment=Blank("contact_comment"),
    result=Blank("result"),
    siteContactId=Column("site_contact_id"),
    siteContactIds=made("site_contact_id", lambda pk: [] if pk is None else [pk], array_of(WHOLE)),
    isReferenceDuplicate=made("is_duplicate", bool, TRUTH),
    # What these two hold is completed for a whole page at once.
    conflicts=made("id", lambda pk: [], array_of(CONFLICT)),
    customFields=made("custom_values", lambda stored: stored, array_of(CUSTOM_VALUE)),
)
# For reading one; the version goes into its ETag.
VERSION = "_version"
VERSIONED_JOB = Row(key=None, **{**JOB.members, VERSION: Column("version")})
STATUS_CHANGE = Row(id=Column("id"), status=Words("status"), createdAt=Moment("created_at"), comment=Blank("comment"))
CONSTRAINT_TYPES = {camel(f"job_{value}"): value for value in JobConstraint.Type.values}
VIOLATION = {"type": "string", "enum": ["isNotViolated", "isViolated"]}
CONSTRAINT = Row(
    id=Column("id"),
    createdAt=Moment("created_at"),
    type=made("type", lambda value: camel(f"job_{value}"), {"type": "string", "enum": list(CONSTRAINT_TYPES)}),
    # Completed for a whole page at once.
    status=made("id", lambda pk: None, VIOLATION),
    constraintAt=Moment("constraint_at"),
    entityId=Column("entity_id"),
    entityName=Blank("entity__name"),
)


def with_duplicates(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Annotated with whether another job of the organization has the same reference."""
    same = Job.objects.filter(organization_id=OuterRef("organization_id"), reference=OuterRef("reference"))
    others = Exists(same.exclude(pk=OuterRef("pk")))
    return jobs.annotate(is_duplicate=Case(When(reference="", then=Value(False)), default=others))
