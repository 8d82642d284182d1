"""The sweep against the plainest model there is: every minute asked for itself."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.availability import CalendarTime, Need, free_starts, gaps, judge, merged
from tests.scale import scaled

EXAMPLES = scaled(2000)
MINUTES = 240
# Spans in minutes; most are short, so that there is something to find.
SPANS = st.tuples(st.integers(0, MINUTES), st.integers(1, 90)).map(lambda span: (span[0], span[0] + span[1]))
NEEDS = st.builds(Need, length=st.integers(1, 60), before=st.integers(0, 20), after=st.integers(0, 20))
TIMES = st.builds(
    CalendarTime,
    openings=st.lists(SPANS, max_size=4),
    step=st.sampled_from([1, 5, 7, 15, 30]),
    closed=st.lists(SPANS, max_size=3),
    seats=st.lists(st.lists(SPANS, max_size=4), min_size=1, max_size=3),
    unnamed=st.lists(SPANS, max_size=1),
)


def minutes_of(spans) -> set[int]:
    return {minute for start, end in spans for minute in range(start, end)}


def seats_by_the_minute(time: CalendarTime, need: Need, start: int) -> int:
    """How many seats a booking at this minute could have, by asking each minute."""
    wanted = set(range(start, start + need.length))
    kept = set(range(start - need.before, start + need.length + need.after))
    on_step = any(first <= start < end and (start - first) % time.step == 0 for first, end in time.openings)
    if not on_step or not wanted <= minutes_of(time.openings):
        return 0
    if start in minutes_of(time.unnamed) or kept & minutes_of(time.closed):
        return 0
    return sum(not kept & minutes_of(taken) for taken in time.seats)


@settings(max_examples=EXAMPLES)
@given(TIMES, NEEDS)
def test_the_starts_listed_are_those_that_asking_every_minute_finds(time, need):
    found = {start: seats_by_the_minute(time, need, start) for start in range(MINUTES + 90)}
    assert free_starts(time, need, (0, MINUTES + 90)) == {start: seats for start, seats in found.items() if seats}


@settings(max_examples=EXAMPLES)
@given(TIMES, NEEDS)
def test_a_start_is_listed_exactly_when_its_judgement_has_nothing_against_it(time, need):
    listed = free_starts(time, need, (0, MINUTES + 90))
    for start in range(MINUTES + 90):
        judgement = judge(time, need, start)
        good = judgement.is_open and judgement.is_on_step and judgement.is_named and judgement.is_free
        assert good == (start in listed)
        if good:
            assert len(judgement.free_seats) == listed[start]


@given(TIMES, NEEDS, st.integers(0, MINUTES), st.integers(1, MINUTES))
def test_a_window_cuts_the_list_and_changes_nothing_in_it(time, need, first, length):
    whole = free_starts(time, need, (0, 2 * MINUTES))
    part = {start: seats for start, seats in whole.items() if first <= start < first + length}
    assert free_starts(time, need, (first, first + length)) == part


@given(st.lists(SPANS, max_size=6))
def test_gaps_and_what_is_taken_share_no_minute_and_leave_none_out(spans):
    left = minutes_of((max(start, -1), min(end, MINUTES + 91)) for start, end in gaps(spans))
    assert left & minutes_of(spans) == set()
    assert left | minutes_of(spans) == set(range(-1, MINUTES + 91))


@given(st.lists(SPANS, max_size=6))
def test_merged_spans_are_in_order_and_touch_nowhere(spans):
    found = merged(spans)
    assert minutes_of(found) == minutes_of(spans)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(found))


def test_steps_are_counted_from_the_opening_of_each_range():
    time = CalendarTime(openings=[(0, 50), (60, 100)], step=20, closed=[], seats=[[]])
    assert list(free_starts(time, Need(20, 0, 0), (0, 200))) == [0, 20, 60, 80]


def test_a_booking_may_run_from_one_range_into_the_next_that_touches_it():
    time = CalendarTime(openings=[(0, 30), (30, 60)], step=30, closed=[], seats=[[]])
    assert list(free_starts(time, Need(60, 0, 0), (0, 200))) == [0]


def test_a_place_is_free_only_where_one_seat_is_for_the_whole_length():
    """Between them the two seats have room for it, but neither has."""
    time = CalendarTime(openings=[(0, 60)], step=60, closed=[], seats=[[(0, 30)], [(30, 60)]])
    assert free_starts(time, Need(60, 0, 0), (0, 60)) == {}
    assert judge(time, Need(60, 0, 0), 0).free_seats == []


def test_what_is_kept_free_may_lie_outside_the_opening_hours():
    time = CalendarTime(openings=[(60, 90)], step=30, closed=[], seats=[[]])
    assert list(free_starts(time, Need(30, 15, 15), (0, 200))) == [60]
