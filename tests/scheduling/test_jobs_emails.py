"""What the resource of a job is told, and what it then has in its calendar [contracts 00 and 20]."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from core.mail import drain
from core.models import OutboxMessage
from scheduling.models import Job, JobStatus
from scheduling.services.job_planning import schedule_job
from scheduling.services.job_states import Action, cancel_job, change_status, set_result
from scheduling.services.jobs import update_job
from tests.factories import make_member, make_organization
from tests.job_factories import (
    make_contact,
    make_contact_person,
    make_job,
    make_job_type,
    make_resource,
    make_vehicle,
)

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


@pytest.fixture
def campus(noon):
    return make_organization("Paris Services", time_zone="Europe/Paris")


@pytest.fixture
def contact(campus):
    return make_contact(
        campus, street="12 rue des Lilas", postal_code="75020", town="Paris", latitude=48.87, longitude=2.4
    )


@pytest.fixture
def job(campus, contact):
    return make_job(
        campus,
        type=make_job_type(campus, name="Boiler service"),
        contact=contact,
        person=make_contact_person(contact, phone="+33 1 23 45 67 89", email="marie@example.org"),
        reference="BS-000007",
        order_number="PO-1",
        description="Ring twice & wait; <do not> knock.",
    )


@pytest.fixture
def ann(campus):
    return make_resource(campus, "Ann", email="ann@example.org")


@pytest.fixture
def ben(campus):
    return make_resource(campus, "Ben", email="ben@example.org")


def plan(job: Job, resource, start: datetime | None = NINE, vehicle=None) -> None:
    schedule_job(job.pk, resource=resource, vehicle=vehicle, planned_start_at=start)


def sent(mailoutbox) -> list:
    """What goes out now, each with its kind of calendar entry and the entry itself."""
    mailoutbox.clear()
    drain()
    return list(mailoutbox)


def html_of(message) -> str:
    return message.alternatives[0].content


def entry_of(message):
    """The one event of the one calendar that comes along, and the calendar's method."""
    (attachment,) = message.attachments
    assert attachment.filename == "job.ics"
    calendar = Calendar.from_ical(attachment.content)
    (event,) = calendar.events
    assert attachment.mimetype == f"text/calendar; method={calendar['method']}"
    return calendar["method"], event


def test_whom_a_job_is_scheduled_to_is_told_where_when_and_whom_to_call(job, ann, mailoutbox):
    plan(job, ann)
    (message,) = sent(mailoutbox)
    assert message.to == ["ann@example.org"]
    assert message.from_email.startswith("Paris Services <")
    assert message.subject == "Job on Nov. 23, 2026: Bakery Dupont"
    assert message.body == (
        "Hello Ann,\n\nParis Services has scheduled a job for you.\n\n"
        "What: Boiler service\n"
        "Where: Bakery Dupont, 12 rue des Lilas, 75020 Paris\n"
        "When: Nov. 23, 2026, 10 a.m. – 11 a.m. (Europe/Paris)\n"
        "Reference: BS-000007\n"
        "Order number: PO-1\n"
        "Person to call: Marie Dupont, +33 1 23 45 67 89, marie@example.org\n\n"
        "Ring twice & wait; <do not> knock.\n\n"
        "Paris Services\n"
    )
    assert "Ring twice &amp; wait; &lt;do not&gt; knock." in html_of(message)
    assert all(word in html_of(message) for word in ("Bakery Dupont", "12 rue des Lilas", "10 a.m.", "PO-1", "Marie"))


def test_the_invitation_is_a_request_in_utc_for_that_person(job, ann, mailoutbox):
    plan(job, ann)
    method, event = entry_of(sent(mailoutbox)[0])
    assert method == "REQUEST"
    assert (str(event["uid"]), event["sequence"], event["status"]) == (str(job.uid), 1, "CONFIRMED")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (NINE, TEN)
    assert event["dtstart"].to_ical() == b"20261123T090000Z"
    assert event["location"] == "12 rue des Lilas, 75020 Paris"
    assert event["geo"].to_ical() == "48.87;2.4"
    assert (event["organizer"], event["organizer"].params["CN"]) == ("mailto:dutyboard@localhost", "Paris Services")
    assert (event["attendee"], event["attendee"].params["CN"]) == ("mailto:ann@example.org", "Ann")
    assert event["summary"] == "Boiler service: Bakery Dupont"
    assert event["description"] == "Ring twice & wait; <do not> knock."


def test_the_place_is_that_of_the_site(campus, job, ann, mailoutbox):
    site = make_contact(campus, "Oven hall", street="3 quai Nord", town="Lyon")
    Job.objects.filter(pk=job.pk).update(site_contact=site)
    plan(job, ann)
    (message,) = sent(mailoutbox)
    assert "Where: Oven hall, 3 quai Nord, Lyon\n" in message.body
    assert "For: Bakery Dupont\n" in message.body
    assert entry_of(message)[1]["location"] == "3 quai Nord, Lyon"


def test_a_move_sends_the_new_plan_under_the_same_uid_with_a_greater_sequence(campus, job, ann, mailoutbox):
    van = make_vehicle(campus, "AB-123-CD")
    plan(job, ann, vehicle=van)
    _, first = entry_of(sent(mailoutbox)[0])
    plan(job, ann, NINE + timedelta(hours=14, minutes=30), van)
    (message,) = sent(mailoutbox)
    method, second = entry_of(message)
    assert message.subject == "Changed: job on Nov. 24, 2026, Bakery Dupont"
    assert "When: Nov. 24, 2026, 12:30 a.m. – 1:30 a.m. (Europe/Paris)\n" in message.body
    assert "Vehicle: Van (AB-123-CD)\n" in message.body
    assert (method, second["uid"]) == ("REQUEST", first["uid"])
    assert second["sequence"] > first["sequence"]
    assert second.decoded("dtstart") == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


def test_another_length_is_a_move_and_an_end_on_another_day_says_which(job, ann, mailoutbox):
    plan(job, ann)
    sent(mailoutbox)
    update_job(job.pk, {"planned_duration": 24 * 60})
    (message,) = sent(mailoutbox)
    assert "When: Nov. 23, 2026, 10 a.m. – Nov. 24, 2026, 10 a.m. (Europe/Paris)\n" in message.body
    assert entry_of(message)[1].decoded("dtend") == NINE + timedelta(days=1)


def test_unscheduling_takes_the_entry_out_of_the_calendar(job, ann, mailoutbox):
    plan(job, ann)
    _, first = entry_of(sent(mailoutbox)[0])
    plan(job, None, None)
    (message,) = sent(mailoutbox)
    method, event = entry_of(message)
    assert message.subject == "No longer yours: job on Nov. 23, 2026, Bakery Dupont"
    assert "It is yours no longer." in message.body
    assert (method, event["status"], event["uid"]) == ("CANCEL", "CANCELLED", first["uid"])
    assert event["sequence"] > first["sequence"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (NINE, TEN)


def test_who_gets_the_job_of_another_is_invited_and_the_other_uninvited(job, ann, ben, mailoutbox):
    plan(job, ann)
    sent(mailoutbox)
    plan(job, ben, TEN)
    told = {message.to[0]: entry_of(message) for message in sent(mailoutbox)}
    assert {address: method for address, (method, _) in told.items()} == {
        "ann@example.org": "CANCEL",
        "ben@example.org": "REQUEST",
    }
    assert told["ann@example.org"][1].decoded("dtstart") == NINE, "as Ann has it in her calendar"
    assert told["ben@example.org"][1].decoded("dtstart") == TEN


def test_a_cancelled_job_leaves_the_calendar_and_says_why(job, ann, mailoutbox):
    plan(job, ann)
    sent(mailoutbox)
    cancel_job(job.pk, "The bakery is closed")
    (message,) = sent(mailoutbox)
    method, event = entry_of(message)
    assert message.subject == "Cancelled: job on Nov. 23, 2026, Bakery Dupont"
    assert "Why: The bakery is closed\n" in message.body
    assert "The bakery is closed" in html_of(message)
    assert (method, event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 2)


def test_only_the_last_of_several_moves_goes_out(job, ann, mailoutbox):
    plan(job, ann)
    plan(job, ann, TEN)
    plan(job, ann, TEN + timedelta(hours=1))
    (message,) = sent(mailoutbox)
    assert entry_of(message)[1]["sequence"] == 3
    assert OutboxMessage.objects.filter(state=OutboxMessage.State.CANCELLED).count() == 2


def test_nobody_is_invited_to_what_is_theirs_no_more_when_it_would_be_sent(job, ann, ben, mailoutbox):
    plan(job, ann)
    plan(job, ben)
    assert [(message.to[0], entry_of(message)[0]) for message in sent(mailoutbox)] == [
        ("ann@example.org", "CANCEL"),
        ("ben@example.org", "REQUEST"),
    ]


def test_nobody_is_invited_to_what_is_over_when_it_would_be_sent(job, ann, mailoutbox):
    plan(job, ann)
    for action in (Action.SEND, Action.START):
        change_status(job.pk, action)
    set_result(job.pk, JobStatus.COMPLETED_OK)
    assert sent(mailoutbox) == []


def test_names_of_any_kind_make_an_entry_that_can_be_read(campus, job, mailoutbox):
    campus.name = 'Paris "Services"; Nord,\nSud: été'
    campus.save()
    plan(job, make_resource(campus, 'Ann "the\tVan"; B:C', email="ann@example.org"))
    _, event = entry_of(sent(mailoutbox)[0])
    assert event["attendee"].params["CN"] == "Ann 'the Van'; B:C"
    assert event["organizer"].params["CN"] == "Paris 'Services'; Nord, Sud: été"


def test_who_has_the_job_again_by_then_is_not_uninvited(job, ann, ben, mailoutbox):
    plan(job, ann)
    sent(mailoutbox)
    plan(job, ben)
    plan(job, ann)
    assert [(message.to[0], entry_of(message)[0]) for message in sent(mailoutbox)] == [
        ("ben@example.org", "CANCEL"),
        ("ann@example.org", "REQUEST"),
    ]


def test_a_job_without_resource_or_a_resource_without_address_tells_nobody(campus, job, mailoutbox):
    plan(job, None)
    plan(job, make_resource(campus, "Crew without mail", email=""))
    cancel_job(job.pk)
    assert not OutboxMessage.objects.exists()


def test_a_step_of_the_work_tells_nobody(job, ann, mailoutbox):
    plan(job, ann)
    sent(mailoutbox)
    change_status(job.pk, Action.SEND)
    change_status(job.pk, Action.ACCEPT)
    assert sent(mailoutbox) == []


def test_a_resource_with_a_log_in_is_told_at_the_persons_address_in_the_persons_language(campus, job, mailoutbox):
    chloe = make_member(campus, login="chloe", first_name="Chloé", language="fr")
    plan(job, make_resource(campus, "Chloé B.", email="", user=chloe))
    row = OutboxMessage.objects.get()
    assert (row.address, row.language, row.recipient) == ("chloe@example.org", "fr", chloe)
    (message,) = sent(mailoutbox)
    assert message.body.splitlines()[0].endswith(" Chloé,")
    assert "23 novembre 2026" in message.body


def test_the_resources_own_address_comes_before_the_persons(campus, job):
    chloe = make_member(campus, login="chloe", language="fr")
    plan(job, make_resource(campus, email="van-crew@example.org", user=chloe))
    assert OutboxMessage.objects.get().address == "van-crew@example.org"


def test_without_a_log_in_the_organizations_language_is_spoken(campus, job, ann):
    campus.language = "fr"
    campus.save()
    plan(job, ann)
    assert OutboxMessage.objects.get().language == "fr"


def test_a_person_who_may_not_log_in_any_more_is_not_written_to(campus, job):
    gone = make_member(campus, is_active=False)
    plan(job, make_resource(campus, email="", user=gone))
    assert not OutboxMessage.objects.exists()
