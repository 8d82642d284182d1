"""Local times across the nights when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Organization
from core.zones import hours_and_minutes, local_moment

PARIS, NEW_YORK, LORD_HOWE, SAO_PAULO = (
    ZoneInfo(name) for name in ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo")
)
# Zones with steps of an hour, of half an hour, at midnight, of a whole day, and none.
ZONES = [
    *(PARIS, NEW_YORK, LORD_HOWE, SAO_PAULO),
    *(ZoneInfo(name) for name in ("Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca", "UTC")),
]


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        # Paris, 25 March 2018: 02:00 becomes 03:00. 28 October 2018: 03:00 becomes 02:00.
        (PARIS, date(2018, 3, 25), time(1, 59, 59), "2018-03-25T00:59:59Z"),
        (PARIS, date(2018, 3, 25), time(2), "2018-03-25T01:00:00Z"),
        (PARIS, date(2018, 3, 25), time(2, 30), "2018-03-25T01:00:00Z"),
        (PARIS, date(2018, 3, 25), time(3), "2018-03-25T01:00:00Z"),
        (PARIS, date(2018, 3, 25), time(7), "2018-03-25T05:00:00Z"),
        (PARIS, date(2018, 10, 28), time(2, 30), "2018-10-28T00:30:00Z"),
        (PARIS, date(2018, 10, 28), time(3), "2018-10-28T02:00:00Z"),
        # New York, 11 March 2018 and 4 November 2018.
        (NEW_YORK, date(2018, 3, 11), time(2, 15), "2018-03-11T07:00:00Z"),
        (NEW_YORK, date(2018, 11, 4), time(1, 30), "2018-11-04T05:30:00Z"),
        (NEW_YORK, date(2018, 11, 4), time(2), "2018-11-04T07:00:00Z"),
        # Lord Howe steps by half an hour: 7 October 2018, 02:00 becomes 02:30; 1 April 2018, 02:00 becomes 01:30.
        (LORD_HOWE, date(2018, 10, 7), time(2, 15), "2018-10-06T15:30:00Z"),
        (LORD_HOWE, date(2018, 10, 7), time(2, 30), "2018-10-06T15:30:00Z"),
        (LORD_HOWE, date(2018, 4, 1), time(1, 45), "2018-03-31T14:45:00Z"),
        # São Paulo, while it had summer time, stepped at midnight: 4 November 2018 has no 00:00.
        (SAO_PAULO, date(2018, 11, 4), time(0), "2018-11-04T03:00:00Z"),
        (SAO_PAULO, date(2018, 11, 4), time(0, 59), "2018-11-04T03:00:00Z"),
        (SAO_PAULO, date(2018, 2, 17), time(23, 30), "2018-02-18T01:30:00Z"),
        (SAO_PAULO, date(2019, 11, 3), time(0), "2019-11-03T03:00:00Z"),
        # Apia had no 30 December 2011 at all.
        (ZoneInfo("Pacific/Apia"), date(2011, 12, 30), time(12), "2011-12-30T10:00:00Z"),
    ],
)
def test_the_instant_is_the_first_at_which_the_clock_shows_it_or_the_end_of_the_gap(zone, day, clock, expected):
    assert local_moment(day, clock, zone) == datetime.fromisoformat(expected)


days = st.dates(min_value=date(1975, 1, 1), max_value=date(2036, 12, 31))
# To the second: what clocks skip and repeat is whole seconds.
clocks = st.times().map(lambda clock: clock.replace(microsecond=0))

instants = st.integers(min_value=160_000_000, max_value=2_100_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


def shown(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


@given(st.sampled_from(ZONES), days, clocks)
def test_the_clock_shows_the_time_at_that_instant_or_never_does(zone, day, clock):
    wanted, instant = datetime.combine(day, clock), local_moment(day, clock, zone)
    assert instant.tzinfo is UTC
    if shown(instant, zone) == wanted:
        assert shown(instant - timedelta(hours=1), zone) != wanted, "the first of two"
    else:
        assert shown(instant, zone) > wanted, "after the gap"
        assert shown(instant - timedelta(seconds=1), zone) < wanted, "and at once after it"


@given(st.sampled_from(ZONES), instants)
def test_an_instant_is_never_later_than_the_one_that_its_own_clock_gives(zone, instant):
    local = instant.astimezone(zone)
    assert local_moment(local.date(), local.time(), zone) <= instant


@given(st.sampled_from(ZONES), days)
def test_each_day_starts_on_that_day_and_after_the_day_before(zone, day):
    start = local_moment(day, time(0), zone)
    before = local_moment(day - timedelta(days=1), time(0), zone)
    assert before <= start
    assert shown(start, zone).date() >= day
    assert shown(start - timedelta(seconds=1), zone).date() < day


@given(st.sampled_from(ZONES), instants)
def test_an_organizations_local_date_is_its_clocks(zone, instant):
    assert Organization(time_zone=zone.key).local_date(instant) == instant.astimezone(zone).date()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(7200, "2 h"), (5400, "1 h 30 min"), (60, "1 min"), (90, "2 min"), (1, "0 min"), (86400, "24 h"), (3599, "1 h")],
)
def test_a_length_is_told_in_hours_and_minutes(seconds, text):
    assert hours_and_minutes(seconds) == text
