"""GET /availabletimeslots/explain: each rule with its numbers, from the function that books [contract 40]."""

import pytest
import time_machine

from tests.appointment_factories import make_event, make_group
from tests.appointments.booking_world import ANNE, HALF_PAST, NOW, TEN, BookingWorld
from tests.appointments.wire import account, done, error, fields

pytestmark = pytest.mark.django_db
CODES = [
    *("min_notice", "horizon", "same_time", "min_between", "max_upcoming"),
    *("opening_hours", "step", "closed", "places"),
]
NUMBERS = [9, 8, 12, 7, 6, None, None, None, None]


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def explain(world: BookingWorld, start: str, query: str = "", by=None):
    path = f"availabletimeslots/explain?intervention_ids[]={world.service.pk}&start={start}&{query}"
    return (by or world.account).get(path)


def failed(calendar: dict) -> list[str]:
    return [rule["code"] for rule in calendar["rules"] if not rule["passed"]]


def test_every_rule_is_told_in_the_order_in_which_it_refuses(world):
    found = done(explain(world, TEN))
    assert list(found) == ["start", "bookable", "calendars"]
    assert (found["start"], found["bookable"]) == (TEN, True)
    [calendar] = found["calendars"]
    assert list(calendar) == ["calendar_id", "rules"]
    assert [rule["code"] for rule in calendar["rules"]] == CODES
    assert [rule["number"] for rule in calendar["rules"]] == NUMBERS
    assert all(list(rule) == ["code", "number", "passed", "text", "values"] for rule in calendar["rules"])


def test_a_rule_that_fails_says_its_numbers(world):
    world.rule(min_notice=24 * 60)
    found = done(explain(world, "2026-11-23 12:00:00"))
    assert found["bookable"] is False
    assert found["calendars"][0]["rules"][0] == {
        "code": "min_notice",
        "number": 9,
        "passed": False,
        "text": "Too soon: 1440 min of notice are asked for, the start is in 180 min",
        "values": {"notice": 1440, "asked": 180},
    }


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2026-11-24 08:00:00", "opening_hours"),
        ("2026-11-24 10:05:00", "step"),
        ("2026-11-24 14:00:00", "closed"),
        ("2026-11-25 10:00:00", "places"),
    ],
)
def test_what_a_calendar_has_against_it(world, start, code):
    make_event(world.calendar, "2026-11-24T13:00:00Z", "2026-11-24T14:00:00Z")
    world.booked("2026-11-25 10:00:00")
    found = done(explain(world, start))
    assert code in failed(found["calendars"][0])
    assert found["bookable"] is False
    error(world.book(start), 400, None, "NotAvailable")


def test_each_calendar_that_offers_the_services_is_explained(world):
    other = world.another_calendar()
    world.booked(TEN, calendar_id=other.pk)
    found = done(explain(world, TEN))
    assert found["bookable"] is True
    assert [(each["calendar_id"], failed(each)) for each in found["calendars"]] == [
        (world.calendar.pk, []),
        (other.pk, ["places"]),
    ]
    named = done(explain(world, TEN, f"calendar_id={other.pk}"))
    assert ([each["calendar_id"] for each in named["calendars"]], named["bookable"]) == ([other.pk], False)


def test_staff_may_book_what_is_soft(world):
    world.rule(min_notice=60 * 48)
    found = done(explain(world, "2026-11-24 08:00:00", by=world.pro))
    assert found["bookable"] is True
    assert failed(found["calendars"][0]) == ["min_notice", "opening_hours", "step"]
    assert world.booked("2026-11-24 08:00:00", by=world.pro)


def test_staff_see_what_takes_the_time_without_names(world):
    world.booked("2026-11-24 09:45:00", ANNE)
    make_event(world.calendar, "2026-11-24T09:15:00Z", "2026-11-24T11:00:00Z", text="Meeting with Anne")
    make_event(world.calendar, "2026-11-24T09:00:00Z", "2026-11-24T11:00:00Z", kind="opening")
    response = explain(world, TEN, by=world.pro)
    [calendar] = done(response)["calendars"]
    assert failed(calendar) == ["closed", "places"]
    assert calendar["taken"] == [
        {"kind": "appointment", "start": "2026-11-24 09:45:00", "end": "2026-11-24 10:15:00"},
        {"kind": "block", "start": "2026-11-24 10:15:00", "end": "2026-11-24 12:00:00"},
    ]
    assert b"Anne" not in response.content


def test_an_account_learns_nothing_of_others(world):
    world.booked(TEN, ANNE, by=world.pro)
    response = explain(world, TEN)
    assert "taken" not in done(response)["calendars"][0]
    assert b"Anne" not in response.content


def test_for_a_customer_the_own_appointments_count(world):
    world.rule(max_upcoming=1, min_time_between=60)
    world.another_calendar()
    anne = world.booked(TEN, ANNE)["fiche_id"]
    found = done(explain(world, HALF_PAST, f"fiche_id={anne}"))
    assert found["bookable"] is False
    assert failed(found["calendars"][0])[:2] == ["min_between", "max_upcoming"]
    assert failed(done(explain(world, TEN, f"fiche_id={anne}"))["calendars"][1])[0] == "same_time"
    assert done(explain(world, HALF_PAST))["bookable"] is True
    theirs = explain(world, HALF_PAST, f"fiche_id={anne}", by=account(world.group))
    assert fields(theirs) == {"fiche_id": ["must exist"]}


def test_a_start_that_nobody_can_name_is_2(world):
    for start in ("2026-10-25T02:30:00%2B01:00", "2026-03-29 02:30:00", "x", "", "2026-11-24"):
        assert list(fields(explain(world, start))) == ["start"]
    bare = world.account.get(f"availabletimeslots/explain?intervention_ids[]={world.service.pk}")
    assert fields(bare) == {"start": ["must be given"]}


def test_a_calendar_that_is_not_there_is_2(world):
    theirs = make_group("Elsewhere")
    assert list(fields(explain(world, TEN, "calendar_id=1000000"))) == ["calendar_id"]
    error(world.account.get(f"/api/v1/groups/{theirs.pk}/availabletimeslots/explain"), 403, 1)
