"""Where the board puts things on a local day, also on the nights when clocks change."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.admin.dispatch_days import Day, days_of
from scheduling.intervals import Interval

PARIS = ZoneInfo("Europe/Paris")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("day", "zone", "minutes"),
    [
        (date(2026, 11, 24), PARIS, 24 * 60),
        (SPRING, PARIS, 23 * 60),
        (AUTUMN, PARIS, 25 * 60),
        (date(2026, 4, 5), LORD_HOWE, 24 * 60 + 30),
        (date(2026, 10, 4), LORD_HOWE, 24 * 60 - 30),
    ],
)
def test_a_day_is_as_long_as_it_really_lasts(day, zone, minutes):
    assert Day(day, zone).minutes == minutes
    assert Day(day, zone).whole().halves == minutes // 30


def test_the_night_that_loses_an_hour_has_no_label_for_it():
    labels = [hour.label for hour in Day(SPRING, PARIS).whole().hours()]
    assert labels[:4] == ["00:00", "01:00", "03:00", "04:00"]
    assert (len(labels), labels[-1]) == (23, "23:00")


def test_the_night_that_gets_an_hour_back_shows_it_twice_with_its_zone():
    labels = [hour.label for hour in Day(AUTUMN, PARIS).whole().hours()]
    assert labels[:5] == ["00:00", "01:00", "02:00 CEST", "02:00 CET", "03:00"]
    assert len(labels) == 25


@pytest.mark.parametrize(
    ("day", "start", "end", "place"),
    [
        # 04:00 in summer time is three hours after midnight.
        (SPRING, "2026-03-29 02:00", "2026-03-29 03:00", "s3 t0 l1 k0"),
        # The second 02:30.
        (AUTUMN, "2026-10-25 01:30", "2026-10-25 02:30", "s3 t6 l1 k0"),
        (AUTUMN, "2026-10-25 22:00", "2026-10-25 23:00", "s24 t0 l1 k0"),
        # It begins on the day before, ends on the day after; five minutes are the finest step.
        (date(2026, 11, 24), "2026-11-23 20:00", "2026-11-24 01:07", "s0 t0 l2 k2"),
        (date(2026, 11, 24), "2026-11-24 22:00", "2026-11-25 09:00", "s23 t0 l1 k0"),
        # So short that nobody could take hold of it: as wide as a quarter, within the day.
        (date(2026, 11, 24), "2026-11-24 10:00", "2026-11-24 10:01", "s11 t0 l0 k3"),
        (date(2026, 11, 24), "2026-11-24 22:58", "2026-11-24 23:30", "s23 t9 l0 k3"),
        (date(2026, 11, 24), "2026-11-24 23:00", "2026-11-25 01:00", None),
    ],
)
def test_a_place_is_the_time_that_really_passed_since_midnight(day, start, end, place):
    assert Day(day, PARIS).whole().place(Interval(utc(start), utc(end))) == place


def test_the_hours_shown_are_those_in_which_something_happens():
    day = Day(date(2026, 11, 24), PARIS)
    window = day.window([Interval(utc("2026-11-24 07:20"), utc("2026-11-24 15:10"))])
    assert (window.first, window.last) == (8 * 60, 17 * 60)
    assert window.hours()[0].label == "08:00"
    assert window.place(Interval(utc("2026-11-24 08:00"), utc("2026-11-24 09:00"))) == "s1 t0 l1 k0"


def test_a_week_begins_on_monday_and_has_the_seven_days():
    days = days_of("week", date(2026, 3, 29), PARIS)
    assert [day.date for day in days] == [date(2026, 3, number) for number in range(23, 30)]
