"""What a closing hits: told by dry_run, flagged, moved, told or cancelled by on_hit [contract 40]."""

import pytest
import time_machine

from appointments.models import Appointment, Calendar, CalendarEvent
from core.models import OutboxMessage
from tests.appointment_factories import OFFICE_HOURS, make_event, make_service
from tests.appointments.booking_world import ANNE, ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, at, one
from tests.appointments.wire import GroupCaller, done, error, fields, make_key
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db
TUESDAY_MORNINGS = [hours if hours["day"] != 2 else {**hours, "end": "12:00"} for hours in OFFICE_HOURS]
MORNINGS = [
    {"day": hours["day"], "start": hours["start"], "end": hours["end"], "intervention_ids": []}
    for hours in TUESDAY_MORNINGS
]
CLOSED_TUESDAY = {"exceptions": [{"date": "2026-11-24", "closed": True}]}


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def close(world: BookingWorld, query: str, values: dict):
    return world.pro.put(f"calendars/{world.calendar.pk}?{query}", {"calendar": values})


def block(world: BookingWorld, query: str = "", start: str = TEN, end: str = ELEVEN, **more):
    values = {"calendar_id": world.calendar.pk, "start": start, "end": end, **more}
    return world.pro.post(f"vevents?{query}", {"vevent": values})


def hits(response) -> list[int]:
    body = done(response)
    assert list(body) == ["hits", "proposals"]
    return [record["id"] for record in body["hits"]]


def proposals(response) -> list[tuple[int, int, str]]:
    found = done(response)["proposals"]
    assert all(list(each) == ["appointment_id", "calendar_id", "start"] for each in found)
    return [tuple(each.values()) for each in found]


def flagged() -> list[int]:
    return sorted(Appointment.objects.exclude(attention="").values_list("pk", flat=True))


# -- what is hit --------------------------------------------------------------------------------------------


def test_a_dry_run_tells_and_writes_nothing(world):
    booked = world.booked(TEN, ANNE)
    before = count_rows()
    response = block(world, "dry_run=1")
    assert done(response)["hits"] == [one(world.pro.get(f"appointments/{booked['id']}"))]
    assert proposals(response) == [(booked["id"], world.calendar.pk, ELEVEN)]
    assert (count_rows(), flagged()) == (before, [])
    assert TEN not in world.starts("nDays=2")


def test_a_block_hits_what_overlaps_it(world):
    clocks = ["09:15", "09:45", "10:30", "11:00"]
    booked = [world.booked(at(clock))["id"] for clock in clocks]
    assert hits(block(world, "dry_run=1")) == booked[1:3]
    type(world.service).objects.update(buffer_after=30)
    # What was booked keeps the times that it was booked with.
    assert hits(block(world, "dry_run=1")) == booked[1:3]


def test_a_note_and_an_extra_opening_hit_nothing(world):
    world.booked(TEN)
    assert hits(block(world, "dry_run=1", note=1, end=TEN)) == []
    assert hits(block(world, "dry_run=1", type="VfreebusyEvent")) == []


def test_a_block_that_grows_or_moves_hits_what_it_comes_upon(world):
    event = done(block(world, "", "2026-11-24 08:00:00", "2026-11-24 09:00:00"), 201)["id"]
    booked, other = world.booked(TEN)["id"], world.another_calendar()
    elsewhere = world.booked(TEN, calendar_id=other.pk)["id"]
    grown = world.pro.put(f"vevents/{event}?dry_run=1", {"vevent": {"end": ELEVEN}})
    assert hits(grown) == [booked]
    moved = {"vevent": {"calendar_id": other.pk, "end": ELEVEN}}
    assert hits(world.pro.put(f"vevents/{event}?dry_run=1", moved)) == [elsewhere]
    assert CalendarEvent.objects.get().calendar == world.calendar


def test_an_extra_opening_that_goes_hits_what_stands_in_it(world):
    evening = done(block(world, "", at("18:00"), at("19:00"), type="VfreebusyEvent"), 201)["id"]
    booked = world.booked(at("18:00"))["id"]
    assert hits(world.pro.delete(f"vevents/{evening}?dry_run=1")) == [booked]
    assert done(world.pro.delete(f"vevents/{evening}"))["deleted"] is True
    assert flagged() == [booked]


def test_new_hours_hit_what_lies_outside_of_them_and_lay_inside_before(world):
    morning, afternoon = world.booked(TEN)["id"], world.booked(at("14:00"))["id"]
    at_night = world.booked(at("20:00"), by=world.pro)["id"]
    assert hits(close(world, "dry_run=1", {"opening_hours": MORNINGS})) == [afternoon]
    assert hits(close(world, "dry_run=1", CLOSED_TUESDAY)) == [morning, afternoon]
    assert at_night not in flagged()


def test_hours_of_one_service_hit_its_appointments_alone(world):
    other = make_service(world.group, world.calendar)
    world.booked(TEN)
    booked = world.booked(ELEVEN, intervention_ids=[other.pk])["id"]
    only = [{**hours, "intervention_ids": [world.service.pk]} for hours in MORNINGS]
    assert hits(close(world, "dry_run=1", {"opening_hours": only})) == [booked]


def test_a_calendar_that_goes_hits_all_that_lies_ahead(world):
    booked = world.booked(TEN)["id"]
    past = world.booked(at("09:30", "2026-11-23"))["id"]
    with time_machine.travel("2026-11-23T09:30:00Z", tick=False):
        assert hits(world.pro.delete(f"calendars/{world.calendar.pk}?dry_run=1")) == [booked]
        assert not Calendar.objects.get(pk=world.calendar.pk).is_deleted
        assert done(world.pro.delete(f"calendars/{world.calendar.pk}"))["deleted"] is True
    assert flagged() == [booked]
    assert past not in flagged()


def test_what_closes_no_time_hits_nothing(world):
    world.booked(TEN)
    assert hits(close(world, "dry_run=1", {"name": "Dr Petit", "open": False})) == []
    assert done(close(world, "", {"name": "Dr Petit"}))["name"] == "Dr Petit"
    assert flagged() == []


def test_what_was_closed_already_is_not_hit_anew(world):
    world.booked(TEN)
    make_event(world.calendar, "2026-11-24T08:00:00Z", "2026-11-24T11:00:00Z")
    assert hits(block(world, "dry_run=1")) == []


def test_what_is_cancelled_is_not_hit(world):
    booked = world.booked(TEN)["id"]
    one(world.account.delete(f"appointments/{booked}"))
    assert hits(block(world, "dry_run=1")) == []


# -- where they could go ------------------------------------------------------------------------------------


def test_each_gets_the_first_place_from_its_own_time_on_and_none_is_proposed_twice(world):
    first, second, third = (world.booked(at(clock))["id"] for clock in ("09:30", "10:00", "10:30"))
    world.booked(at("11:30"))
    assert proposals(block(world, "dry_run=1", at("09:30"))) == [
        (first, world.calendar.pk, ELEVEN),
        (second, world.calendar.pk, at("12:00")),
        (third, world.calendar.pk, at("12:30")),
    ]


def test_another_calendar_that_offers_the_services_is_the_second_choice(world):
    booked = [world.booked(at(clock), calendar_id=world.calendar.pk)["id"] for clock in ("10:00", "10:30")]
    other = world.another_calendar(sort=1)
    world.another_calendar(sort=0).services.clear()
    response = world.pro.delete(f"calendars/{world.calendar.pk}?dry_run=1")
    assert proposals(response) == [(booked[0], other.pk, TEN), (booked[1], other.pk, HALF_PAST)]


def test_every_seat_is_proposed_once(world):
    booked = [world.booked(TEN, calendar_id=world.another_calendar().pk)["id"] for _number in range(3)]
    Calendar.objects.exclude(pk=world.calendar.pk).update(is_deleted=True)
    Calendar.objects.filter(pk=world.calendar.pk).update(capacity=2)
    Appointment.objects.update(calendar=world.calendar)
    response = block(world, "dry_run=1")
    assert proposals(response) == [
        (booked[0], world.calendar.pk, ELEVEN),
        (booked[1], world.calendar.pk, ELEVEN),
        (booked[2], world.calendar.pk, at("11:30")),
    ]


def test_nobody_is_proposed_two_times_at_once(world):
    anne = world.booked(TEN, ANNE)["fiche_id"]
    other = world.another_calendar()
    world.booked(ELEVEN, {"id": anne}, calendar_id=other.pk)
    [(_pk, calendar, start)] = proposals(block(world, "dry_run=1"))
    assert (calendar, start) == (world.calendar.pk, at("11:30"))


def test_nor_are_two_of_one_customer_who_are_both_hit(world):
    Calendar.objects.update(capacity=2)
    first = world.booked(TEN, ANNE)
    second = world.booked(HALF_PAST, {"id": first["fiche_id"]})
    starts = [start for _pk, _calendar, start in proposals(block(world, "dry_run=1"))]
    assert (starts, second["calendar_id"]) == ([ELEVEN, at("11:30")], first["calendar_id"])


def test_where_nothing_is_free_nothing_is_proposed(world):
    booked = world.booked(TEN)["id"]
    response = close(world, "dry_run=1", {"opening_hours": []})
    assert (hits(response), proposals(response)) == ([booked], [])


# -- what becomes of them -----------------------------------------------------------------------------------


def test_they_stay_and_are_flagged_to_staff(world):
    booked = world.booked(TEN, ANNE)["id"]
    assert done(block(world), 201)["kind"] == "block"
    assert one(world.pro.get(f"appointments/{booked}"))["start"] == TEN
    found = Appointment.objects.get(pk=booked)
    assert found.attention == "Its time in the calendar was closed"
    assert found.history.count() == 2
    assert not OutboxMessage.objects.filter(kind="appointment_affected").exists()


def test_a_move_or_a_cancellation_takes_the_flag_away(world):
    moved, cancelled = world.booked(TEN)["id"], world.booked(HALF_PAST)["id"]
    done(block(world), 201)
    assert flagged() == [moved, cancelled]
    one(world.move(moved, date=ELEVEN))
    one(world.account.delete(f"appointments/{cancelled}"))
    assert flagged() == []


def test_they_are_moved_as_proposed(world):
    first, second = world.booked(TEN, ANNE)["id"], world.booked(HALF_PAST)["id"]
    done(close(world, "on_hit=move", CLOSED_TUESDAY))
    starts = [one(world.pro.get(f"appointments/{pk}"))["start"] for pk in (first, second)]
    assert starts == ["2026-11-25 09:00:00", "2026-11-25 09:30:00"]
    assert flagged() == []
    assert OutboxMessage.objects.filter(kind="appointment_moved", entity_id=first).exists()


def test_what_cannot_be_moved_stays_flagged(world):
    booked = world.booked(TEN)["id"]
    done(close(world, "on_hit=move", {"opening_hours": []}))
    assert flagged() == [booked]
    assert one(world.pro.get(f"appointments/{booked}"))["start"] == TEN


def test_their_customers_are_told(world):
    booked = world.booked(TEN, ANNE)["id"]
    done(block(world, "on_hit=notify"), 201)
    assert flagged() == [booked]
    message = OutboxMessage.objects.get(kind="appointment_affected")
    assert (message.entity_id, message.address) == (booked, "anne@example.org")


def test_they_are_cancelled(world):
    booked = world.booked(TEN, ANNE)["id"]
    done(world.pro.delete(f"calendars/{world.calendar.pk}?on_hit=cancel"))
    assert one(world.pro.get(f"appointments/{booked}"))["deleted"] is True
    assert flagged() == []
    assert OutboxMessage.objects.filter(kind="appointment_cancelled", entity_id=booked).exists()


def test_a_refused_change_hits_nothing(world):
    world.booked(TEN)
    assert list(fields(block(world, "on_hit=cancel", ELEVEN, TEN))) == ["end"]
    assert list(fields(close(world, "on_hit=move", {**CLOSED_TUESDAY, "capacity": 0}))) == ["capacity"]
    assert flagged() == []


def test_with_an_idempotency_key_it_happens_once(world):
    booked = world.booked(TEN)["id"]
    body = {"vevent": {"calendar_id": world.calendar.pk, "start": TEN, "end": ELEVEN}}
    tried = world.pro.post("vevents?dry_run=1", body, Idempotency_Key="try")
    assert hits(tried) == [booked]
    assert not CalendarEvent.objects.exists()
    made = [world.pro.post("vevents?on_hit=move", body, Idempotency_Key="do") for _time in range(2)]
    assert [done(response, 201) for response in made] == [done(made[0], 201)] * 2
    assert CalendarEvent.objects.count() == 1
    assert one(world.pro.get(f"appointments/{booked}"))["start"] == ELEVEN


def test_only_the_version_that_was_read_is_closed(world):
    world.booked(TEN)
    body = {"calendar": CLOSED_TUESDAY}
    error(world.pro.put(f"calendars/{world.calendar.pk}?dry_run=1", body, If_Match='"9-x"'), 412, 2)


@pytest.mark.parametrize("query", ["on_hit=nothing", "on_hit=", "dry_run=yes", "on_hit=move&on_hit=keep"])
def test_what_cannot_be_read_of_the_query_is_2(world, query):
    assert list(fields(block(world, query))) == [query.partition("=")[0]]
    assert not CalendarEvent.objects.exists()


def test_an_account_closes_nothing(world):
    reader = GroupCaller(world.group, key=make_key(world.group))
    for query in ("dry_run=1", "on_hit=cancel"):
        error(reader.put(f"calendars/{world.calendar.pk}?{query}", {"calendar": CLOSED_TUESDAY}), 403, 1)
        error(reader.delete(f"calendars/{world.calendar.pk}?{query}"), 403, 1)


def test_many_hits_cost_no_more_queries_than_few(world, django_assert_max_num_queries):
    for number in range(6):
        world.booked(f"2026-11-24 {9 + number // 2:02d}:{number % 2 * 30:02d}:00")
    with django_assert_max_num_queries(30):
        assert len(hits(block(world, "dry_run=1", at("09:00"), at("12:00")))) == 6
