"""DELETE /appointments/:id, and what lists say of it [seed; contract 40]."""

import pytest
import time_machine

from appointments.models import Appointment
from tests.appointments.booking_world import ANNE, ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, ids, one, records
from tests.appointments.wire import account, done, error, fields
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def test_its_time_is_free_at_once(world):
    booked = world.booked(TEN)["id"]
    one(world.account.delete(f"appointments/{booked}"))
    assert world.booked(TEN)["id"] != booked


def test_too_late_is_refused_to_accounts_and_noted_of_staff(world):
    world.rule(min_cancel_notice=60 * 48)
    booked, before = world.booked(TEN)["id"], count_rows()
    error(world.account.delete(f"appointments/{booked}"), 400, 10, "MintimeAnnulation")
    assert count_rows() == before
    assert one(world.pro.delete(f"appointments/{booked}?override_reason=No%20doctor"))["deleted"]
    reason = Appointment.objects.get(pk=booked).history.latest().history_change_reason
    assert reason.startswith("cancel_notice: Too late: 2880 min of notice")
    assert reason.endswith("No doctor")


def test_what_has_begun_is_not_cancelled_by_its_customer(world):
    booked = world.booked(TEN)["id"]
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False):
        error(world.account.delete(f"appointments/{booked}"), 400, 10)


def test_a_second_time_and_another_keys_are_not_there(world):
    booked, theirs = world.booked(TEN)["id"], world.booked(ELEVEN, by=account(world.group))["id"]
    one(world.account.delete(f"appointments/{booked}"))
    for pk in (booked, theirs, 10**9, "x"):
        error(world.account.delete(f"appointments/{pk}"), 404, 3, "NoResult")
    error(world.pro.delete(f"appointments/{booked}"), 404, 3, "NoResult")


# -- lists --------------------------------------------------------------------------------------------------


def test_lists_are_in_order_of_start_and_in_the_envelope(world):
    later, sooner = world.booked(ELEVEN)["id"], world.booked(TEN)["id"]
    found = done(world.account.get("appointments"))
    assert [record["id"] for record in found.pop("records")] == [sooner, later]
    assert found == {
        "sort": None,
        "dir": None,
        "totalRecords": 2,
        "startIndex": 0,
        "recordsReturned": 2,
        "pageSize": 25,
    }


def test_an_account_lists_what_it_booked_and_staff_all(world):
    mine, theirs = world.booked(TEN)["id"], world.booked(ELEVEN, by=account(world.group))["id"]
    assert ids(world.account.get("appointments?include_past=1")) == [mine]
    assert ids(world.pro.get("appointments")) == [mine, theirs]
    error(world.account.get(f"appointments/{theirs}"), 404, 3)


def conditions(*asked: tuple[str, str, object]) -> str:
    parts = []
    for number, (field, op, value) in enumerate(asked):
        for name, text in (("field", field), ("op", op), ("value", value)):
            parts.append(f"conditions[{number}][{name}]={str(text).replace('%', '%25').replace('=', '%3D')}")
    return "&".join(parts)


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("start", ">=", HALF_PAST),
        ("date", "=", ELEVEN),
        ("end", ">", "2026-11-24T10:00:00Z"),
        ("comments", "like", "%floor"),
        ("state", "=", "0"),
        ("websource", "in", "phone,web"),
        ("from_web", "=", "0"),
        ("created_at", "<=", "2026-11-23 09:00:00"),
    ],
)
def test_lists_are_narrowed_by_what_is_shown(world, field, op, value):
    world.rule(confirm_required=True)
    world.booked(TEN)
    found = world.booked(ELEVEN, by=world.pro, comments="Second floor", websource="web", from_web=False)["id"]
    everyone = ids(world.pro.get(f"appointments?{conditions((field, op, value))}"))
    assert found in everyone
    if field != "created_at":
        assert everyone == [found]


def test_lists_are_narrowed_by_ids(world):
    other = world.another_calendar()
    first = world.booked(TEN, ANNE, calendar_id=world.calendar.pk)
    second = world.booked(TEN, calendar_id=other.pk)
    for query in (
        f"calendar_id={other.pk}",
        f"calendar_ids[]={other.pk}",
        f"fiche_id={second['fiche_id']}",
        conditions(("calendar_id", "!=", world.calendar.pk)),
    ):
        assert ids(world.pro.get(f"appointments?{query}")) == [second["id"]]
    by_service = conditions(("intervention_id", "=", world.service.pk))
    assert ids(world.pro.get(f"appointments?{by_service}")) == [first["id"], second["id"]]
    assert ids(world.pro.get("appointments?search=ANNE")) == [first["id"]]


def test_lists_are_sorted(world):
    first, second = world.booked(TEN)["id"], world.booked(ELEVEN)["id"]
    found = done(world.account.get("appointments?sort=start&dir=desc&results=1"))
    assert (found["sort"], found["dir"], found["totalRecords"]) == ("start", "desc", 2)
    assert [record["id"] for record in found["records"]] == [second]
    assert ids(world.account.get("appointments?sort=start&dir=desc&startIndex=1")) == [first]


@pytest.mark.parametrize(
    "query",
    ["sort=fiche", "sort=deleted", "include_past=yes", conditions(("deleted", "=", 1)), conditions(("state", "=", 4))],
)
def test_what_cannot_be_read_of_the_query_is_2(world, query):
    assert fields(world.account.get(f"appointments?{query}"))


def test_a_list_shows_other_zones_as_the_group_has_them(world):
    booked = world.booked(TEN)
    type(world.group).objects.filter(pk=world.group.pk).update(time_zone="Asia/Tokyo")
    assert records(world.account.get("appointments"))[0]["start"] == "2026-11-24 18:00:00"
    assert one(world.account.get(f"appointments/{booked['id']}"))["date"] == "2026-11-24 18:00:00"


@pytest.mark.parametrize("size", [1, 12])
def test_a_list_costs_four_queries_with_its_count_and_so_does_one(world, size, django_assert_max_num_queries):
    starts = [f"2026-11-24 {9 + number // 2:02d}:{number % 2 * 30:02d}:00" for number in range(size)]
    booked = [world.booked(start)["id"] for start in starts]
    with django_assert_max_num_queries(4):
        assert ids(world.account.get(f"appointments?results={size}")) == booked
    with django_assert_max_num_queries(4):
        assert one(world.account.get(f"appointments/{booked[0]}"))


def test_one_is_read_once(world, django_assert_num_queries):
    booked = world.booked()["id"]
    for caller, queries in ((world.account, 2), (world.pro, 2)):
        with django_assert_num_queries(queries):
            assert one(caller.get(f"appointments/{booked}"))["id"] == booked
