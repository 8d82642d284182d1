"""GET /availabletimeslots: what is listed, and how it is narrowed [contract 40: "Availability"]."""

import pytest
import time_machine

from appointments.models import Calendar
from tests.appointment_factories import make_calendar, make_calendar_set, make_event, make_group, make_service
from tests.appointments.booking_world import ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, at, every
from tests.appointments.wire import done, error, fields

pytestmark = pytest.mark.django_db
TUESDAY = "start=2026-11-24 00:00:00&nDays=1"
SLOT = ["start", "capacity", "calendar_ids"]


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def test_the_answer_has_the_documented_members(world):
    found = done(world.slots(f"{TUESDAY}&calendar_id=&calendar_ids[]={world.calendar.pk}"))
    slots = found.pop("availabletimeslots")
    assert found == {
        "group_id": world.group.pk,
        "intervention_ids": [world.service.pk],
        "calendar_id": None,
        "calendar_ids": [world.calendar.pk],
        "firstSlot": at("09:00"),
    }
    assert list(slots[0]) == SLOT
    assert slots[0] == {"start": at("09:00"), "capacity": 1, "calendar_ids": [world.calendar.pk]}
    assert [slot["start"] for slot in slots] == list(every(15, "09:00", "16:30"))


def test_nothing_free_is_an_empty_list(world):
    found = done(world.slots("start=2026-11-28 00:00:00&nDays=2"))
    assert (found["firstSlot"], found["availabletimeslots"]) == (None, [])


def test_every_slot_listed_can_be_booked_and_is_gone_then(world):
    for start in world.starts(TUESDAY)[::7]:
        assert world.booked(start)["start"] == start
        assert start not in world.starts(TUESDAY)


def test_one_entry_a_start_with_the_calendars_that_have_it(world):
    other, group = world.another_calendar(sort=-1), world.another_calendar(capacity=3)
    world.booked(TEN, calendar_id=group.pk)
    slots = {slot["start"]: slot for slot in done(world.slots(TUESDAY))["availabletimeslots"]}
    assert len(slots) == 31
    assert slots[TEN] == {"start": TEN, "capacity": 2, "calendar_ids": [other.pk, world.calendar.pk, group.pk]}
    assert slots[ELEVEN]["capacity"] == 3


def test_calendars_are_narrowed_by_id_and_by_set(world):
    ground = make_calendar_set(world.group)
    other = world.another_calendar(calendarset=ground)
    everyone = [world.calendar.pk, other.pk]

    def named(query: str) -> list[int]:
        found = done(world.slots(f"{TUESDAY}&{query}"))["availabletimeslots"]
        return found[0]["calendar_ids"] if found else []

    assert named("calendar_id=0") == everyone
    assert named(f"calendar_id={other.pk}") == [other.pk]
    assert named(f"calendar_ids[]={world.calendar.pk}&calendar_ids[]={other.pk}") == everyone
    assert named(f"calendar_ids=[{world.calendar.pk}]") == [world.calendar.pk]
    assert named(f"calendarset_ids[]={ground.pk}") == [other.pk]
    assert named(f"calendarset_ids[]={ground.pk}&calendar_ids[]={world.calendar.pk}") == []


def test_at_least_so_many_calendars_and_so_many_places(world):
    big = world.another_calendar(capacity=3)
    world.booked(TEN, calendar_id=big.pk)
    assert TEN not in world.starts(f"{TUESDAY}&min_capacity=3")
    found = done(world.slots(f"{TUESDAY}&min_capacity=2"))["availabletimeslots"]
    assert {tuple(slot["calendar_ids"]) for slot in found} == {(big.pk,)}
    assert world.starts(f"{TUESDAY}&cal_qty=3") == []
    world.booked(HALF_PAST, calendar_id=world.calendar.pk)
    assert HALF_PAST not in world.starts(f"{TUESDAY}&cal_qty=2")
    assert world.starts(f"{TUESDAY}&cal_qty=2&min_capacity=2") == []


# -- the window ---------------------------------------------------------------------------------------------


def test_without_any_window_it_is_from_now_on_for_seven_days(world):
    starts = world.starts()
    # Now it is 09:00, and what starts now is too soon.
    assert starts[0] == "2026-11-23 09:15:00"
    assert starts[-1] == "2026-11-27 16:30:00"
    with time_machine.travel("2026-11-25T09:00:00Z", tick=False):
        assert world.starts()[-1] == "2026-12-02 09:45:00"


def test_the_start_is_in_it_and_the_end_is_not(world):
    assert world.starts(f"start={TEN}&end={ELEVEN}") == list(every(15, "10:00", "10:45"))
    assert world.starts("start=2026-11-24T09:00:00Z&end=2026-11-24T10:00:00%2B00:00") == list(
        every(15, "10:00", "10:45")
    )


def test_days_are_those_of_the_local_clock(world):
    # 25 October has 25 hours in Paris.
    every_day = [{"day": day, "start": "09:00", "end": "17:00", "services": []} for day in range(1, 8)]
    Calendar.objects.update(opening_hours=every_day)
    with time_machine.travel("2026-10-20T08:00:00Z", tick=False):
        starts = world.starts("start=2026-10-24 16:30:00&nDays=2")
    assert (starts[0], starts[-1]) == ("2026-10-24 16:30:00", "2026-10-26 16:15:00")


@pytest.mark.parametrize(
    "query",
    [
        f"end={ELEVEN}&nDays=2",
        f"start={TEN}&end={TEN}",
        f"start={TEN}&end=2026-11-23 10:00:00",
        "nDays=0",
        "nDays=93",
        "start=2026-01-01 00:00:00&end=2026-04-03 00:00:01",
        "start=2026-03-29 02:30:00",
        "start=x",
        "end=2026-11-24",
        "start=",
        "nDays=",
        "cal_qty=0",
        "min_capacity=x",
        "calendar_id=x",
        "calendar_id=-1",
        "calendar_ids[]=x",
        "calendar_ids=[1",
        "calendarset_ids[]=1.5",
        f"start={TEN}&start={TEN}",
    ],
)
def test_a_query_that_cannot_be_read_is_2(world, query):
    assert fields(world.slots(query))


def test_ninety_two_days_are_the_most(world):
    assert done(world.slots("nDays=92"))["firstSlot"]
    # Over both changes of the clocks.
    assert done(world.slots("start=2026-09-01 00:00:00&end=2026-12-02 00:00:00"))["firstSlot"]


# -- what counts --------------------------------------------------------------------------------------------


def test_notice_and_horizon_bind_accounts(world):
    world.rule(min_notice=24 * 60, booking_horizon=26 * 60)
    assert world.starts() == list(every(15, "09:00", "11:00"))
    assert world.starts(by=world.pro)[0] == "2026-11-23 09:00:00"
    assert world.starts(by=world.pro)[-1] == "2026-11-27 16:30:00"


def test_blocks_extra_openings_holidays_and_buffers_count(world):
    world.rule(holidays_country="FR")
    with time_machine.travel("2026-12-23T08:00:00Z", tick=False):
        assert world.starts("start=2026-12-25 00:00:00&nDays=1") == []
    type(world.service).objects.update(buffer_after=15)
    moments = [f"2026-11-24T{clock}:00Z" for clock in ("09:00", "15:00", "17:00", "18:00")]
    make_event(world.calendar, *moments[:2])
    make_event(world.calendar, *moments[2:], kind="opening")
    assert world.starts(TUESDAY) == [
        *every(15, "09:00", "09:15"),
        *every(15, "16:00", "16:30"),
        *every(15, "18:00", "18:30"),
    ]


def test_holds_count_for_everybody(world):
    held = done(world.pro.post("holds", {"hold": {"date": TEN, "intervention_ids": [world.service.pk]}}), 201)
    assert held["calendar_id"] == world.calendar.pk
    assert TEN not in world.starts(TUESDAY)
    with time_machine.travel("2026-11-23T08:05:00Z", tick=False):
        assert TEN in world.starts(TUESDAY)


def test_an_account_is_shown_what_is_open(world):
    hidden = make_service(world.group, world.calendar, is_open=False)
    make_calendar(world.group, world.service, is_open=False, opening_hours=[])
    closed = world.another_calendar(is_open=False)
    assert {tuple(slot["calendar_ids"]) for slot in done(world.slots())["availabletimeslots"]} == {(world.calendar.pk,)}
    assert closed.pk in done(world.slots(by=world.pro))["availabletimeslots"][0]["calendar_ids"]
    assert list(fields(world.account.get(f"availabletimeslots?intervention_ids[]={hidden.pk}"))) == ["intervention_ids"]
    assert list(fields(world.slots(f"calendar_id={closed.pk}"))) == ["calendar_id"]


def test_services_must_be_named_and_be_the_groups(world):
    for query in ("", "intervention_ids[]=", "intervention_ids=[]", "intervention_ids[]=0"):
        assert "intervention_ids" in str(fields(world.account.get(f"availabletimeslots?{query}")))
    theirs = make_service(make_group("Elsewhere"))
    found = fields(world.account.get(f"availabletimeslots?intervention_ids[]={theirs.pk}"))
    assert found == {"intervention_ids": ["must exist"]}


def test_a_named_calendar_must_offer_the_services(world):
    other = make_calendar(world.group)
    assert fields(world.slots(f"calendar_id={other.pk}")) == {"calendar_id": ["does not offer these services"]}
    theirs = make_calendar(make_group("Elsewhere"))
    assert fields(world.slots(f"calendar_id={theirs.pk}")) == {"calendar_id": ["must exist"]}
    assert world.starts(f"calendar_ids[]={theirs.pk}") == []


def test_two_services_need_a_calendar_that_offers_both(world):
    other = make_service(world.group, length=45)
    both = world.another_calendar()
    other.calendars.set([both])
    query = f"availabletimeslots?intervention_ids[]={world.service.pk}&intervention_ids[]={other.pk}&{TUESDAY}"
    found = done(world.account.get(query))["availabletimeslots"]
    assert {tuple(slot["calendar_ids"]) for slot in found} == {(both.pk,)}
    assert found[-1]["start"] == at("15:45")


def test_more_services_than_one_booking_may_have_are_refused_here_too(world):
    world.rule(max_multirdvs=1)
    named = f"intervention_ids[]={world.service.pk}"
    for path in (f"availabletimeslots?{named}&{named}", f"availabletimeslots/explain?start={TEN}&{named}&{named}"):
        assert fields(world.account.get(path)) == {"intervention_ids": ["must be at most 1 services"]}
    hold = {"date": TEN, "intervention_ids": [world.service.pk] * 2}
    assert list(fields(world.account.post("holds", {"hold": hold}))) == ["intervention_ids"]


def test_another_group_is_closed(world):
    error(world.account.get(f"/api/v1/groups/{make_group('Elsewhere').pk}/availabletimeslots"), 403, 1)


@pytest.mark.parametrize("calendars", [1, 30])
@pytest.mark.parametrize("who", ["account", "pro"])
def test_it_costs_four_queries_whatever_the_number_of_calendars(world, calendars, who, django_assert_num_queries):
    for _number in range(calendars - 1):
        world.another_calendar()
    world.booked(TEN)
    with django_assert_num_queries(4):
        found = world.slots("nDays=30", by=getattr(world, who))
    assert len(done(found)["availabletimeslots"][0]["calendar_ids"]) == calendars
