"""Waitings: who asks to be told when a slot frees [contract 40]."""

import pytest
import time_machine

from appointments.models import Customer, Waiting
from tests.appointment_factories import make_calendar, make_group
from tests.appointments.booking_world import ANNE, ELEVEN, NOW, TEN, BookingWorld, ids
from tests.appointments.wire import account, done, error, fields
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def wait(world: BookingWorld, fiche: dict | None = None, by=None, **more):
    values = {"fiche": fiche or ANNE, "intervention_ids": [world.service.pk], "from": TEN, "to": ELEVEN, **more}
    return (by or world.account).post("waitings", {"waiting": values})


def test_a_waiting_is_shown_as_it_was_asked_for(world):
    response = wait(world, calendar_ids=[world.calendar.pk])
    made = done(response, 201)
    assert made == {
        "id": made["id"],
        "group_id": world.group.pk,
        "fiche_id": Customer.objects.get().pk,
        "intervention_ids": [world.service.pk],
        "from": TEN,
        "to": ELEVEN,
        "calendar_ids": [world.calendar.pk],
        "notices": 0,
        "told_at": None,
        "created_at": "2026-11-23 09:00:00",
        "updated_at": "2026-11-23 09:00:00",
        "deleted": False,
    }
    assert done(world.account.get(f"waitings/{made['id']}")) == made
    assert done(world.account.get("waitings"))["records"] == [made]
    assert response["Location"].endswith(f"/waitings/{made['id']}")


def test_it_is_taken_back(world):
    made = done(wait(world), 201)["id"]
    assert done(world.account.delete(f"waitings/{made}"))["deleted"] is True
    error(world.account.delete(f"waitings/{made}"), 404, 3)
    assert ids(world.account.get("waitings")) == []
    assert done(world.account.get(f"waitings/{made}"))["deleted"] is True


def test_a_booking_in_the_window_ends_it(world):
    made = done(wait(world), 201)
    world.booked(TEN, {"id": made["fiche_id"]})
    assert ids(world.account.get("waitings")) == []


def test_who_waits_is_a_customer_by_the_rules_of_a_booking(world):
    world.customer(email="known@example.org")
    theirs = world.customer()
    before = count_rows()
    error(wait(world, {"email": "x"}), 400, 13)
    error(wait(world, {"email": "known@example.org"}), 400, 11)
    assert list(fields(wait(world, {"id": theirs.pk}))) == ["fiche.id"]
    assert count_rows() == before
    assert done(wait(world, {"id": theirs.pk}, by=world.pro), 201)["fiche_id"] == theirs.pk


def test_an_account_sees_its_own(world):
    mine = done(wait(world), 201)["id"]
    theirs = done(wait(world, {"lastname": "Petit", "email": "luc@example.org"}, by=account(world.group)), 201)["id"]
    assert ids(world.account.get("waitings")) == [mine]
    assert ids(world.pro.get("waitings")) == [mine, theirs]
    error(world.account.get(f"waitings/{theirs}"), 404, 3)
    error(world.account.delete(f"waitings/{theirs}"), 404, 3)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from": ELEVEN, "to": TEN}, "to"),
        ({"from": TEN, "to": TEN}, "to"),
        ({"from": "2026-11-20 10:00:00", "to": "2026-11-20 11:00:00"}, "to"),
        ({"from": "x"}, "from"),
        ({"intervention_ids": []}, "intervention_ids"),
        ({"intervention_ids": [10**9]}, "intervention_ids"),
        ({"calendar_ids": [10**9]}, "calendar_ids"),
        ({"calendar_ids": "x"}, "calendar_ids[0]"),
        ({"fiche": 1}, "fiche"),
    ],
)
def test_what_cannot_be_waited_for_is_2(world, wrong, field):
    assert list(fields(wait(world, **wrong))) == [field]
    assert not Waiting.objects.exists()


def test_a_calendar_of_another_group_does_not_exist(world):
    theirs = make_calendar(make_group("Elsewhere"), world.service)
    assert list(fields(wait(world, calendar_ids=[theirs.pk]))) == ["calendar_ids"]


def test_lists_cost_four_queries(world, django_assert_max_num_queries):
    for number in range(5):
        done(
            wait(world, {"lastname": "W", "email": f"number{number}@example.org"}, calendar_ids=[world.calendar.pk]),
            201,
        )
    with django_assert_max_num_queries(4):
        assert len(ids(world.pro.get("waitings"))) == 5
