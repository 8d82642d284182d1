"""What the doctor finds wrong with appointments and the time that they take."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from appointments import checkup
from appointments.models import Appointment, Hold
from appointments.services.holds import create_hold
from core.models import Role
from scheduling.models import BusyInterval
from tests.appointment_factories import make_calendar, make_service
from tests.appointments.practice import DAY, HOUR, Practice, cancel, move
from tests.core.examining import examine, only_finding, stand_alone
from tests.core.oauth_clients import make_person
from tests.scripts import run_script

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    stand_alone(settings, tmp_path)


@pytest.fixture
def practice():
    practice = Practice()
    make_person("agnes", practice.group, Role.ADMINISTRATOR)
    practice.service.changed(buffer_before=5, buffer_after=10).save()
    return practice


@pytest.fixture
def start():
    """Noon in a week: staff book outside opening hours too."""
    return (timezone.now() + 7 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def appointment(practice, start):
    return practice.book(start)


def test_all_is_well_whatever_was_done(practice, appointment, start):
    other = practice.book(start + HOUR)
    move(other, start + DAY)
    cancel(practice.book(start + 2 * HOUR))
    create_hold(practice.group, start + 3 * HOUR, [practice.service.pk], is_staff=True)
    assert examine() == (0, [])


def test_an_appointment_that_takes_no_time(appointment):
    BusyInterval.objects.all().delete()
    assert f"takes no time (id {appointment.pk})" in only_finding("appointment_times", "error")["what"]


@pytest.mark.parametrize("change", ["start", "end", "resource", "twice"])
def test_an_appointment_that_takes_another_time(practice, appointment, change):
    row = BusyInterval.objects.get()
    if change == "twice":
        BusyInterval.objects.filter(pk=row.pk).update(is_hard=False)
        row.pk = None
        row.save()
    elif change == "resource":
        row.resource = make_calendar(practice.group).resource
        row.save()
    else:
        BusyInterval.objects.update(**{change: getattr(row, change) + timedelta(minutes=1)})
    assert f"another time than its own (id {appointment.pk})" in only_finding("appointment_times", "error")["what"]


def test_time_taken_by_what_is_not_there(practice, appointment, start):
    row = BusyInterval.objects.get()
    Appointment.objects.update(is_deleted=True)
    assert f"appointments that are not there (id {row.pk})" in only_finding("appointment_sources", "error")["what"]
    BusyInterval.objects.all().delete()
    create_hold(practice.group, start, [practice.service.pk], is_staff=True)
    Hold.objects.all().delete()
    assert "1 × busy time of holds" in only_finding("appointment_sources", "error")["what"]


def test_expired_holds_are_forgotten_each_minute_and_missed_if_they_are_not(practice, start):
    hold = create_hold(practice.group, start, [practice.service.pk], is_staff=True)
    past = timezone.now() - timedelta(minutes=11)
    Hold.objects.update(expires_at=past)
    BusyInterval.objects.update(expires_at=past)
    assert f"though it expired (id {hold.pk})" in only_finding("expired_holds", "warning")["what"]
    assert run_script("forget_expired_holds", practice.group) == {"forgotten": 1}
    assert examine() == (0, [])
    assert not BusyInterval.objects.exists()


def test_a_place_that_is_taken_twice(practice, appointment, start):
    other = practice.book(start + HOUR)
    Appointment.objects.filter(pk=other.pk).update(start=start, end=appointment.end)
    first, second = BusyInterval.objects.order_by("pk")
    if connection.vendor == "postgresql":
        # There the constraint stands against it, until the test is rolled back.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE scheduling_busyinterval DROP CONSTRAINT busy_hard_never_overlap")
    BusyInterval.objects.filter(pk=second.pk).update(start=first.start, end=first.end)
    assert f"taken twice at the same time (id {second.pk})" in only_finding("seats", "error")["what"]


def test_a_short_one_within_a_long_one_is_found_and_seats_and_resources_are_apart(start):
    rows = [
        (1, 7, 0, start, start + 3 * HOUR),
        (2, 7, 0, start + HOUR, start + 2 * HOUR),
        (3, 7, 0, start + 2 * HOUR, start + 3 * HOUR),
        (4, 7, 0, start + 3 * HOUR, start + 4 * HOUR),
        (5, 7, 1, start + 3 * HOUR, start + 4 * HOUR),
        (6, 8, 1, start + 3 * HOUR, start + 4 * HOUR),
    ]
    assert list(checkup._overlapping(iter(rows))) == [2, 3]


def test_one_that_staff_were_to_look_at_and_that_is_over(appointment):
    Appointment.objects.update(attention="Its time in the calendar was closed")
    assert examine() == (0, [])
    week = timedelta(days=8)
    Appointment.objects.update(start=appointment.start - week, end=appointment.end - week)
    row = BusyInterval.objects.get()
    BusyInterval.objects.update(start=row.start - week, end=row.end - week)
    assert f"were to look at (id {appointment.pk})" in only_finding("appointment_flags", "warning")["what"]


def test_many_are_read_in_batches(practice, start, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(checkup, "BATCH", 2)
    wide = make_calendar(practice.group, capacity=5)
    service = make_service(practice.group, wide)
    rows = [practice.book(start + number * DAY, None, service, calendar_id=wide.pk) for number in range(5)]
    assert list(checkup.check_takers()) == list(checkup.check_sources()) == list(checkup.check_seats()) == []
    BusyInterval.objects.filter(source_id=rows[-1].pk).delete()
    with django_assert_max_num_queries(7):
        assert [each.what for each in checkup.check_takers()] == [
            f"1 × an appointment takes no time (id {rows[-1].pk})"
        ]
