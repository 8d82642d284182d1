"""As tests/factories.py, of what jobs are made of. Straight into the tables: no rule, no busy time, no e-mail."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from core.models import Organization
from scheduling.models import (
    Contact,
    ContactPerson,
    CustomFieldDefinition,
    Job,
    JobCategory,
    JobRecurrence,
    JobStatusChange,
    JobType,
    Resource,
)

_numbers = count(1)


def make_job_type(
    organization: Organization, *definitions: CustomFieldDefinition, name: str = "Boiler service", **fields
) -> JobType:
    job_type = JobType.objects.create(organization=organization, name=name, **fields)
    job_type.custom_field_definitions.set(definitions)
    return job_type


def make_category(organization: Organization, name: str = "Maintenance", **fields) -> JobCategory:
    return JobCategory.objects.create(organization=organization, name=name, **fields)


def make_definition(organization: Organization, kind: str = "text", name: str = "", **fields) -> CustomFieldDefinition:
    name = name or f"Field {next(_numbers)}"
    return CustomFieldDefinition.objects.create(organization=organization, kind=kind, name=name, **fields)


def make_contact(organization: Organization, name: str = "Bakery Dupont", **fields) -> Contact:
    return Contact.objects.create(organization=organization, name=name, **fields)


def make_contact_person(contact: Contact, name: str = "Marie Dupont", **fields) -> ContactPerson:
    return ContactPerson.objects.create(organization=contact.organization, contact=contact, name=name, **fields)


def make_resource(organization: Organization, name: str = "", **fields) -> Resource:
    """A person with an e-mail address of its own and without a log-in."""
    number = next(_numbers)
    defaults = {"email": f"crew{number}@example.org", "kind": Resource.Kind.PERSON}
    return Resource.objects.create(organization=organization, name=name or f"Crew {number}", **{**defaults, **fields})


def make_vehicle(organization: Organization, registration: str = "", **fields) -> Resource:
    registration = registration or f"AB-{next(_numbers):03d}-CD"
    return Resource.objects.create(
        organization=organization,
        kind=Resource.Kind.VEHICLE,
        name=fields.pop("name", "Van"),
        registration=registration,
        **fields,
    )


def make_job(
    organization: Organization, *, type: JobType | None = None, contact: Contact | None = None, **fields
) -> Job:
    """A new job with the row of `new` in its status history."""
    job = Job.objects.create(
        organization=organization,
        type=type or make_job_type(organization),
        contact=contact or make_contact(organization),
        **{"planned_duration": 60, **fields},
    )
    JobStatusChange.objects.create(job=job, status="new", created_at=job.created_at)
    return job


def make_recurrence(
    organization: Organization, *, type: JobType | None = None, contact: Contact | None = None, **fields
) -> JobRecurrence:
    """Every day at this hour from tomorrow on."""
    return JobRecurrence.objects.create(
        organization=organization,
        type=type or make_job_type(organization),
        contact=contact or make_contact(organization),
        **{"start_at": timezone.now() + timedelta(days=1), "rrule": "FREQ=DAILY", **fields},
    )
