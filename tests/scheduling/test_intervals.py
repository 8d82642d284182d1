"""The interval arithmetic against the plainest model there is: the set of the minutes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.intervals import Interval, LocalRange, covers, merge, on_day, opening, subtract

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PARIS, NEW_YORK, LORD_HOWE, SAO_PAULO = map(
    ZoneInfo, ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo"]
)
# The night that loses time and the night that gets it back. São Paulo changed at midnight, until 2019.
NIGHTS = [
    (PARIS, date(2026, 3, 29), timedelta(hours=23)),
    (PARIS, date(2026, 10, 25), timedelta(hours=25)),
    (NEW_YORK, date(2026, 3, 8), timedelta(hours=23)),
    (NEW_YORK, date(2026, 11, 1), timedelta(hours=25)),
    (LORD_HOWE, date(2026, 10, 4), timedelta(hours=23, minutes=30)),
    (LORD_HOWE, date(2026, 4, 5), timedelta(hours=24, minutes=30)),
    (SAO_PAULO, date(2018, 11, 4), timedelta(hours=23)),
    (SAO_PAULO, date(2018, 2, 17), timedelta(hours=25)),
]


def interval(start: int, length: int) -> Interval:
    begin = EPOCH + timedelta(minutes=start)
    return Interval(begin, begin + timedelta(minutes=length))


def minutes(intervals) -> set[int]:
    found = set()
    for start, end in intervals:
        found.update(range((start - EPOCH) // timedelta(minutes=1), (end - EPOCH) // timedelta(minutes=1)))
    return found


def is_canonical(intervals) -> bool:
    ordered = all(one.end < other.start for one, other in pairwise(intervals))
    return ordered and all(one.start < one.end for one in intervals)


some = st.lists(st.builds(interval, st.integers(0, 60), st.integers(1, 20)), max_size=8)


@given(some)
def test_merging_keeps_every_minute_and_leaves_no_two_that_touch(intervals):
    merged = merge(intervals)
    assert minutes(merged) == minutes(intervals)
    assert is_canonical(merged)


@given(some, some)
def test_subtracting_leaves_the_minutes_of_the_first_alone(base, holes):
    left = subtract(base, holes)
    assert minutes(left) == minutes(base) - minutes(holes)
    assert is_canonical(left)


@given(some, st.builds(interval, st.integers(0, 60), st.integers(1, 20)))
def test_covering_means_that_no_minute_is_missing(intervals, wanted):
    assert covers(intervals, wanted) == (minutes([wanted]) <= minutes(intervals))


@given(
    st.builds(interval, st.integers(0, 60), st.integers(1, 20)),
    st.builds(interval, st.integers(0, 60), st.integers(1, 20)),
)
def test_two_overlap_when_they_share_a_minute(one, other):
    assert one.overlaps(other) == bool(minutes([one]) & minutes([other]))


@pytest.mark.parametrize(("zone", "day", "length"), NIGHTS)
def test_a_whole_day_is_as_long_as_the_clocks_make_it(zone, day, length):
    whole = on_day(day, LocalRange(time(0), None), zone)
    assert whole.end - whole.start == length


clock = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(st.sampled_from(NIGHTS), clock, clock)
def test_hours_on_a_night_of_change_hold_the_minutes_whose_local_time_is_between(night, start, end):
    """The model walks every minute of the day and looks at its clock; a doubled end ends at its first coming."""
    zone, day, _ = night
    hours = on_day(day, LocalRange(start, end), zone)
    shown = walk(zone, day, start, end)
    assert (minutes([hours]) if hours else set()) == shown


def walk(zone: ZoneInfo, day: date, start: time, end: time) -> set[int]:
    moment = datetime.combine(day, time(12), zone).astimezone(UTC) - timedelta(hours=16)
    inside, found, over = False, set(), False
    for _ in range(32 * 60):
        local = moment.astimezone(zone)
        if local.date() == day:
            over = over or local.time() >= end
            inside = not over and (inside or local.time() >= start)
            if inside:
                found.add((moment - EPOCH) // timedelta(minutes=1))
        moment += timedelta(minutes=1)
    return found


def test_an_exception_replaces_the_hours_of_its_day_and_an_empty_one_closes_it():
    week = {weekday: [LocalRange(time(9), time(17))] for weekday in range(5)}
    monday, tuesday, wednesday = (date(2026, 6, day) for day in (1, 2, 3))
    exceptions = {monday: [LocalRange(time(10), time(11))], tuesday: []}
    found = opening(monday, wednesday, week, exceptions, PARIS)
    assert [(one.start.astimezone(PARIS).hour, one.end.astimezone(PARIS).hour) for one in found] == [(10, 11), (9, 17)]


def test_hours_that_touch_across_midnight_are_one_interval():
    week = {weekday: [LocalRange(time(0), None)] for weekday in range(7)}
    assert len(opening(date(2026, 6, 1), date(2026, 6, 7), week, {}, PARIS)) == 1
