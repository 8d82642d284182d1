"""What the examples of /v1 are about."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.models import Organization
from scheduling.models import Absence, BusyInterval, ContactGroup, JobConstraint, JobOccurrence, JobStatusChange
from tests.job_factories import (
    make_contact,
    make_contact_person,
    make_definition,
    make_job,
    make_job_type,
    make_recurrence,
    make_resource,
    make_vehicle,
)

PERSON_UID = UUID("3f2b8c1e-7a4d-4e09-9c55-1d2a6b7f8e90")
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
GROUND = {"9": "ground"}


def make(place: Organization) -> dict:
    field = make_definition(place, "choice", "Floor", pk=9, choices=["ground", "first"])
    results = {"positive_results": ["Repaired"], "negative_results": ["No access"]}
    kind = make_job_type(place, field, pk=1, auto_reference_prefix="BS", **results)
    contact = make_school(place)
    person = make_contact_person(contact, "Ada Martin", uid=PERSON_UID, email="ada@example.org", is_primary=True)
    resource = make_resource(place, "Crew North", pk=7, email="north@example.org")
    vehicle = make_vehicle(place, "AB-123-CD", name="Van 1", pk=8)
    of = {"type": kind, "contact": contact, "vehicle": vehicle, "resource": resource}
    rows = {"resource": resource, "person": person, "custom_values": GROUND}
    make_planned_job(place, {**of, **rows})
    make_job(place, **of, pk=124, planned_start_at=START + timedelta(days=1))
    make_series(place, of)
    ids = {"contactId": 2, "personId": PERSON_UID, "contactGroupId": 4, "resourceId": 7, "vehicleId": 8}
    constraint = JobConstraint.objects.get().pk
    jobs = {"jobTypeId": 1, "jobId": 123, "jobRecurrenceId": 4, "constraintId": constraint}
    return {**ids, **jobs, "customFieldDefinitionId": 9}


def make_school(place: Organization):
    where = {"street": "101 avenue de la République", "town": "Paris", "postal_code": "75011", "country": "France"}
    group = ContactGroup.objects.create(organization=place, name="Schools", pk=4)
    point = {"latitude": 48.8635, "longitude": 2.3844}
    about = {"group": group, "reference": "C-17", "custom_values": GROUND}
    return make_contact(place, "Lycée Voltaire", pk=2, **where, **point, **about)


def make_planned_job(place: Organization, of: dict) -> None:
    """While its resource is absent."""
    texts = {"reference": "BS-000123", "order_number": "PO-1", "description": "The oven stays cold"}
    times = {"planned_start_at": START, "planned_end_at": START + HOUR}
    job = make_job(place, pk=123, status="scheduled", **of, **texts, **times)
    JobStatusChange.objects.filter(job=job).update(status="scheduled")
    absence = Absence.objects.create(organization=place, resource=of["resource"], start=START, end=START + HOUR)
    span = {"organization": place, "resource": of["resource"], "start": START, "end": START + HOUR}
    BusyInterval.objects.create(kind="job", source_id=job.pk, **span)
    BusyInterval.objects.create(kind="absence", source_id=absence.pk, **span)
    moment = datetime(2026, 1, 9, 17, tzinfo=UTC)
    JobConstraint.objects.create(job=job, type="must_complete_before", constraint_at=moment)


def make_series(place: Organization, of: dict) -> None:
    rule = {"rrule": "FREQ=WEEKLY;BYDAY=MO,TH", "exdates": ["2026-02-12"], "on_conflict": "skip"}
    start = datetime(2026, 1, 5, 8, tzinfo=UTC)
    series = make_recurrence(place, pk=4, name="Filters of the bakery", start_at=start, **of, **rule)
    next_one = datetime(2026, 1, 8, 8, tzinfo=UTC)
    JobOccurrence.objects.create(recurrence=series, start_at=next_one, outcome="skipped", reason="overlaps with job #7")
