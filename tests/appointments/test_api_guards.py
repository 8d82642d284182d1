"""What a call refuses rather than do something else than was meant [contract 40]."""

import pytest
import time_machine

from appointments.models import Appointment, Calendar, Customer, Hold, Waiting
from tests.appointments.booking_world import ANNE, HALF_PAST, NOW, TEN, BookingWorld, at, every, one
from tests.appointments.wire import account, done, error, fields

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world():
    return BookingWorld()


# -- trying -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["book", "move", "cancel", "fiche", "waiting", "hold", "calendar", "group", "feed"])
def test_a_call_that_knows_no_preview_does_nothing_when_it_is_asked_for_one(world, call):
    booked = world.booked(TEN)
    slot = {"intervention_ids": [world.service.pk], "date": HALF_PAST}
    waiting = {"fiche": ANNE, "intervention_ids": [world.service.pk], "from": TEN, "to": HALF_PAST}
    calls = {
        "book": ("post", "appointments", world.asked(HALF_PAST)),
        "move": ("put", f"appointments/{booked['id']}", {"appointment": {"date": HALF_PAST}}),
        "cancel": ("delete", f"appointments/{booked['id']}", None),
        "fiche": ("post", "fiches", {"fiche": ANNE}),
        "waiting": ("post", "waitings", {"waiting": waiting}),
        "hold": ("post", "holds", {"hold": slot}),
        "calendar": ("post", "calendars", {"calendar": {"name": "Room"}}),
        "group": ("put", f"/api/v1/groups/{world.group.pk}", {"group": {"city": "Paris"}}),
        "feed": ("post", f"calendars/{world.calendar.pk}/feeds", None),
    }
    verb, path, body = calls[call]
    before = rows()
    told = fields(world.pro.call(verb.upper(), f"{path}?dry_run=1", body))
    assert (told, rows()) == ({"dry_run": ["is not known to this call"]}, before)


def rows() -> list:
    models = (Appointment, Calendar, Customer, Hold, Waiting)
    return [sorted(model.objects.values_list("pk", "version")) for model in models]


def test_reading_passes_it_over(world):
    done(world.account.get("appointments?dry_run=1"))


# -- waiting, keeping, moving -------------------------------------------------------------------------------


def test_who_has_no_address_cannot_wait(world):
    known = world.customer(email="")
    values = {"intervention_ids": [world.service.pk], "from": TEN, "to": HALF_PAST}
    for fiche in ({"lastname": "Durand"}, {"id": known.pk}, {"id": world.customer().pk, "email": ""}):
        told = fields(world.pro.post("waitings", {"waiting": {**values, "fiche": fiche}}))
        assert told == {"fiche.email": ["must be given: who waits is told by e-mail"]}
    assert (Waiting.objects.count(), Customer.objects.count()) == (0, 2)
    given = {"id": known.pk, "email": "anne@example.org"}
    done(world.pro.post("waitings", {"waiting": {**values, "fiche": given}}), 201)


def test_a_key_of_customers_keeps_ten_slots_at_a_time(world, clock):
    def hold(date: str, by):
        return by.post("holds", {"hold": {"intervention_ids": [world.service.pk], "date": date}})

    starts = list(every(30, "09:00", "16:30"))
    for start in starts[:10]:
        done(hold(start, world.account), 201)
    assert fields(hold(starts[10], world.account)) == {"base": ["at most 10 slots are kept at a time"]}
    done(hold(starts[10], account(world.group)), 201)
    done(hold(starts[11], world.pro), 201)
    clock.move_to("2026-11-23T08:05:00Z")
    done(hold(starts[0], world.account), 201)


@pytest.mark.parametrize("state", [1, 2])
def test_of_what_moves_into_the_future_nobody_knows_yet_who_came(world, clock, state):
    booked = world.booked(at("10:00", "2026-11-23"))
    clock.move_to("2026-11-23T10:00:00Z")
    assert one(world.move(booked["id"], by=world.pro, state=state))["state"] == state
    assert one(world.move(booked["id"], by=world.pro, date=TEN))["state"] == 0


def test_what_came_of_it_stays_where_it_moves_within_the_past(world, clock):
    booked = world.booked(at("10:00", "2026-11-23"))
    clock.move_to("2026-11-23T14:00:00Z")
    one(world.move(booked["id"], by=world.pro, state=1))
    assert one(world.move(booked["id"], by=world.pro, date=at("11:00", "2026-11-23")))["state"] == 1


# -- words --------------------------------------------------------------------------------------------------


def test_a_refusal_for_its_state_names_what_is_in_it(world):
    booked = world.booked(TEN)
    one(world.account.delete(f"appointments/{booked['id']}"))
    refused = error(world.move(booked["id"], date=HALF_PAST), 409, 2)
    assert refused["message"] == "The appointment is cancelled"


def test_an_offset_without_a_colon_is_one(world):
    assert world.booked("2026-11-24T11:00:00+0200")["start"] == TEN
    query = "start=2026-11-24T10:00:00 0100&end=2026-11-24T11:00:00%2B0100"
    assert world.starts(query.replace(" ", "+"))[0] == HALF_PAST


def test_a_notice_longer_than_one_books_ahead_is_refused(world):
    path = f"/api/v1/groups/{world.group.pk}"
    told = fields(world.pro.put(path, {"group": {"min_notice": 121, "booking_horizon": 120}}))
    assert list(told) == ["min_notice"]
    done(world.pro.put(path, {"group": {"min_notice": 120, "booking_horizon": 120}}))
    assert list(fields(world.pro.put(path, {"group": {"booking_horizon": 60}}))) == ["booking_horizon"]


def test_rules_that_were_so_before_do_not_keep_others_from_being_changed(world):
    world.rule(min_notice=200, booking_horizon=100)
    done(world.pro.put(f"/api/v1/groups/{world.group.pk}", {"group": {"city": "Paris"}}))
