"""Recurring jobs: what the periodic run makes, leaves out and fails at, and says of it."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from core.models import OutboxMessage
from scheduling.job_rules import CustomValue
from scheduling.models import Job, JobOccurrence, SchedulingSettings
from scheduling.services.contacts import stop_contact
from scheduling.services.job_recurrences import create_recurrence, update_recurrence
from scheduling.services.job_states import cancel_job
from tests.factories import make_organization
from tests.job_factories import (
    make_contact,
    make_contact_person,
    make_definition,
    make_job_type,
    make_resource,
)
from tests.scripts import run_script

pytestmark = pytest.mark.django_db
# A Thursday, at 13:00 in Paris.
TODAY = "2026-04-23T12:00:00Z"
FRIDAY = datetime(2026, 4, 24, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


@pytest.fixture
def place():
    """In Europe/Paris, where the first of May is a holiday."""
    organization = make_organization()
    SchedulingSettings.objects.create(organization=organization, country="FR")
    return organization


@pytest.fixture
def crew(place):
    return make_resource(place, "Crew")


@pytest.fixture
def daily(place, crew):
    """Call it for a recurrence of the crew, every day at 9 from Friday on, ten days ahead."""

    def make(**fields):
        values = {
            "type": fields.pop("type", None) or make_job_type(place),
            "contact": fields.pop("contact", None) or make_contact(place),
            "resource": crew,
            "start_at": FRIDAY,
            "rrule": "FREQ=DAILY",
            "days_ahead": 10,
            **fields,
        }
        return create_recurrence(place, values)

    return make


def run() -> dict[str, list]:
    """The answer of the operator's command."""
    out = StringIO()
    call_command("make_recurring_jobs", json=True, stdout=out)
    return json.loads(out.getvalue())


def days(rows: list[dict]) -> list[str]:
    return [row["start_at"][5:10] for row in rows]


def planned() -> list[str]:
    return [f"{job.planned_start_at:%m-%d %H:%M}" for job in Job.objects.order_by("planned_start_at")]


def test_the_days_ahead_are_made_once_and_the_rest_as_they_come_near(daily, clock):
    daily(rrule="FREQ=WEEKLY;BYDAY=MO,TH", skips_holidays=False)
    assert days(run()["made"]) == ["04-27", "04-30"]
    assert run() == {"made": [], "skipped": [], "failed": []}
    clock.shift(timedelta(days=4))
    assert days(run()["made"]) == ["05-04", "05-07"]
    assert Job.objects.count() == JobOccurrence.objects.filter(outcome="made").count() == 4


def test_a_job_is_as_its_template_says_and_its_resource_is_told(place, daily, crew):
    definition = make_definition(place, "number", "Floors")
    contact = make_contact(place)
    person = make_contact_person(contact, is_primary=True)
    recurrence = daily(
        type=make_job_type(place, definition, planned_duration=45, auto_reference_prefix="BS"),
        contact=contact,
        description="Clean the filters",
        order_number="PO-7",
        custom_fields=[CustomValue(definition.pk, "3")],
        rrule="FREQ=DAILY;COUNT=1",
    )
    made = run()["made"]
    job = Job.objects.get()
    assert made == [{"recurrence": recurrence.pk, "start_at": FRIDAY.isoformat(), "job": job.pk, "reason": ""}]
    assert (job.recurrence, job.occurrence.start_at, job.status) == (recurrence, FRIDAY, "scheduled")
    assert (job.resource, job.planned_start_at, job.planned_end_at) == (crew, FRIDAY, FRIDAY + timedelta(minutes=45))
    assert (job.reference, job.description, job.order_number) == ("BS-000001", "Clean the filters", "PO-7")
    assert (job.person, job.custom_values) == (person, {str(definition.pk): "3"})
    assert [message.address for message in OutboxMessage.objects.all()] == [crew.email]
    assert job.history.first().door == "command"


def test_the_periodic_work_makes_them_and_says_how_many(place, daily):
    daily(days_ahead=2)
    assert run_script("make_recurring_jobs", place) == {"made": 2, "judged": 2}
    assert planned() == ["04-24 07:00", "04-25 07:00"]


def test_holidays_and_named_days_are_left_out_and_said(daily):
    daily(exdates=["2026-04-29"], start_at=datetime(2026, 4, 28, 7, tzinfo=UTC))
    answer = run()
    assert days(answer["made"]) == ["04-28", "04-30", "05-02", "05-03"]
    assert [(row["start_at"][:10], row["reason"]) for row in answer["skipped"]] == [
        ("2026-04-29", "this day is left out"),
        ("2026-05-01", "is a public holiday"),
    ]
    assert run()["skipped"] == []


def test_a_recurrence_may_work_on_holidays(daily):
    daily(skips_holidays=False)
    assert "05-01" in days(run()["made"])


def test_the_local_hour_stays_when_the_clocks_change(daily, clock):
    clock.move_to("2026-10-23T12:00:00Z")
    daily(start_at=datetime(2026, 10, 24, 7, tzinfo=UTC), days_ahead=3)
    run()
    assert planned() == ["10-24 07:00", "10-25 08:00", "10-26 08:00"]


# -- conflicts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def taken(daily):
    """Another recurrence has the crew on Saturday the 25th, from 9:30."""
    daily(start_at=datetime(2026, 4, 25, 7, 30, tzinfo=UTC), rrule="FREQ=DAILY;COUNT=1")
    run()
    return Job.objects.get()


def test_a_conflict_is_flagged(daily, taken):
    daily(days_ahead=3)
    made = run()["made"]
    assert [(row["start_at"][5:10], row["reason"]) for row in made] == [
        ("04-24", ""),
        ("04-25", f"overlaps with job #{taken.pk}"),
        ("04-26", ""),
    ]
    assert Job.objects.filter(status="scheduled").count() == 4


def test_a_conflict_is_skipped(daily, taken):
    daily(days_ahead=3, on_conflict="skip")
    answer = run()
    assert days(answer["made"]) == ["04-24", "04-26"]
    assert [(row["start_at"][5:10], row["reason"]) for row in answer["skipped"]] == [
        ("04-25", f"overlaps with job #{taken.pk}")
    ]
    assert Job.objects.count() == 3


def test_a_conflict_stops_its_recurrence_alone_until_it_is_gone(place, daily, taken):
    stopped = daily(days_ahead=3, on_conflict="fail")
    daily(days_ahead=3, resource=make_resource(place))
    answer = run()
    failed = [{"recurrence": stopped.pk, "start_at": "2026-04-25T07:00:00+00:00", "job": None}]
    assert answer["failed"] == [{**failed[0], "reason": f"overlaps with job #{taken.pk}"}]
    assert [row["start_at"][5:10] for row in answer["made"] if row["recurrence"] == stopped.pk] == ["04-24"]
    assert len(answer["made"]) == 4
    assert run()["failed"] == answer["failed"]
    cancel_job(taken.pk)
    assert days(run()["made"]) == ["04-25", "04-26"]
    assert stopped.occurrences.filter(outcome="failed").count() == 0


def test_where_overlaps_are_forbidden_a_flagged_job_waits_for_a_dispatcher(place, daily, taken):
    SchedulingSettings.objects.filter(organization=place).update(forbids_job_overlaps=True)
    daily(days_ahead=3)
    assert [row["reason"] for row in run()["made"]] == ["", f"overlaps with job #{taken.pk}", ""]
    assert Job.objects.filter(status="new", planned_start_at=None).count() == 1


# -- failures -----------------------------------------------------------------------------------------------------


def test_a_type_archived_since_fails_visibly_and_stops_its_recurrence_alone(place, daily):
    archived = daily()
    archived.type.changed(is_archived=True).save()
    daily(days_ahead=1)
    answer = run()
    assert [(row["recurrence"], row["reason"]) for row in answer["failed"]] == [(archived.pk, "type: is archived")]
    assert len(answer["made"]) == 1
    row = archived.occurrences.get()
    assert (row.outcome, row.reason, row.start_at) == ("failed", "type: is archived", FRIDAY)
    archived.type.changed(is_archived=False).save()
    assert len(run()["made"]) == 9
    assert archived.occurrences.filter(outcome="failed").count() == 0


def test_a_contact_on_stop_fails_visibly(daily):
    recurrence = daily()
    stop_contact(recurrence.contact_id, reason="Unpaid bills")
    assert [row["reason"] for row in run()["failed"]] == ["contact: is on stop: Unpaid bills"]
    assert Job.objects.count() == 0


def test_what_failed_and_is_past_stops_nothing(daily, clock):
    recurrence = daily()
    recurrence.type.changed(is_archived=True).save()
    run()
    recurrence.type.changed(is_archived=False).save()
    clock.shift(timedelta(days=1))
    assert days(run()["made"])[0] == "04-25"
    assert recurrence.occurrences.first().outcome == "failed"


def test_an_unreadable_recurrence_is_told_and_stops_no_other(daily, caplog):
    broken = daily()
    type(broken).objects.filter(pk=broken.pk).update(rrule="FREQ=NONSENSE")
    daily(days_ahead=1)
    answer = run()
    assert answer["failed"] == [{"recurrence": broken.pk, "start_at": None, "job": None, "reason": "see the log"}]
    assert len(answer["made"]) == 1


# -- changes ------------------------------------------------------------------------------------------------------


def test_a_change_counts_for_what_is_not_made_yet(daily, clock):
    recurrence = daily(rrule="FREQ=WEEKLY;BYDAY=FR", days_ahead=1)
    run()
    update_recurrence(recurrence.pk, {"start_at": FRIDAY + timedelta(hours=2), "days_ahead": 10, "description": "Anew"})
    assert days(run()["skipped"]) == ["05-01"]
    update_recurrence(recurrence.pk, {"skips_holidays": False})
    run()
    assert planned() == ["04-24 07:00", "05-01 09:00"]
    assert [job.description for job in Job.objects.order_by("planned_start_at")] == ["", "Anew"]


def test_an_archived_recurrence_and_one_of_an_inactive_organization_make_nothing(place, daily):
    update_recurrence(daily().pk, {"is_archived": True})
    assert run()["made"] == []
    daily()
    place.changed(is_active=False).save()
    assert run()["made"] == []
