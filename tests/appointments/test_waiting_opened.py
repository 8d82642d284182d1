"""Who waits is told of what a calendar itself opens, and of the time that freed: not of one that was free all along."""

from datetime import timedelta

import pytest
import time_machine

from appointments.models import Waiting
from core.models import OutboxMessage
from tests.appointment_factories import make_customer
from tests.appointments.practice import HOUR, NOW, TEN, Practice, cancel, sent
from tests.appointments.wire import done, pro

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
# Of each working day, and of Wednesday the 25th.
DAILY = [{"day": day, "start": "10:00", "end": "10:30", "services": []} for day in range(1, 6)]
LONG = [{"day": 3, "start": "09:00", "end": "17:00", "services": []}]
CLOSED = [{"date": "2026-11-25", "ranges": []}]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def practice():
    return Practice()


def wait(practice, name: str = "Paul", start=TEN, end=TEN + HOUR) -> Waiting:
    customer = make_customer(practice.group, name, "W", email=f"{name.lower()}@example.org")
    values = {
        "fiche": {"id": customer.pk},
        "intervention_ids": [practice.service.pk],
        "from": iso(start),
        "to": iso(end),
    }
    return Waiting.objects.get(pk=done(pro(practice.group).post("waitings", {"waiting": values}), 201)["id"])


def iso(moment) -> str:
    return moment.isoformat()


def change(practice, **values) -> None:
    done(pro(practice.group).put(f"calendars/{practice.calendar.pk}", {"calendar": values}))


def told(mailoutbox) -> list[tuple[str, str]]:
    """(to whom, the time that it names) of the notices that go out now."""
    found = [message for message in sent(mailoutbox) if message.subject.startswith("A time is free")]
    return [(one.to[0], one.body.partition("First free time: ")[2].splitlines()[0]) for one in found]


PAUL = ("paul@example.org", "Wednesday 25 November 2026, 10:00 (Europe/Paris)")


def test_wider_hours(practice, mailoutbox):
    practice.calendar.changed(opening_hours=[{**LONG[0], "start": "14:00"}]).save()
    wait(practice, start=NOW, end=NOW + WEEK)
    wire = [{"day": 3, "start": start, "end": end} for start, end in (("10:00", "10:30"), ("14:00", "17:00"))]
    change(practice, opening_hours=wire)
    assert told(mailoutbox) == [PAUL]


def test_an_exception_that_is_removed(practice, mailoutbox):
    practice.calendar.changed(opening_hours=DAILY, exceptions=CLOSED).save()
    wait(practice)
    change(practice, exceptions=[])
    assert told(mailoutbox) == [PAUL]


def test_one_place_more(practice, mailoutbox):
    practice.calendar.changed(opening_hours=DAILY).save()
    practice.book()
    sent(mailoutbox)
    wait(practice)
    change(practice, capacity=2)
    assert told(mailoutbox) == [PAUL]


@pytest.mark.parametrize("before", [{"is_open": False}, {"is_deleted": True}])
def test_a_calendar_that_is_opened_or_comes_back(practice, mailoutbox, before):
    practice.calendar.changed(opening_hours=DAILY, **before).save()
    wait(practice)
    change(practice, **({"open": True} if "is_open" in before else {"deleted": False}))
    assert told(mailoutbox) == [PAUL]


def test_of_each_day_that_opens_the_next_who_waits_is_told(practice, mailoutbox):
    practice.calendar.changed(opening_hours=[]).save()
    for name in ("First", "Second", "Third"):
        wait(practice, name, end=TEN + 30 * HOUR)
    change(practice, opening_hours=[{"day": day, "start": "10:00", "end": "10:30"} for day in (3, 4)])
    assert [(to, when[:9]) for to, when in told(mailoutbox)] == [
        ("first@example.org", "Wednesday"),
        ("second@example.org", "Thursday "),
    ]


def test_nobody_is_told_of_what_was_free_before(practice, mailoutbox):
    practice.calendar.changed(opening_hours=LONG).save()
    waiting = wait(practice)
    change(practice, opening_hours=[{"day": 3, "start": "09:00", "end": "18:00"}], capacity=2, name="Dr M.")
    waiting.refresh_from_db()
    assert (told(mailoutbox), waiting.notices) == ([], 0)


def test_a_preview_tells_nobody(practice, mailoutbox):
    practice.calendar.changed(opening_hours=DAILY, exceptions=CLOSED).save()
    wait(practice)
    path = f"calendars/{practice.calendar.pk}?dry_run=1"
    done(pro(practice.group).put(path, {"calendar": {"exceptions": []}}))
    assert not OutboxMessage.objects.exists()


def test_the_notice_names_the_time_that_freed(practice, mailoutbox):
    practice.calendar.changed(opening_hours=LONG).save()
    taken = practice.book(TEN + 5 * HOUR)
    sent(mailoutbox)
    wait(practice, start=NOW, end=NOW + WEEK)
    cancel(taken)
    assert told(mailoutbox) == [("paul@example.org", "Wednesday 25 November 2026, 15:00 (Europe/Paris)")]


def test_of_what_freed_the_notice_names_what_is_still_free_when_it_is_sent(practice, mailoutbox):
    practice.calendar.changed(opening_hours=LONG).save()
    taken = practice.book(TEN + 5 * HOUR)
    sent(mailoutbox)
    wait(practice, start=NOW, end=NOW + WEEK)
    cancel(taken)
    practice.book(TEN + 5 * HOUR)
    assert told(mailoutbox) == []
