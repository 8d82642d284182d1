"""An absence closes calendars, wherever staff enter it: what it hits is marked, and they are told who it is."""

import pytest
import time_machine

from appointments.models import Appointment
from scheduling.models import Absence, Resource
from tests.appointment_factories import make_customer, make_event
from tests.appointments.front_desk import DAY, FrontDesk
from tests.appointments.practice import HOUR, NOW, TEN
from tests.back_office import messages_of, press, sent_form, url

pytestmark = pytest.mark.django_db
ABSENCE, EVENT = "scheduling_absence", "appointments_calendarevent"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def times(start: str, end: str) -> dict:
    return {"start_0": DAY, "start_1": start, "end_0": DAY, "end_1": end}


def add(desk, start: str, end: str, resource=None):
    values = {"resource": (resource or desk.calendar.resource).pk, "note": "Ill", **times(start, end)}
    return desk.basic.post(url(ABSENCE, "add"), values, follow=True)


def flagged() -> list[int]:
    return list(Appointment.objects.exclude(attention="").order_by("pk").values_list("pk", flat=True))


def test_an_absence_marks_what_it_hits_and_names_it_with_a_link(desk):
    hit, spared = desk.book(TEN), desk.book(TEN + 4 * HOUR, make_customer(desk.group, "Roux", "Ida"))
    told = messages_of(add(desk, "08:00", "12:00"))
    assert flagged() == [hit.pk]
    assert "1 appointment is hit" in told
    assert f'<a href="{url("appointments_appointment", "change", hit.pk)}">Anne Durand, ' in told
    assert ("Ida Roux" in told, spared.attention) == (False, "")


def test_an_absence_that_grows_marks_what_it_hits_now(desk):
    add(desk, "08:00", "09:00")
    hit = desk.book(TEN)
    address = url(ABSENCE, "change", Absence.objects.get().pk)
    answer = desk.basic.post(address, {**sent_form(desk.basic, address), **times("08:00", "12:00")}, follow=True)
    assert (flagged(), "Anne Durand" in messages_of(answer)) == ([hit.pk], True)


def test_an_absence_of_somebody_without_a_calendar_hits_nothing(desk):
    desk.book(TEN)
    answer = add(desk, "08:00", "12:00", Resource.objects.create(organization=desk.group, name="Ann"))
    assert (Absence.objects.count(), flagged(), "is hit" in messages_of(answer)) == (1, [], False)


def test_many_hits_are_counted_and_the_first_of_them_named(desk):
    for number in range(6):
        desk.book(TEN + number * HOUR, make_customer(desk.group, f"Customer{number}"))
    told = messages_of(add(desk, "08:00", "18:00"))
    assert "6 appointments are hit" in told
    assert told.count("/admin/appointments/appointment/") == 6, "five by name, and the list of all"


def test_an_absence_that_is_refused_marks_nothing(desk):
    desk.book(TEN)
    add(desk, "12:00", "08:00")
    assert (Absence.objects.count(), flagged()) == (0, [])


# -- events of a calendar -----------------------------------------------------------------------------------


def test_an_extra_opening_that_goes_marks_what_lies_in_it(desk):
    evening = TEN + 9 * HOUR
    opening = make_event(desk.calendar, evening, evening + HOUR, kind="opening")
    hit = desk.book(evening)
    press(desk.basic, EVENT, opening.pk, "delete_row")
    assert flagged() == [hit.pk]


def test_a_block_that_is_restored_marks_what_was_booked_meanwhile(desk):
    event = make_event(desk.calendar, TEN - HOUR, TEN + HOUR, is_deleted=True)
    hit = desk.book(TEN)
    press(desk.basic, EVENT, event.pk, "restore")
    assert flagged() == [hit.pk]


def test_a_block_names_what_it_hits(desk):
    desk.book(TEN)
    values = {"kind": "block", "calendar": desk.calendar.pk, "colorref": "#dddddd", **times("09:00", "12:00")}
    assert "Anne Durand" in messages_of(desk.basic.post(url(EVENT, "add"), values, follow=True))
