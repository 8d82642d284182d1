"""The lists of the back office ask as many questions for twelve rows as for two, each of another organization."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.models import BookingSettings, CalendarFeed, Hold, Waiting
from core.models import ApiKey, ClientUsage, Membership, Organization, Role, User
from interventions.models import Execution, PdfReport, RoutineOccurrence
from scheduling.models import Absence, ContactGroup, Contest, JobOccurrence, SchedulingSettings, Timetable, Workday
from svctasks.models import SkipReason
from tests.appointment_factories import (
    make_appointment,
    make_calendar,
    make_calendar_set,
    make_customer,
    make_event,
    make_service,
    make_service_set,
)
from tests.back_office import browser, url
from tests.factories import make_client, make_close, make_community_service, make_member, make_organization, make_person
from tests.intervention_factories import (
    make_anomaly,
    make_company_contact,
    make_intervention,
    make_routine,
    make_site,
)
from tests.job_factories import (
    make_category,
    make_contact,
    make_definition,
    make_job,
    make_job_type,
    make_recurrence,
    make_resource,
    make_vehicle,
)
from tests.notes import a_note
from tests.svctask_factories import make_run, make_script, make_skips, make_task
from tests.svctask_factories import make_site as make_worker_site
from tests.webhook_factories import make_delivery, make_webhook

# Together, as each of the run's processes would make the rows.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("costs of lists")]
BACK_OFFICES = {model._meta.label_lower.replace(".", "_"): each for model, each in admin.site._registry.items()}
ACTIONS = [
    (model, action.name) for model, each in BACK_OFFICES.items() for action in each.row_actions if action.in_list
]


def fill(administrator) -> None:
    """One more organization, with a row for each list and everything that a row may lead to."""
    place = make_organization()
    Membership.objects.create(user=administrator, organization=place, role=Role.ADMINISTRATOR)
    SchedulingSettings.objects.create(organization=place, country="FR")
    judge = make_member(place, Role.BASIC_STAFF)
    close = make_close(place)
    decided = {"state": "refused", "decided_by": judge, "decided_at": timezone.now()}
    Contest.objects.create(organization=place, close=close, text="It was not me", **decided)
    missed = make_community_service(close, supervisor=judge, state="invalidated")
    make_community_service(close, supervisor=judge, makes_up=missed)
    used = {"day": timezone.now().date(), "method": "GET", "route": f"/v2/{place.pk}", "status": 200}
    ClientUsage.objects.create(application=make_client(place), last_at=timezone.now(), calls=1, **used)
    a_note(place, recipient=close.user, state="failed", error="Refused")
    fill_jobs(place, judge)
    fill_appointments(place)
    fill_register(place, judge)
    fill_service_tasks(place)
    make_delivery(make_webhook(place, failing_since=timezone.now()), state="delivered")


def fill_jobs(place: Organization, staff: User) -> None:
    timetable = Timetable.objects.create(organization=place, name="Weekdays")
    crew = make_resource(place, user=staff, timetable=timetable)
    now = timezone.now()
    Absence.objects.create(organization=place, resource=crew, start=now, end=now + timedelta(days=1))
    category = make_category(place)
    kind = make_job_type(place, make_definition(place), category=category)
    group = ContactGroup.objects.create(organization=place, name="Bakeries")
    contact = make_contact(place, group=group, parent=make_contact(place))
    recurrence = make_recurrence(place, resource=crew)
    made = make_job(place, recurrence=recurrence)
    JobOccurrence.objects.create(recurrence=recurrence, start_at=now, outcome="made", job=made)
    planned = {"resource": crew, "vehicle": make_vehicle(place), "planned_start_at": now, "planned_duration": 60}
    make_job(place, type=kind, contact=contact, category=category, **planned)


def fill_appointments(place: Organization) -> None:
    BookingSettings.objects.create(organization=place, min_cancel_notice=60)
    service = make_service(place, serviceset=make_service_set(place))
    calendar = make_calendar(place, service, calendarset=make_calendar_set(place))
    customer = make_customer(place)
    make_appointment(calendar, customer, service)
    make_appointment(calendar, customer, service, is_deleted=True)
    now = timezone.now()
    until = {"start": now, "end": now + timedelta(days=1)}
    make_event(calendar, **until)
    Hold.objects.create(organization=place, calendar=calendar, services=[service.pk], expires_at=now, **until)
    Waiting.objects.create(organization=place, customer=customer, services=[service.pk], **until)
    client = make_client(place)
    CalendarFeed.objects.create(organization=place, calendar=calendar, application=client, token_hash=f"{place.pk}")
    ApiKey.objects.create(application=client, prefix="dk_", key_hash=f"{place.pk}")


def fill_register(place: Organization, staff: User) -> None:
    site, provider = make_site(place), make_company_contact(place)
    routine = make_routine(place, site, assigned_user=staff, assigned_company_contact=provider)
    people = {"assigned_user": staff, "assigned_company_contact": provider, "created_by": staff}
    make_anomaly(site, reported_by=staff)
    visit = make_intervention(place, make_anomaly(site), routine=routine, **people)
    RoutineOccurrence.objects.create(routine=routine, due_at=visit.scheduled_start, outcome="made", intervention=visit)
    said = {"first_name": "Jean", "last_name": "Petit", "typed_name": "Jean Petit", "user": staff}
    execution = Execution.objects.create(
        intervention=visit, started_at=visit.scheduled_start, done_at=visit.scheduled_end, **said
    )
    done = make_intervention(place, make_anomaly(site), status="executed", execution=execution, **people)
    digests = {"digest": "0" * 64, "file_digest": "0" * 64, "code": f"CODE-{done.pk}"}
    PdfReport.objects.create(organization=place, intervention=done, number=1, content=b"", language="en", **digests)
    make_intervention(place, make_anomaly(site), status="refused", **people)
    make_intervention(place, make_anomaly(site), status="verified", **people)


def fill_service_tasks(place: Organization) -> None:
    task = make_task(place, make_script(place, secret=b"x"), is_enabled=True, sites=["main"])
    make_run(task, state="running")
    make_skips(task, SkipReason.OVERLAP, timezone.now(), 3)
    make_task(place, task.script, schedule="individual", periods=[{"start": 0, "stop": 60}], is_enabled=True)
    make_worker_site(f"site {place.pk}")
    Workday.objects.create(organization=place, day=timezone.localdate())


def cost(client, model: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url(model, "changelist"))
    assert response.context["cl"].result_count >= 2
    return len(queries)


def cost_of_asking(client, model: str, action: str) -> int:
    """Of the page that asks whether all rows are meant, and says of each why not."""
    pks = [row.pk for row in BACK_OFFICES[model].model.objects.all()]
    with CaptureQueriesContext(connection) as queries:
        page = client.post(url(model, "changelist"), {"action": action, "_selected_action": pks})
    assert len(page.context["listed"]) == len(pks)
    return len(queries)


def costs_of_all(administrator) -> dict[tuple[str, ...], int]:
    """(list,) or (list, its action) → what it asks."""
    client = browser(administrator)
    lists = {(model,): cost(client, model) for model in BACK_OFFICES}
    return lists | {(model, action): cost_of_asking(client, model, action) for model, action in ACTIONS}


@pytest.fixture(scope="module")
def costs(django_db_setup, django_db_blocker):
    """Of two rows, and of twelve; making these takes longer than all the pages."""
    with django_db_blocker.unblock(), transaction.atomic():
        administrator, found = make_person(), []
        for more in (2, 10):
            for _ in range(more):
                fill(administrator)
            found.append(costs_of_all(administrator))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("model", sorted(BACK_OFFICES))
def test_a_list_costs_the_same_however_many_rows_it_shows(costs, model):
    few, many = costs
    assert many[model,] == few[model,]


@pytest.mark.parametrize(("model", "action"), ACTIONS)
def test_a_bulk_action_asks_at_the_same_cost_for_however_many_rows(costs, model, action):
    few, many = costs
    assert many[model, action] == few[model, action]
