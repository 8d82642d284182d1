"""What explain says of a day that is closed as a whole, and of what is over."""

import pytest
import time_machine

from tests.appointments.booking_world import NOW, BookingWorld, at, one
from tests.appointments.test_api_explain import explain, failed
from tests.appointments.wire import done, error

pytestmark = pytest.mark.django_db
CHRISTMAS = at("10:00", "2026-12-25")


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def only(world, start: str, by=None) -> dict:
    [calendar] = done(explain(world, start, by=by))["calendars"]
    return calendar


def texts(calendar: dict) -> dict[str, str]:
    return {rule["code"]: rule["text"] for rule in calendar["rules"] if not rule["passed"]}


def test_a_public_holiday_is_named(world):
    world.rule(holidays_country="FR")
    [(code, text)] = texts(only(world, CHRISTMAS)).items()
    assert (code, text) == ("closed", "Closed on this day: Christmas Day")


def test_a_day_that_is_an_exception_is_named(world):
    world.calendar.changed(exceptions=[{"date": "2026-12-25", "ranges": []}]).save()
    assert texts(only(world, CHRISTMAS)) == {"closed": "Closed on this day: 2026-12-25 is an exception"}


def test_a_holiday_with_hours_of_its_own_is_no_closed_day(world):
    world.rule(holidays_country="FR")
    world.calendar.changed(exceptions=[{"date": "2026-12-25", "ranges": [{"start": "09:00", "end": "12:00"}]}]).save()
    assert failed(only(world, CHRISTMAS)) == []
    assert failed(only(world, at("13:00", "2026-12-25"))) == ["opening_hours", "step"]


def test_staff_book_on_it_as_explain_says(world):
    world.rule(holidays_country="FR")
    assert done(explain(world, CHRISTMAS, by=world.pro))["bookable"] is True
    assert done(explain(world, CHRISTMAS))["bookable"] is False
    error(world.book(CHRISTMAS), 400, None, "NotAvailable")
    one(world.book(CHRISTMAS, by=world.pro), 201)


def test_what_is_over_is_called_so(world):
    past = only(world, at("08:00", "2026-11-23"))
    assert texts(past)["min_notice"] == "The start is in the past"
    refused = error(world.book(at("08:00", "2026-11-23")), 400, 9)
    assert refused["fields"] == {"date": ["The start is in the past"]}
