"""Every row of the table of malformed requests: its exact status, the dialect's form, and nothing written."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Template

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client

from appointments.api.vevent_shapes import FIRST_EVENT
from appointments.models import Appointment, AppointmentLine
from core.api.dialects import page_door
from core.api_keys import new_key
from core.models import ClientUsage, Organization, Role
from interventions.api.errors import PREFIXES, SESSION_INVALID, SESSION_REQUIRED
from scheduling.emails import service_url
from scheduling.models import Contact, ContactGroup
from scheduling.student import contest_url
from tests import appointment_factories, factories, job_factories
from tests.appointments import malformed as malformed_appointments
from tests.appointments import malformed_bookings
from tests.interventions import malformed as malformed_interventions
from tests.interventions import malformed_visits
from tests.interventions.wire import make_world as make_interventions_world
from tests.scheduling import malformed, malformed_addresses, malformed_job_calls, malformed_jobs, malformed_others
from tests.scheduling.malformed import Case
from tests.svctasks import malformed as malformed_svctasks
from tests.svctasks.wire import make_world as make_svctasks_world

MODULES = (
    *(malformed, malformed_addresses, malformed_others, malformed_jobs, malformed_job_calls),
    *(malformed_appointments, malformed_bookings, malformed_interventions, malformed_visits),
    malformed_svctasks,
)
GROUPS: dict[str, list[Case]] = {name: cases for module in MODULES for name, cases in module.GROUPS.items()}
TABLE = [case for cases in GROUPS.values() for case in cases]
SESSION_CODES = {SESSION_REQUIRED, SESSION_INVALID}
PROBLEM_KEYS = {"type", "title", "status", "detail"}
HOST = "localhost"
EVENING = datetime(2099, 1, 5, 20, tzinfo=UTC)


def make_world() -> dict[str, str]:
    """The names that rows of the table speak of, as texts."""
    ours, theirs = factories.make_organization(), factories.make_organization()
    close, foreign = factories.make_close(ours), factories.make_close(theirs)
    service, foreign_service = factories.make_community_service(close), factories.make_community_service(foreign)
    application = factories.make_client(ours, roles=[Role.ADVANCED_STAFF])
    no_scope = factories.make_client(ours, roles=[Role.ADVANCED_STAFF], allowed_scopes=["public"])
    several = factories.make_client(ours, theirs, roles=[Role.ADVANCED_STAFF])
    return {
        **{name: str(row.pk) for name, row in {"close": close, "service": service, "student": close.user}.items()},
        "tiger": str(close.closer_id),
        "foreign_close": str(foreign.pk),
        "foreign_service": str(foreign_service.pk),
        "foreign_student": str(foreign.user_id),
        "foreign_login": foreign.user.login,
        "foreign_tiger": str(foreign.closer_id),
        "foreign_organization": str(theirs.pk),
        "client_id": application.client_id,
        "client_secret": factories.CLIENT_SECRET,
        "staff_token": factories.make_token(application),
        "no_scope_token": factories.make_token(no_scope),
        "several_token": factories.make_token(several),
        "link": service_url(service).rpartition("/")[2],
        "contest": contest_url(close).rpartition("/")[2],
        **make_jobs_world(ours, theirs),
        **make_appointments_world(ours, theirs),
        **make_interventions_world(ours, theirs),
        **make_svctasks_world(ours, theirs),
    }


def make_jobs_world(ours: Organization, theirs: Organization) -> dict[str, str]:
    application = factories.make_client(ours, roles=[], allowed_scopes=["jobs:read", "jobs:write"])
    contact, foreign = job_factories.make_contact(ours), job_factories.make_contact(theirs)
    return {
        "jobs_token": factories.make_token(application),
        "customer": str(ours.pk),
        "contact": str(contact.pk),
        "person": str(job_factories.make_contact_person(contact).uid),
        "jobtype": str(job_factories.make_job_type(ours).pk),
        "definition": str(job_factories.make_definition(ours, "number").pk),
        "job": str(job_factories.make_job(ours, contact=contact).pk),
        "foreign_person": str(job_factories.make_contact_person(foreign).uid),
        **{f"foreign_{name}": str(row.pk) for name, row in rows_of_jobs(theirs, foreign).items()},
    }


def rows_of_jobs(place: Organization, contact: Contact) -> dict[str, Model]:
    """One of each kind."""
    kind = job_factories.make_job_type(place)
    return {
        "contact": contact,
        "jobtype": kind,
        "job": job_factories.make_job(place, type=kind, contact=contact),
        "group": ContactGroup.objects.create(organization=place, name="Bakeries"),
        "category": job_factories.make_category(place),
        "definition": job_factories.make_definition(place),
        "resource": job_factories.make_resource(place),
        "vehicle": job_factories.make_vehicle(place),
    }


def make_appointments_world(ours: Organization, theirs: Organization) -> dict[str, str]:
    scopes = ["appointments:read", "appointments:write"]
    application = factories.make_client(ours, roles=[Role.ADVANCED_STAFF], allowed_scopes=scopes)
    calendar, foreign = (appointment_factories.make_calendar(place) for place in (ours, theirs))
    service = appointment_factories.make_service(ours, calendar)
    event = appointment_factories.make_event(calendar, EVENING, EVENING.replace(hour=22))
    fiche = appointment_factories.make_customer(ours)
    times = {"start": EVENING, "end": EVENING.replace(minute=30)}
    appointment = Appointment.objects.create(
        organization=ours, calendar=calendar, customer=fiche, key="k" * 20, **times
    )
    AppointmentLine.objects.create(appointment=appointment, position=0, service=service, length=30)
    rows = {
        "group": ours,
        "foreign_group": theirs,
        "calendar": calendar,
        "foreign_calendar": foreign,
        "foreign_resource": foreign.resource,
        "foreign_set": appointment_factories.make_calendar_set(theirs),
        "foreign_service": appointment_factories.make_service(theirs),
        "fiche": fiche,
        "bookable": service,
        "appointment": appointment,
        "foreign_fiche": appointment_factories.make_customer(theirs),
    }
    ids = {name: str(row.pk) for name, row in rows.items()}
    return {**ids, "vevent": str(FIRST_EVENT + event.pk), "pro_key": new_key(application)[1]}


def filled(text: str, world: dict[str, str]) -> str:
    return Template(text).safe_substitute(world)


def headers_of(case: Case, world: dict[str, str]) -> dict[str, str]:
    token = {"Authorization": f"Bearer {world[case.token + '_token']}"} if case.token else {}
    if case.path.startswith("/v1/"):
        token["Customer-Id"] = world["customer"]
    return {"Host": HOST, **token, **{name: filled(value, world) for name, value in case.headers.items()}}


def body_of(case: Case, world: dict[str, str]) -> bytes:
    return filled(case.body.decode("latin-1"), world).encode("latin-1") if b"$" in case.body else case.body


def send(case: Case, world: dict[str, str]):
    """Through Django's test client, which checks CSRF here as a browser's requests would be."""
    headers = headers_of(case, world)
    # A length that the headers give wins over that of the body.
    extra = {"CONTENT_LENGTH": headers["Content-Length"]} if "Content-Length" in headers else {}
    client = Client(enforce_csrf_checks=not case.path.startswith("/student/"), raise_request_exception=False)
    path, content_type = filled(case.path, world), headers.get("Content-Type", "")
    return client.generic(case.method, path, body_of(case, world), content_type, headers=headers, **extra)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def send_to_django(case: Case, world: dict[str, str]) -> Answer:
    response = send(case, world)
    return Answer(response.status_code, {name.lower(): value for name, value in response.items()}, response.content)


def complaint(case: Case, answer: Answer) -> str:
    """What is wrong with the answer to this row; "" for nothing."""
    shown = f"{answer.status} {answer.body[:200]!r}"
    if answer.status != case.status:
        return f"expected {case.status}, got {shown}"
    if "x-request-id" not in answer.headers:
        return f"no X-Request-Id: {shown}"
    if b"Traceback" in answer.body or not _has_form(case, answer):
        return f"the form is wrong: {answer.headers.get('content-type')} {shown}"
    if case.says and case.says not in answer.body.decode():
        return f"expected {case.says!r}, got {shown}"
    return ""


def _has_form(case: Case, answer: Answer) -> bool:
    if page_door(case.path):
        return True
    if "json" not in answer.headers.get("content-type", ""):
        return False
    body = json.loads(answer.body)
    if f"{case.path}/".startswith("/v2/"):
        return _has_community_form(case, body)
    if case.path.startswith("/v1/"):
        return _has_jobs_form(case, body)
    if f"{case.path}/".startswith("/api/v1/"):
        return _has_appointments_form(case, body)
    if f"{case.path}/".startswith(PREFIXES):
        return _has_interventions_form(case, body)
    if f"{case.path}/".startswith("/rest/v1/"):
        return _has_svctasks_form(case, body)
    if _is_oauth(case):
        return set(body) == {"error", "error_description"}
    return set(body) == PROBLEM_KEYS and body["status"] == case.status


def _has_community_form(case: Case, body: dict) -> bool:
    if case.status == 404:
        return body == {}
    if not case.fields:
        return set(body) == {"error", "message"}
    return list(body) == ["error", "message", "errors"] and list(body["errors"]) == list(case.fields)


def _has_jobs_form(case: Case, body: dict) -> bool:
    keys = PROBLEM_KEYS | {"instance"} | ({"errors"} if case.status == 422 else set())
    return set(body) == keys and body["status"] == case.status and tuple(body.get("errors", ())) == case.fields


def _has_appointments_form(case: Case, body: dict) -> bool:
    error = body["error"]
    names = ["code", "name", "message", "fields"]
    number = {401: 5, 403: 1, 404: 3}.get(case.status, 2)
    # What is wrong with an address has numbers of its own.
    numbers = {number, 13} if case.fields == ("email",) else {number}
    return list(error) == names and error["code"] in numbers and tuple(error["fields"]) == case.fields


def _has_interventions_form(case: Case, body: dict) -> bool:
    keys = {"message", "errors"} | ({"code"} if body.get("code") in SESSION_CODES else set())
    return set(body) == keys and tuple(dict.fromkeys(one["path"] for one in body["errors"])) == case.fields


def _has_svctasks_form(case: Case, body: dict) -> bool:
    details = body.get("error_details", {})
    codes = {401: {1407}, 403: {1401}, 404: {1404}, 405: {1403}, 409: {1402, 1406}, 412: {1406}}
    bad = {1413} if case.fields else {1405}
    keys = ["error_code", "error_message", *(["error_details"] if case.fields else [])]
    return list(body) == keys and body["error_code"] in codes.get(case.status, bad) and _told(details) == case.fields


def _told(details: dict) -> tuple:
    return tuple(details.get("fields", ()))


def _is_oauth(case: Case) -> bool:
    # What no view sees (a NUL, a bad host) and what is no endpoint is refused by the common part.
    common = case.status == 404 or "%00" in case.path or case.headers.get("Host")
    return case.path.startswith(("/oauth/", "/auth/")) and not common


def count_rows() -> dict[str, int]:
    """The number of rows of every table that a request writes, in one query.

    A thread of each server writes at its own time which client called what, refused or not [core.usage].
    """
    models = [model for model in apps.get_models(include_auto_created=True) if model is not ClientUsage]
    tables = [model._meta.db_table for model in models]
    counts = ", ".join(f"(SELECT count(*) FROM {connection.ops.quote_name(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return dict(zip(tables, cursor.fetchone(), strict=True))


def failures_of(cases: list[Case], world: dict[str, str], send: Callable[[Case, dict], Answer]) -> list[str]:
    before = count_rows()
    complaints = [(case, complaint(case, send(case, world))) for case in cases]
    failures = [f"{case}\n    {text}" for case, text in complaints if text]
    written = sorted(set(count_rows().items()) - set(before.items()))
    return [*failures, *[f"{count} rows in {table} now" for table, count in written]]


def test_the_table_is_large():
    assert len(TABLE) >= 150
    assert len({(case.method, case.path, case.body, str(case.headers)) for case in TABLE}) > 500


@pytest.mark.django_db
@pytest.mark.parametrize("name", GROUPS)
def test_through_django(name):
    failures = failures_of(GROUPS[name], make_world(), send_to_django)
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)
