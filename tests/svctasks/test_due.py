"""Due moments, in five zones across their clock changes, against a model that counts them one by one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.intervals import Interval
from svctasks import due
from svctasks.due import Rule
from tests.scale import scaled
from tests.svctasks.moments import first_showing, is_open, judged, moments

EXAMPLES = scaled(2000)
MOST_MOMENTS = 16
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
# Each with days near which its clocks change: Samoa left out a whole day, Lord Howe moves by half an hour.
ZONES = {
    "Europe/Paris": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01", "2006-04-02"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "America/Sao_Paulo": ["2018-11-04", "2019-02-17", "1985-11-02"],
    "Pacific/Apia": ["2011-12-30", "2010-09-26", "2021-04-04"],
}


@st.composite
def starts(draw) -> tuple[datetime, ZoneInfo]:
    name = draw(st.sampled_from(sorted(ZONES)))
    near = datetime.fromisoformat(draw(st.sampled_from(ZONES[name]))).replace(tzinfo=UTC)
    # Whole quarters meet the changes themselves, seconds what lies between.
    distance = draw(st.one_of(st.integers(-200, 200).map(lambda n: n * 900), st.integers(-9 * 86400, 5 * 86400)))
    return near + timedelta(seconds=distance), ZoneInfo(name)


@st.composite
def rules(draw) -> Rule:
    anchor, zone = draw(starts())
    kind = draw(st.sampled_from(["single", "utc", "local", "local"]))
    if kind == "single":
        step = None
    elif kind == "local":
        step = DAY * draw(st.sampled_from([1, 1, 1, 2, 3, 7, 30]))
    else:
        step = SECOND * draw(st.one_of(st.sampled_from([1, 60, 900, 3600, 86400]), st.integers(1, 10**6)))
    span = step or DAY
    stop = draw(st.none() | st.integers(1, int(20 * span.total_seconds())).map(lambda n: anchor + timedelta(seconds=n)))
    return Rule(anchor, step, stop, zone if kind == "local" else None)


@st.composite
def instants(draw, rule: Rule) -> datetime:
    """Before, on, just beside or after its moments."""
    span = rule.step or DAY
    if draw(st.booleans()):
        near = draw(st.sampled_from(moments(rule, rule.anchor + MOST_MOMENTS * span)))
        return near + draw(st.sampled_from([-SECOND, -due.INSTANT, timedelta(0), due.INSTANT, SECOND]))
    return rule.anchor + draw(st.integers(-2000, MOST_MOMENTS * 1000)) * (span / 1000)


@st.composite
def openings(draw, rule: Rule) -> list[Interval] | None:
    """Always, or short and long spans that may touch, overlap, begin or end on a moment."""
    if draw(st.booleans()):
        return None
    span = rule.step or DAY
    lengths = st.sampled_from([SECOND, span / 2, span, 3 * span / 2, 4 * span])
    spans = draw(st.lists(st.tuples(instants(rule), lengths), max_size=4))
    return [Interval(start, start + length) for start, length in spans]


def much(function):
    return settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))(given(data=st.data())(function))


@much
def test_the_next_and_the_last_moment_and_how_many(data):
    rule = data.draw(rules())
    asked = data.draw(instants(rule))
    every = moments(rule, asked + (rule.step or DAY) * 3 + 3 * DAY)
    past, later = [one for one in every if one <= asked], [one for one in every if one > asked]
    assert due.first_after(rule, asked) == (later[0] if later else None)
    assert due.first_from(rule, asked) == next((one for one in every if one >= asked), None)
    assert due.last_until(rule, asked) == (past[-1] if past else None)
    if past:
        first = data.draw(st.sampled_from(range(len(past))))
        assert due.count_between(rule, past[first], past[-1]) == len(past) - first


@much
def test_each_moment_that_is_past_is_run_or_skipped_for_its_reason(data):
    rule = data.draw(rules())
    after, now = sorted([data.draw(instants(rule)), data.draw(instants(rule))])
    opening = data.draw(openings(rule))
    patience = data.draw(st.sampled_from([timedelta(0), SECOND, rule.step or DAY, MOST_MOMENTS * (rule.step or DAY)]))
    assert due.account(rule, after, now, opening, patience) == judged(rule, after, now, opening, patience)


@much
def test_what_is_to_come_within_a_schedule(data):
    rule = data.draw(rules())
    first, end = sorted([data.draw(instants(rule)), data.draw(instants(rule))])
    opening = data.draw(openings(rule))
    expected = [one for one in moments(rule, end) if first <= one < end and is_open(one, opening)]
    assert list(due.open_moments(rule, first, end, opening)) == expected


# -- by hand ------------------------------------------------------------------------------------------------


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(anchor: str, zone: str) -> Rule:
    return Rule(utc(anchor), DAY, None, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (daily("2026-03-28T01:30", "Europe/Paris"), ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]),
        (daily("2026-10-24T00:30", "Europe/Paris"), ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]),
        # 30 December 2011 was no day there: its moment is the first of the 31st.
        (daily("2011-12-29T20:00", "Pacific/Apia"), ["2011-12-29T20:00", "2011-12-30T10:00", "2011-12-30T20:00"]),
        (
            Rule(utc("2026-03-29T00:30"), timedelta(hours=1)),
            ["2026-03-29T00:30", "2026-03-29T01:30", "2026-03-29T02:30"],
        ),
    ],
    ids=["skipped", "doubled", "a day left out", "steady"],
)
def test_where_clocks_change(rule, expected):
    found = list(due.open_moments(rule, rule.anchor, rule.anchor + 3 * DAY, None))
    assert found[:3] == [utc(one) for one in expected]


def test_the_model_knows_a_skipped_and_a_doubled_time():
    paris = ZoneInfo("Europe/Paris")
    skipped, doubled = (datetime.fromisoformat(text) for text in ("2026-03-29T02:30", "2026-10-25T02:30"))
    assert first_showing(skipped, paris) == utc("2026-03-29T01:00")
    assert first_showing(doubled, paris) == utc("2026-10-25T00:30")


def test_skips_before_and_after_the_moment_that_is_run_are_two():
    rule = Rule(utc("2026-01-01T00:00"), timedelta(hours=1))
    opening = [Interval(utc("2026-01-01T02:00"), utc("2026-01-01T03:00"))]
    skips, chosen = due.account(rule, utc("2026-01-01T00:00"), utc("2026-01-01T05:00"), opening, DAY)
    assert chosen == utc("2026-01-01T02:00")
    assert [(skip.first.hour, skip.last.hour, skip.count) for skip in skips] == [(1, 1, 1), (3, 5, 3)]


def test_ten_years_of_seconds_are_judged_at_once():
    rule = Rule(utc("2016-01-01T00:00"), SECOND)
    after, now = utc("2016-01-01T00:00"), utc("2026-01-01T00:00")
    skips, chosen = due.account(rule, after, now, None, SECOND)
    assert chosen == now
    assert [skip.count for skip in skips] == [(now - after) // SECOND - 1]


def test_a_rule_that_leaves_the_calendar_has_no_next_moment():
    rule = Rule(utc("9999-12-30T00:00"), DAY, None, ZoneInfo("Europe/Paris"))
    assert due.first_after(rule, utc("9999-12-31T00:00")) is None


@pytest.mark.parametrize(
    ("due_at", "is_skipped", "is_doubled", "local"),
    [
        ("2026-03-29T01:00", True, False, "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T00:30", False, True, "2026-10-25T02:30:00+02:00"),
        ("2026-07-01T00:30", False, False, "2026-07-01T02:30:00+02:00"),
    ],
)
def test_a_moment_is_told_as_the_wall_clock_shows_it(due_at, is_skipped, is_doubled, local):
    told = due.told(daily("2026-03-01T01:30", "Europe/Paris"), utc(due_at), ZoneInfo("Europe/Paris"))
    assert (told.is_skipped, told.is_doubled, told.local.isoformat()) == (is_skipped, is_doubled, local)
