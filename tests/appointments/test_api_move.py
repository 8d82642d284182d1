"""PUT /appointments/:id: moves, states and the way back [contract 40]."""

import pytest
import time_machine

from appointments.models import Appointment
from core.models import OutboxMessage
from scheduling.models import BusyInterval
from tests.appointment_factories import make_service
from tests.appointments.booking_world import ANNE, ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, ids, one
from tests.appointments.wire import account, error, fields
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def taken(appointment_id: int) -> list[tuple[str, int]]:
    """Clock and resource of what it takes."""
    rows = BusyInterval.objects.of("appointment", appointment_id)
    return [(f"{row.start:%H:%M}", row.resource_id) for row in rows]


def test_a_move_takes_the_new_time_and_gives_the_old_one_back(world):
    booked = world.booked(TEN)["id"]
    moved = one(world.move(booked, date=ELEVEN))
    assert (moved["start"], moved["end"], moved["calendar_id"]) == (ELEVEN, "2026-11-24 11:30:00", world.calendar.pk)
    assert taken(booked) == [("10:00", world.calendar.resource_id)]
    assert TEN in world.starts("nDays=3")
    assert ELEVEN not in world.starts("nDays=3")


def test_a_move_may_overlap_its_own_old_time(world):
    booked = world.booked(TEN)["id"]
    assert one(world.move(booked, date="2026-11-24 10:15:00"))["start"] == "2026-11-24 10:15:00"


def test_a_refused_move_changes_nothing(world):
    booked, _other = world.booked(TEN, ANNE)["id"], world.booked(ELEVEN)
    before, was = count_rows(), one(world.account.get(f"appointments/{booked}"))
    error(world.move(booked, date=ELEVEN, comments="Later"), 400, None, "NotAvailable")
    assert (count_rows(), one(world.account.get(f"appointments/{booked}"))) == (before, was)
    assert taken(booked) == [("09:00", world.calendar.resource_id)]


def test_the_calendar_stays_unless_one_is_sent(world):
    other = world.another_calendar()
    booked = world.booked(TEN, calendar_id=world.calendar.pk)["id"]
    world.booked(ELEVEN, calendar_id=world.calendar.pk)
    error(world.move(booked, date=ELEVEN), 400, None, "NotAvailable")
    assert one(world.move(booked, date=ELEVEN, calendar_id=None))["calendar_id"] == other.pk
    assert one(world.move(booked, date=TEN, calendar_id=world.calendar.pk))["calendar_id"] == world.calendar.pk


@pytest.mark.parametrize(
    ("rules", "date", "number"),
    [
        ({"min_notice": 60 * 26}, "2026-11-24 10:30:00", 9),
        ({"booking_horizon": 60 * 26}, "2026-11-24 11:15:00", 8),
        ({"min_time_between": 60}, "2026-11-25 11:00:00", 7),
    ],
)
def test_a_move_is_judged_by_the_rules_of_a_booking(world, rules, date, number):
    anne = world.booked("2026-11-25 10:00:00", ANNE)["fiche_id"]
    booked = world.booked("2026-11-27 10:00:00", {"id": anne})["id"]
    world.rule(**rules)
    error(world.move(booked, date=date), 400, number)


def test_the_moved_one_does_not_count_against_itself(world):
    world.rule(max_upcoming=1, min_time_between=60)
    booked = world.booked(TEN)["id"]
    assert one(world.move(booked, date=HALF_PAST))


def test_too_late_or_too_often_is_10(world):
    world.rule(max_moves=1)
    booked = world.booked(TEN)["id"]
    assert one(world.move(booked, date=ELEVEN))
    error(world.move(booked, date=TEN), 400, 10, "MintimeAnnulation")
    world.rule(max_moves=None, min_cancel_notice=60 * 48)
    error(world.move(booked, date=TEN), 400, 10, "MintimeAnnulation")
    reason = "Doctor is ill"
    moved = one(world.move(booked, by=world.pro, date=TEN, override_reason=reason))
    assert moved["start"] == TEN
    noted = Appointment.objects.get(pk=booked).history.latest().history_change_reason
    assert noted.startswith("cancel_notice: ")
    assert noted.endswith(reason)


def test_comments_are_changed_without_a_move(world):
    world.rule(min_cancel_notice=60 * 48)
    booked = world.booked(TEN)["id"]
    assert one(world.move(booked, comments="Second floor"))["comments"] == "Second floor"
    assert one(world.move(booked, date=TEN, calendar_id=world.calendar.pk))["comments"] == "Second floor"


def test_what_was_read_may_be_sent_back(world):
    booked = world.booked(TEN, ANNE)
    sent = {name: value for name, value in booked.items() if name not in {"state", "deleted"}}
    assert one(world.move(booked["id"], **sent)) == booked
    assert one(world.move(booked["id"], by=world.pro, **booked)) == booked


def test_who_comes_and_for_what_stays_as_it_was_booked(world):
    booked = world.booked(TEN, ANNE)["id"]
    other, service = world.booked(ELEVEN)["fiche_id"], make_service(world.group, world.calendar)
    assert list(fields(world.move(booked, fiche={"id": other}))) == ["fiche.id"]
    assert list(fields(world.move(booked, intervention_ids=[service.pk]))) == ["intervention_ids"]


def test_an_account_moves_what_it_booked_itself(world):
    booked = world.booked(TEN)["id"]
    error(world.move(booked, by=account(world.group), date=ELEVEN), 404, 3)
    error(world.move(world.booked(ELEVEN, by=world.pro)["id"], date=HALF_PAST), 404, 3)


def test_only_the_version_that_was_read_is_changed(world):
    response = world.book(TEN)
    booked, tag = one(response, 201)["id"], response["ETag"]
    body = {"appointment": {"date": ELEVEN}}
    moved = world.account.put(f"appointments/{booked}", body, If_Match=tag)
    assert one(moved)["start"] == ELEVEN
    error(world.account.put(f"appointments/{booked}", body, If_Match=tag), 412, 2)
    error(world.account.delete(f"appointments/{booked}", If_Match=tag), 412, 2)
    assert one(world.account.delete(f"appointments/{booked}", If_Match=moved["ETag"]))["deleted"]


# -- states -------------------------------------------------------------------------------------------------


def test_staff_confirm_and_say_who_came(world):
    world.rule(confirm_required=True)
    booked = world.booked(TEN)["id"]
    assert one(world.move(booked, by=world.pro, state=0))["state"] == 0
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        assert one(world.move(booked, by=world.pro, state=2))["state"] == 2
        assert one(world.move(booked, by=world.pro, state="1"))["state"] == 1


def test_nobody_came_before_the_day(world):
    booked = world.booked(TEN)["id"]
    assert list(fields(world.move(booked, by=world.pro, state=1))) == ["state"]


def test_a_state_that_may_not_follow_is_a_conflict(world):
    booked = world.booked(TEN)["id"]
    error(world.move(booked, by=world.pro, state=3), 409, 2)


@pytest.mark.parametrize("value", [{"state": 0}, {"state": 1}, {"deleted": False}, {"deleted": True}])
def test_state_and_restoring_are_staffs(world, value):
    booked = world.booked(TEN)["id"]
    error(world.move(booked, **value), 403, 1, "Unauthorized")


# -- restoring ----------------------------------------------------------------------------------------------


def test_staff_restore_what_was_cancelled(world):
    booked = world.booked(TEN)["id"]
    one(world.account.delete(f"appointments/{booked}"))
    assert taken(booked) == []
    restored = one(world.move(booked, by=world.pro, deleted=False))
    assert (restored["deleted"], restored["start"]) == (False, TEN)
    assert taken(booked) == [("09:00", world.calendar.resource_id)]
    assert ids(world.account.get("appointments")) == [booked]


def test_what_came_of_it_is_said_with_the_restoring(world):
    booked = world.booked(TEN)["id"]
    one(world.account.delete(f"appointments/{booked}"))
    error(world.move(booked, by=world.pro, deleted=False, state=3), 409, 2)
    assert list(fields(world.move(booked, by=world.pro, deleted=False, state=1))) == ["state"]
    assert (Appointment.objects.get().is_deleted, taken(booked)) == (True, [])
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        restored = one(world.move(booked, by=world.pro, deleted=False, state=1, comments="Was here"))
    assert (restored["deleted"], restored["state"], restored["comments"]) == (False, 1, "Was here")


def test_one_that_waited_is_restored_as_confirmed_and_told_once(world):
    world.rule(confirm_required=True)
    booked = world.booked(TEN, ANNE)["id"]
    one(world.account.delete(f"appointments/{booked}"))
    OutboxMessage.objects.all().delete()
    assert one(world.move(booked, by=world.pro, deleted=False, state=0))["state"] == 0
    assert list(OutboxMessage.objects.values_list("kind", flat=True)) == ["appointment_booked"]
    assert OutboxMessage.objects.get().params["state"] == "in_progress"


def test_it_is_not_restored_onto_what_is_taken_meanwhile(world):
    booked = world.booked(TEN)["id"]
    one(world.account.delete(f"appointments/{booked}"))
    world.booked(TEN)
    error(world.move(booked, by=world.pro, deleted=False), 400, None, "NotAvailable")
    assert one(world.account.get(f"appointments/{booked}"))["deleted"] is True
    assert one(world.move(booked, by=world.pro, deleted=False, date=ELEVEN))["start"] == ELEVEN


def test_nothing_else_is_changed_of_what_is_cancelled(world):
    booked = world.booked(TEN)["id"]
    one(world.account.delete(f"appointments/{booked}"))
    for caller in (world.account, world.pro):
        error(world.move(booked, by=caller, comments="Back"), 409, 2)
        error(world.move(booked, by=caller, date=ELEVEN), 409, 2)


def test_to_delete_is_not_a_change(world):
    booked = world.booked(TEN)["id"]
    assert list(fields(world.move(booked, by=world.pro, deleted=True))) == ["deleted"]
    assert one(world.move(booked, by=world.pro, deleted=False))["deleted"] is False
