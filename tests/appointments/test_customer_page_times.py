"""The customer chooses another time on the page behind the link [contract 40]."""

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment
from core.models import OutboxMessage
from tests.appointment_factories import make_calendar, make_customer
from tests.appointments.practice import DAY, HALF, HOUR, NOW, TEN, Practice
from tests.appointments.test_customer_page import link, page, starts_in, version_in

pytestmark = pytest.mark.django_db
WIRE = "%Y-%m-%dT%H:%M:%S"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    return Practice()


@pytest.fixture
def path(practice):
    """Of the page that offers other times for the appointment on Wednesday at ten."""
    return f"{link(practice.book())}/times"


def choose(path: str, start: str):
    """As a browser sends the page's form."""
    text = page(path)
    anywhere = {"anywhere": "1"} if 'name="anywhere"' in text else {}
    return Client().post(path, {"start": start, "version": version_in(text), **anywhere})


def only() -> Appointment:
    return Appointment.objects.get(customer__lastname="Durand")


def test_five_days_of_free_times_are_offered_in_the_clock_of_the_place(path):
    text = page(path)
    starts = starts_in(text)
    assert starts[0] == "2026-11-23T08:00:00", "nine in Paris, when it opens"
    assert {start[:10] for start in starts} == {f"2026-11-{day}" for day in range(23, 28)}
    assert "<span>09:00</span>" in text
    assert "Monday 23 November 2026" in text
    assert "?from=2026-11-30" in text


def test_later_days_are_a_link_away_and_need_no_script(path):
    starts = starts_in(page(f"{path}?from=2026-11-30"))
    assert (starts[0], starts[-1][:10]) == ("2026-11-30T08:00:00", "2026-12-04")


@pytest.mark.parametrize("day", ["2026-11-01", "9999-12-31", "0001-01-01", "tomorrow", ""])
def test_a_day_that_cannot_be_asked_for_is_today(path, day):
    assert starts_in(page(f"{path}?from={day}"))[0] == "2026-11-23T08:00:00"


def test_what_others_have_and_its_own_start_are_not_offered_but_what_it_takes_itself_is(practice, path):
    practice.book(TEN + HOUR, make_customer(practice.group, "Petit", "Luc"))
    starts = starts_in(page(path))
    own, later, taken = (each.strftime(WIRE) for each in (TEN, TEN + HALF / 2, TEN + HOUR))
    assert own not in starts
    assert later in starts
    assert taken not in starts


def test_notice_and_horizon_bind_here(practice, path):
    practice.rule(min_notice=24 * 60, booking_horizon=3 * 24 * 60)
    starts = starts_in(page(path))
    # From a day ahead to three days ahead: Tuesday's opening at nine to Wednesday's last half hour.
    assert (starts[0], starts[-1]) == ("2026-11-24T08:00:00", "2026-11-25T15:30:00")


def test_the_customer_moves_it_and_is_shown_and_told_the_new_time(path):
    response = choose(path, "2026-11-26T13:00:00")
    assert response.status_code == 302
    assert response["Location"] == path.removesuffix("/times") + "?moved"
    text = page(response["Location"])
    assert "It is moved. This is its time now:" in text
    assert "Thursday 26 November 2026, 14:00" in text
    appointment = only()
    assert (appointment.start, appointment.moves) == (TEN + DAY + 4 * HOUR, 1)
    assert (appointment.history.first().door, appointment.calendar_sequence) == ("customer", 1)
    assert OutboxMessage.objects.filter(kind="appointment_moved").count() == 1


def test_a_time_that_was_taken_meanwhile_is_refused_and_others_are_offered(practice, path):
    practice.book(TEN + DAY, make_customer(practice.group, "Petit", "Luc"))
    response = choose(path, (TEN + DAY).strftime(WIRE))
    assert response.status_code == 422
    assert "This time was taken in the meantime. Choose another." in response.content.decode()
    assert starts_in(response.content.decode())
    assert only().start == TEN


@pytest.mark.parametrize(
    "start", ["", "tomorrow", "2026-11-26", "2026-11-26T09:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59"]
)
def test_what_is_no_time_of_the_page_is_refused(path, start):
    response = choose(path, start)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert only().start == TEN


def test_a_start_that_is_not_offered_is_refused_as_the_api_refuses_it(path):
    assert choose(path, "2026-11-26T09:07:00").status_code == 422
    assert choose(path, "2026-11-29T09:00:00").status_code == 422
    assert only().start == TEN


def test_another_appointment_of_the_customer_is_in_the_way(practice, path):
    other = make_calendar(practice.group, practice.service, name="Dr Blanc")
    practice.book(TEN + DAY, calendar_id=other.pk)
    response = choose(path, (TEN + DAY).strftime(WIRE))
    assert "You have another appointment at this time." in response.content.decode()


def test_moved_as_often_as_it_may_be_is_said_on_the_page(practice, path):
    practice.rule(max_moves=1)
    choose(path, "2026-11-26T13:00:00")
    text = page(path.removesuffix("/times"))
    assert "This appointment was moved as often as it may be." in text
    assert "Yes, cancel it" in text
    assert Client().get(path).status_code == 302


def test_it_stays_with_the_same_calendar_unless_all_are_asked_for(practice, path):
    other = make_calendar(
        practice.group, practice.service, name="Dr Blanc",
        opening_hours=[{"day": 6, "start": "09:00", "end": "10:00", "services": []}],
    )  # fmt: skip
    saturday = "2026-11-28T08:00:00"
    assert saturday not in starts_in(page(path))
    text = page(f"{path}?anywhere&from=2026-11-28")
    assert "it may be with somebody else" in text
    assert saturday in starts_in(text)
    assert choose(path, saturday).status_code == 422
    assert choose(f"{path}?anywhere", saturday).status_code == 302
    assert only().calendar == other


def test_where_its_own_calendar_takes_nobody_any_more_the_others_are_offered(practice, path):
    other = make_calendar(practice.group, practice.service, name="Dr Blanc")
    practice.calendar.changed(is_open=False).save()
    text = page(path)
    assert "it may be with somebody else" in text
    assert choose(path, (TEN + DAY).strftime(WIRE)).status_code == 302
    assert only().calendar == other


def test_where_nothing_is_free_the_page_says_so(practice, path):
    practice.calendar.changed(opening_hours=[]).save()
    text = page(path)
    assert "No other time is free." in text
    assert "<form" not in text


def test_the_doubled_hour_is_named_once(clock):
    hours = [{"day": day, "start": "00:00", "end": "06:00", "services": []} for day in range(1, 8)]
    with time_machine.travel("2026-10-24T10:00:00Z", tick=False):
        practice = Practice()
        practice.calendar.changed(opening_hours=hours, slot_step=60).save()
        path = f"{link(practice.book(TEN))}/times?from=2026-10-25"
        text = page(path)
    sunday = text[text.index("Sunday 25 October") : text.index("Monday 26 October")]
    assert sunday.count("<span>02:00</span>") == 1
