"""The rows that the examples of the OpenAPI document are about, under the very ids that these name."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from appointments.api.vevent_shapes import FIRST_EVENT
from core.models import Membership, Organization, Role, User
from interventions.sessions import open_for_person, token_of
from scheduling.models import ContactGroup
from tests import appointment_factories, factories, intervention_factories, job_factories, webhook_factories
from tests.svctask_factories import make_script, make_site
from tests.svctasks.wire import rows_of

PERSON_UID = UUID("3f2b8c1e-7a4d-4e09-9c55-1d2a6b7f8e90")
START = datetime(2026, 12, 5, 8, tzinfo=UTC)
DIALECTS = ("jobs", "appointments", "interventions", "svctasks", "webhooks")
SCOPES = ["public", "tig", *(f"{dialect}:{right}" for dialect in DIALECTS for right in ("read", "write"))]


def make_world() -> SimpleNamespace:
    """`ids`: path parameter → value, by the start of the path."""
    place = factories.make_organization("School", pk=4)
    people = [person(pk, login, place) for pk, login in ((1, "agnes"), (2, "tiger"), (7, "student"))]
    client = factories.make_client(place, roles=[Role.ADVANCED_STAFF], allowed_scopes=SCOPES, client_id="a-client")
    ada = factories.make_member(place, Role.ADVANCED_STAFF, "ada", password="correct horse")
    ids = {
        "/v2/": community(place, people[1], people[2]),
        "/v1/": jobs(place),
        "/api/v1/": appointments(place),
        "/api/webhooks": webhooks(place),
        "/rest/v1/": service_tasks(place),
        "/": register(place),
    }
    headers = {
        "Authorization": f"Bearer {factories.make_token(client)}",
        "X-Session-Token": token_of(open_for_person(client.pk, place.pk, ada)),
        "Customer-Id": "4",
    }
    return SimpleNamespace(ids=ids, headers=headers, client=client)


def person(pk: int, login: str, place: Organization) -> User:
    user = factories.make_person(login, pk=pk)
    role = Role.STUDENT if login == "student" else Role.ADVANCED_STAFF
    Membership.objects.create(user=user, organization=place, role=role)
    return user


def community(place: Organization, closer: User, student: User) -> dict:
    close = factories.make_close(place, pk=2, student=student, closer=closer)
    factories.make_community_service(close, pk=3)
    return {"closes": 2, "community_services": 3, "user_id": "student", "close_id": 2}


def jobs(place: Organization) -> dict:
    field = job_factories.make_definition(place, "choice", "Where", pk=9, choices=["ground", "first"])
    kind = job_factories.make_job_type(place, field, pk=1, positive_results=["Repaired"])
    contact = job_factories.make_contact(place, pk=2)
    job_factories.make_contact_person(contact, uid=PERSON_UID)
    ContactGroup.objects.create(organization=place, name="Primary schools", pk=4)
    resource = job_factories.make_resource(place, pk=7)
    job_factories.make_vehicle(place, pk=8)
    plan = {"resource": resource, "planned_start_at": datetime(2026, 1, 5, 9, tzinfo=UTC)}
    for pk in (123, 124):
        job_factories.make_job(place, type=kind, contact=contact, pk=pk, **plan)
    job_factories.make_recurrence(place, type=kind, contact=contact, pk=6)
    ids = {"contactId": 2, "personId": PERSON_UID, "contactGroupId": 4, "resourceId": 7, "vehicleId": 8}
    return {**ids, "customFieldDefinitionId": 9, "jobTypeId": 1, "jobId": 123, "jobRecurrenceId": 6}


def appointments(place: Organization) -> dict:
    service = appointment_factories.make_service(place, pk=21)
    calendar = appointment_factories.make_calendar(place, service, pk=15)
    customer = appointment_factories.make_customer(place, pk=48)
    start = datetime(2026, 1, 16, 9, tzinfo=UTC)
    event = appointment_factories.make_event(calendar, start, start + timedelta(hours=1))
    booked = appointment_factories.make_appointment(calendar, customer, service, start=start + timedelta(hours=3))
    sets = {
        "calendarsets": appointment_factories.make_calendar_set(place).pk,
        "interventionsets": appointment_factories.make_service_set(place).pk,
    }
    rows = {"calendars": 15, "interventions": 21, "fiches": 48, "vevents": FIRST_EVENT + event.pk}
    return {"group_id": 4, "groups": 4, "appointments": booked.pk, **sets, **rows}


def webhooks(place: Organization) -> dict:
    webhook = webhook_factories.make_webhook(place)
    delivery = webhook_factories.make_delivery(webhook, state="delivered")
    return {"webhooks": webhook.pk, "delivery": delivery.pk}


def service_tasks(place: Organization) -> dict:
    rows = rows_of(place)
    make_script(place, "dialByCallList")
    make_site()
    names = {"svctasks": "svctask", "svcscripts": "svcscript", "workdays": "workday", "runs": "svcrun"}
    return {name: rows[row] for name, row in names.items()}


def register(place: Organization) -> dict:
    site = intervention_factories.make_site(place, pk=1)
    contacts = [intervention_factories.make_company_contact(place, f"Contact {pk}", pk=pk) for pk in (1, 2, 7)]
    free = intervention_factories.make_anomaly(site, pk=1)
    visit = {"scheduled_start": START, "scheduled_end": START + timedelta(hours=1)}
    anomaly = intervention_factories.make_anomaly(site)
    visit |= {"assigned_company_contact": contacts[0]}
    planned = intervention_factories.make_intervention(place, anomaly, **visit)
    routine = intervention_factories.make_routine(place, site, pk=1, start_at=START)
    by_routine = intervention_factories.make_intervention(place, routine=routine, kind="preventive", **visit)
    return {
        "sites": 1,
        "company-contacts": 1,
        "anomalies": free.pk,
        "routines": routine.pk,
        "interventions": planned.pk,
        "reportId": 5,
        "preventive": by_routine.pk,
    }
