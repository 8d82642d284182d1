"""The bodies about jobs, read property by property; which values are refused is in the services [seed; contract 20]."""

from typing import Any

from django.db.models import QuerySet

from scheduling.api.jobs.errors import camel
from scheduling.api.jobs.fields import Lines, Moment, RowOf, Text, Whole, Word, custom_values
from scheduling.api.jobs.forms import BodyForm
from scheduling.api.jobs.job_shapes import CONSTRAINT_TYPES
from scheduling.models import Contact, ContactPerson, JobCategory, JobType, Resource
from scheduling.models.close import MAX_TEXT
from scheduling.models.job import COMPLETED
from scheduling.services.job_planning import CREWS

OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


def types(organization_id: int) -> QuerySet:
    return JobType.objects.filter(organization_id=organization_id)


def contacts(organization_id: int) -> QuerySet:
    return Contact.objects.filter(organization_id=organization_id)


def persons(organization_id: int) -> QuerySet:
    return ContactPerson.objects.filter(organization_id=organization_id)


def categories(organization_id: int) -> QuerySet:
    return JobCategory.objects.filter(organization_id=organization_id)


def resources(organization_id: int) -> QuerySet:
    """Whatever has time of its own, vehicles too."""
    return Resource.objects.select_related("user").filter(organization_id=organization_id)


def crews(organization_id: int) -> QuerySet:
    return resources(organization_id).filter(kind__in=CREWS)


def vehicles(organization_id: int) -> QuerySet:
    return resources(organization_id).filter(kind=Resource.Kind.VEHICLE)


class JobForm(BodyForm):
    typeId = RowOf(types, source="type")
    contactId = RowOf(contacts, source="contact")
    plannedDuration = Whole(low=1, high=10080, source="planned_duration", **OPTIONAL)
    reference = Text(40, **OPTIONAL)
    description = Lines(MAX_TEXT, **OPTIONAL)
    personId = RowOf(persons, by="uid", source="person", **OPTIONAL)
    orderNumber = Text(80, source="order_number", **OPTIONAL)
    customFields = custom_values(source="custom_fields", required=False)
    siteContactId = RowOf(contacts, source="site_contact", **OPTIONAL)
    categoryId = RowOf(categories, source="category", **OPTIONAL)


class JobChanges(JobForm):
    """An omitted property is kept, null unsets; a type or a contact that is another one is refused."""

    plannedDuration = Whole(low=1, high=10080, source="planned_duration", required=False)
    internalComment = Lines(MAX_TEXT, source="internal_comment", **OPTIONAL)
    contactComment = Lines(MAX_TEXT, source="contact_comment", **OPTIONAL)


class JobInList(JobChanges):
    """One of a bulk update."""

    id = Whole()


class PlanForm(BodyForm):
    resourceId = RowOf(crews, source="resource", **OPTIONAL)
    vehicleId = RowOf(vehicles, source="vehicle", **OPTIONAL)
    plannedStartAt = Moment(source="planned_start_at", **OPTIONAL)


class StepForm(BodyForm):
    comment = Lines(MAX_TEXT, **OPTIONAL)
    statusModifiedAt = Moment(source="moment", **OPTIONAL)


class ResultForm(BodyForm):
    status = Word({camel(status): status for status in COMPLETED})
    result = Text(120, **OPTIONAL)
    statusModifiedAt = Moment(source="moment", **OPTIONAL)


class CancelForm(BodyForm):
    reason = Lines(MAX_TEXT, **OPTIONAL)


class ConstraintForm(BodyForm):
    type = Word(CONSTRAINT_TYPES)
    constraintAt = Moment(source="constraint_at", **OPTIONAL)
    entityId = RowOf(resources, source="entity", **OPTIONAL)
