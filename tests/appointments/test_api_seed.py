"""The seed's three calls as they are documented, and each of its errors with its number and name."""

import pytest
import time_machine

from appointments.models import Appointment, Customer
from tests.appointment_factories import make_group
from tests.appointments.booking_world import ANNE, ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, ids, one
from tests.appointments.wire import GroupCaller, error, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def by_query(world: BookingWorld) -> tuple[GroupCaller, str]:
    """A caller that has its key in the query alone, as the seed's."""
    return GroupCaller(world.group), f"?apikey={world.account.key}"


def test_the_seeds_booking_of_a_customer_who_is_known(world):
    caller, key = by_query(world)
    anne = one(world.book(TEN, ANNE), 201)["fiche_id"]
    body = {
        "appointment": {
            "date": "2026-11-26 10:30:00",
            "calendar_id": world.calendar.pk,
            "intervention_ids": [world.service.pk],
            "comments": "",
            "fiche": {"id": anne, "group_id": world.group.pk, "firstphone": "06 12 34 56 78"},
        }
    }
    booked = one(caller.post(f"appointments{key}", body), 201)
    assert (booked["start"], booked["end"]) == ("2026-11-26 10:30:00", "2026-11-26 11:00:00")
    assert booked["fiche"]["firstphone"] == Customer.objects.get(pk=anne).firstphone == "06 12 34 56 78"
    assert booked["fiche"]["lastname"] == "Durand"
    assert (booked["calendar_id"], booked["from_web"], booked["state"]) == (world.calendar.pk, True, 0)


def test_the_list_has_what_is_to_come_and_with_include_past_all(world):
    caller, key = by_query(world)
    booked = world.booked(TEN)["id"]
    with time_machine.travel("2026-11-24T09:29:59Z"):
        assert ids(caller.get(f"appointments{key}")) == [booked]
    with time_machine.travel("2026-11-24T09:30:00Z"):
        assert ids(caller.get(f"appointments{key}")) == []
        assert ids(caller.get(f"appointments{key}&include_past=1")) == [booked]
        assert ids(caller.get(f"appointments{key}&include_past=0")) == []


def test_an_appointment_is_cancelled(world):
    caller, key = by_query(world)
    booked = world.booked(TEN)["id"]
    cancelled = one(caller.delete(f"appointments/{booked}{key}"))
    assert (cancelled["id"], cancelled["deleted"]) == (booked, True)
    assert ids(caller.get(f"appointments{key}&include_past=1")) == []
    assert one(caller.get(f"appointments/{booked}{key}"))["deleted"] is True
    error(caller.delete(f"appointments/{booked}{key}"), 404, 3, "NoResult")


def test_old_clients_send_the_key_in_the_body_and_a_log_in_that_is_not_read(world):
    body = {"apikey": world.account.key, **world.asked()}
    booked = GroupCaller(world.group).post("appointments.json", body, Authorization="Basic am9lOnNlY3JldA==")
    assert one(booked, 201)["date"] == TEN


@pytest.mark.parametrize("path", ["appointments", "appointments/", "appointments.json", "appointments?format=json"])
def test_paths_are_read_with_and_without_their_ending(world, path):
    assert one(world.account.post(path, world.asked()), 201)["start"] == TEN


# -- the errors ---------------------------------------------------------------------------------------------


def test_5_without_a_key_or_with_a_wrong_one(world):
    for key in ("", "?apikey=dk_wrong", "?apikey="):
        error(GroupCaller(world.group).get(f"appointments{key}"), 401, 5, "LoginFailed")


def test_1_for_a_group_that_is_not_granted_whether_or_not_it_exists(world):
    for group in (make_group("Elsewhere").pk, 10**9):
        found = error(world.pro.get(f"/api/v1/groups/{group}/appointments"), 403, 1, "Unauthorized")
        assert found["message"] == "You are not granted for this action."


def test_2_says_which_parameters_are_wrong(world):
    found = error(world.account.post("appointments", {"appointment": {}}), 400, 2, "InvalidParameter")
    assert list(found["fields"]) == ["fiche", "date", "intervention_ids"]
    assert found["message"] == "Parameters are not valid."


def test_3_for_an_appointment_that_is_not_there(world):
    error(world.account.get("appointments/1"), 404, 3, "NoResult")


def test_6_too_many_upcoming(world):
    world.rule(max_upcoming=1)
    anne = world.booked(TEN)["fiche_id"]
    found = error(world.book(ELEVEN, {"id": anne}), 400, 6, "MaxRdvNumber")
    assert found["message"] == "The user has reached the maximum number of upcoming appointments"


def test_7_too_close_to_another(world):
    world.rule(min_time_between=60)
    anne = world.booked(TEN)["fiche_id"]
    found = error(world.book(ELEVEN, {"id": anne}), 400, 7, "MintimeBetween")
    assert found["message"] == "Another appointment is too close to this one"
    # An hour after its end.
    assert one(world.book("2026-11-24 11:30:00", {"id": anne}), 201)


def test_8_too_far_away(world):
    world.rule(booking_horizon=25 * 60)
    found = error(world.book("2026-11-24 10:15:00"), 400, 8, "MaxRdvPeriod")
    assert found["message"] == "This appointment is too far away"
    assert one(world.book(TEN), 201)


def test_9_too_soon(world):
    world.rule(min_notice=25 * 60)
    found = error(world.book("2026-11-24 09:45:00"), 400, 9, "MintimeRdv")
    assert found["message"] == "This appointment is too soon"
    assert list(found["fields"]) == ["date"]
    assert one(world.book(TEN), 201)


def test_9_for_what_lies_in_the_past_without_any_rule(world):
    error(world.book("2026-11-23 09:00:00"), 400, 9, "MintimeRdv")
    error(world.book("2026-11-20 10:00:00"), 400, 9, "MintimeRdv")


def test_10_too_late_to_cancel(world):
    world.rule(min_cancel_notice=25 * 60)
    late, early = world.booked("2026-11-24 09:30:00")["id"], world.booked(TEN)["id"]
    found = error(world.account.delete(f"appointments/{late}"), 400, 10, "MintimeAnnulation")
    assert found["message"] == "This appointment is too close to be cancelled"
    assert one(world.account.delete(f"appointments/{early}"))["deleted"] is True


def test_11_an_address_that_another_customer_has(world):
    world.customer(email="Anne@Example.org")
    found = error(world.book(TEN, ANNE), 400, 11, "EmailAlreadyExists")
    assert found["message"] == "This email address is already user by another registered user."
    assert list(found["fields"]) == ["fiche.email"]


def test_12_at_the_same_time(world):
    world.another_calendar()
    anne = world.booked(TEN)["fiche_id"]
    found = error(world.book("2026-11-24 10:15:00", {"id": anne}), 400, 12, "SameTimeRdv")
    assert found["message"] == "The user already has an appointment at this time"
    assert one(world.book(HALF_PAST, {"id": anne}), 201)


def test_13_an_address_that_is_none(world):
    found = error(world.book(TEN, {"email": "anne at example.org"}), 400, 13, "EmailNotFound")
    assert found["message"] == "This email address does not exists."


def test_without_a_number_a_slot_that_is_taken(world):
    world.booked(TEN)
    found = error(world.book(TEN), 400, None, "NotAvailable")
    assert found["message"] == "This time slot is not available anymore"


def test_a_key_without_the_scope_is_refused_with_1(world):
    reader = GroupCaller(world.group, key=make_key(world.group, scopes=["appointments:read"]))
    error(reader.post("appointments", world.asked()), 403, 1, "Unauthorized")
    assert Appointment.objects.count() == 0
