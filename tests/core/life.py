"""One person in every corner of the installation, through the services; all that tells of the person has a mark."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_grant_model, get_refresh_token_model

from appointments.models import CalendarFeed, Hold
from appointments.services.feeds import hash_of
from appointments.services.waitings import create_waiting
from core.context import acting
from core.crypto import InvalidToken, decrypt
from core.mail import queue_email
from core.models import Organization, OutboxMessage, Role, SavedView, User
from interventions.models import Execution, InterventionStatus, InterventionStep
from interventions.models import Session as OnSite
from interventions.report import pdf_of
from scheduling.models import CommunityService, JobStatusChange, Resource
from scheduling.services.absences import create_absence
from scheduling.services.closes import create_close, set_close_state
from scheduling.services.community_services import create_community_service, judge_community_service
from scheduling.services.contests import contest_close
from tests.api import program
from tests.appointment_factories import make_appointment, make_calendar, make_customer, make_event, make_service
from tests.factories import make_client, make_close, make_member, make_organization, make_token
from tests.intervention_factories import make_anomaly, make_company_contact, make_intervention, make_site, png
from tests.job_factories import make_contact, make_contact_person, make_job, make_resource

EMAIL, PHONE = "zoe@quartz.example", "+33 6 77 77 77 01"
# What no table may hold afterwards, whatever the case.
MARKS = ("zqlogin", "quartz.example", "zoequartz", "quarzenbach", "77 77 77", "zqtext")
NAMES = {"first_name": "Zoequartz", "last_name": "Quarzenbach"}
FULL_NAME = "Zoequartz Quarzenbach"


@dataclass
class Life:
    organization: Organization
    user: User
    other: User
    rows: dict[str, Any]


def live(organization: Organization | None = None) -> Life:
    """All of it is over and done."""
    place = organization or make_organization()
    user = make_member(place, Role.STUDENT, "zqlogin", email="old@quartz.example", password="a good long one", **NAMES)
    # The address was another one before.
    user.changed(email=EMAIL).save()
    life = Life(place, user, make_member(place, Role.BASIC_STAFF, "bruno"), {})
    for part in (_student, _worker, _contact, _customer, _provider, _account):
        part(life)
    return life


def _student(life: Life) -> None:
    values = {"user": life.user, "closer": life.other, "kind": "other", "reason": "zqtext reason"}
    close = create_close(life.organization, values)
    service = create_community_service(
        life.organization,
        {"duration": 3600, "occupation": "zqtext occupation", "close": close, "schedule_at": _days(3)},
    )
    with acting(door="student", user_id=life.user.pk):
        contest_close(close, "zqtext objection")
    judge_community_service(service.pk, CommunityService.State.VALIDATED)
    set_close_state(close.pk, close.State.UNCLOSE)
    gone = create_close(life.organization, {**values, "reason": "zqtext deleted"})
    gone.delete()
    life.rows["close"] = close
    # Through the API, whose answer is stored.
    body = {"close": {"user_id": life.user.pk, "closer_id": life.other.pk, "kind": "other", "reason": "zqtext api"}}
    answered = program(life.organization).post("/v2/closes", body, Idempotency_Key="k")
    assert answered.status_code == 201, answered.content
    set_close_state(answered.json()["id"], close.State.UNCLOSE)


def _worker(life: Life) -> None:
    crew = Resource.objects.get(user=life.user)
    crew.changed(name=FULL_NAME, phone=PHONE, is_archived=False).save()
    create_absence(life.organization, {"resource": crew, "start": _days(40), "end": _days(41), "note": "zqtext ill"})
    done = {"status": "completed_ok", "resource": crew, "planned_start_at": _days(-9), "actual_start_at": _days(-9)}
    job = make_job(life.organization, resources_comment="zqtext tired", actual_end_at=_days(-8), **done)
    JobStatusChange.objects.create(job=job, status="completed_ok", created_at=_days(-8), comment="zqtext late")
    make_resource(life.organization, "Zoequartz elsewhere", email=EMAIL.upper())
    # As staff, of somebody else.
    other = make_close(life.organization, closer=life.user, reason="Somebody else's")
    life.rows |= {"job": job, "crew": crew, "close_of_other": other}


def _contact(life: Life) -> None:
    person = make_contact_person(make_contact(life.organization), FULL_NAME, email=EMAIL, phone=PHONE, is_primary=True)
    job = make_job(life.organization, contact=person.contact, person=person, contact_comment="zqtext ring twice")
    life.rows |= {"person": person, "ordered": job}


def _customer(life: Life) -> None:
    place = life.organization
    calendar = make_calendar(place)
    service = make_service(place, calendar)
    names = {"lastname": "Quarzenbach", "firstname": "Zoequartz", "firstphone": PHONE, "email": EMAIL.title()}
    customer = make_customer(place, comments="zqtext allergic", **names)
    visit = make_appointment(calendar, customer, service, start=_days(-5), comments="zqtext knee")
    visit._change_reason = "zqtext begged"
    visit.changed(attention="zqtext look").save()
    who = {"customer_id": customer.pk, "customer": {}, "services": [service.pk]}
    create_waiting(place, **who, start=_days(1), end=_days(9), is_staff=True)
    make_event(calendar, _days(1), _days(2), taker=FULL_NAME)
    reader = {"organization": place, "calendar": calendar, "user": life.user, "token_hash": hash_of("t")}
    CalendarFeed.objects.create(**reader)
    own = make_calendar(place, service, name=f"Dr {FULL_NAME}", resource=life.rows["crew"], publicname=FULL_NAME)
    span = {"start": _days(1), "end": _days(1) + timedelta(hours=1), "expires_at": _days(1), "services": [service.pk]}
    Hold.objects.create(organization=place, calendar=calendar, made_by_user=life.user, **span)
    life.rows |= {"customer": customer, "appointment": visit, "own_calendar": own}


def _provider(life: Life) -> None:
    place = life.organization
    contact = make_company_contact(place, FULL_NAME, company_name="Lifts & Co", email=EMAIL, phone=PHONE, **NAMES)
    anomaly = make_anomaly(make_site(place), reporter=FULL_NAME, reported_by=life.user)
    over = {"status": InterventionStatus.VERIFIED, "decision_comment": "zqtext well done", "verified_by": life.other}
    visit = make_intervention(place, anomaly, assigned_company_contact=contact, created_by=life.user, **over)
    InterventionStep.objects.create(
        intervention=visit, status="executed", by=f"{FULL_NAME} (Lifts & Co)", comment="zqtext oiled"
    )
    visit.execution = Execution.objects.create(
        intervention=visit,
        email=EMAIL,
        comment="zqtext comment",
        action_comment="zqtext action",
        started_at=_days(-2),
        done_at=_days(-2),
        signature=png(),
        typed_name=FULL_NAME,
        outcomes=[{"anomaly": anomaly.pk, "action": "done", "comment": "zqtext outcome"}],
        **NAMES,
    )
    visit.save()
    application = make_client(place)
    OnSite.objects.create(application=application, organization=place, user=life.user, expires_at=_days(1))
    life.rows |= {"visit": visit, "report": pdf_of(visit, "en"), "anomaly": anomaly}


def _account(life: Life) -> None:
    browser = Client()
    browser.force_login(life.user)
    browser.get("/admin/")
    SavedView.objects.create(user=life.user, list="core.user", name="zqtext mine", query_string="q=quarzenbach")
    application = make_client(life.organization)
    make_token(application, life.user)
    get_refresh_token_model().objects.create(user=life.user, application=application, token="r")
    get_grant_model().objects.create(
        user=life.user, application=application, code="c", expires=_days(1), redirect_uri="https://a.example"
    )
    values = {"organization": life.organization, "entity": life.rows["job"], "language": "en"}
    queue_email(kind="job_scheduled", recipient=None, address=EMAIL, params={"name": FULL_NAME}, **values)
    OutboxMessage.objects.update(subject="zqtext subject", text=f"Dear {FULL_NAME}", error="550 zoe@quartz.example")


def _days(number: int):
    return timezone.now() + timedelta(days=number)


def everything() -> str:
    """All text of all tables, what is encrypted or packed among it; lower case."""
    with connection.cursor() as cursor:
        return "\n".join(_dumped(cursor, table) for table in connection.introspection.table_names(cursor)).lower()


def _dumped(cursor, table: str) -> str:
    cursor.execute(f'SELECT * FROM "{table}"')
    return f"== {table} " + "\n".join(str([_read(value) for value in row]) for row in cursor.fetchall())


def _read(value: Any) -> str:
    if isinstance(value, memoryview | bytes):
        return _opened(bytes(value))
    return str(value)


def _opened(content: bytes) -> str:
    try:
        return decrypt(content).decode()
    except (InvalidToken, ValueError):
        return content.decode("latin-1")


def marks_in(text: str) -> dict[str, list[str]]:
    """Which marks stand where."""
    tables = [part for part in text.split("== ") if part]
    return {part.split(" ", 1)[0]: found for part in tables if (found := [mark for mark in MARKS if mark in part])}


def sessions_of(user: User) -> int:
    kept = (SessionStore(one.session_key).load() for one in Session.objects.all())
    return sum(one.get("_auth_user_id") == str(user.pk) for one in kept)
