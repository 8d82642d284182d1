"""Which moments a recurrence rule names, compared with a walk over every single day."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule as library
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as some

from scheduling.recurrences import between, check_rule

PARIS, LORD_HOWE, UTC_ZONE = (ZoneInfo(name) for name in ("Europe/Paris", "Australia/Lord_Howe", "UTC"))
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
at = datetime.fromisoformat
YEARS = timedelta(days=1200)
JANUARY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


# -- the model: every day is asked ----------------------------------------------------------------------------


def walk(rule: dict, start: date, last: date) -> Iterator[date]:
    """The days that the rule names, found by looking at each day of each of its periods."""
    names = [day for day in days_of_chosen_periods(rule, start, last) if start <= day <= last]
    yield from names[: rule.get("COUNT", len(names))]


def days_of_chosen_periods(rule: dict, start: date, last: date) -> Iterator[date]:
    chosen: dict[int, list[date]] = {}
    first = start - timedelta(days=400)
    for day in (first + timedelta(days=number) for number in range((last - first).days + 400)):
        period = period_of(rule, day)
        if (period - period_of(rule, start)) % rule.get("INTERVAL", 1) == 0 and is_named(rule, day, start):
            chosen.setdefault(period, []).append(day)
    for period in sorted(chosen):
        yield from in_positions(rule, chosen[period])


def in_positions(rule: dict, days: list[date]) -> list[date]:
    if "BYSETPOS" not in rule:
        return days
    places = [place - 1 if place > 0 else len(days) + place for place in rule["BYSETPOS"]]
    return [day for number, day in enumerate(days) if number in places]


def period_of(rule: dict, day: date) -> int:
    weekday = DAYS.index(rule.get("WKST", "MO"))
    return {
        "DAILY": day.toordinal(),
        # 1 January of year 1 was a Monday, and has the number 1.
        "WEEKLY": (day.toordinal() - 1 - weekday) // 7,
        "MONTHLY": day.year * 12 + day.month,
        "YEARLY": day.year,
    }[rule["FREQ"]]


def is_named(rule: dict, day: date, start: date) -> bool:
    if "BYMONTH" in rule and day.month not in rule["BYMONTH"]:
        return False
    if "BYMONTHDAY" in rule and not {day.day, day.day - length_of_month(day) - 1} & set(rule["BYMONTHDAY"]):
        return False
    if "BYDAY" in rule:
        return any(is_weekday(rule, day, number, name) for number, name in rule["BYDAY"])
    return "BYMONTHDAY" in rule or is_like_the_start(rule, day, start)


def is_like_the_start(rule: dict, day: date, start: date) -> bool:
    if rule["FREQ"] == "WEEKLY":
        return day.weekday() == start.weekday()
    same_month = "BYMONTH" in rule or day.month == start.month
    return {"DAILY": True, "MONTHLY": day.day == start.day, "YEARLY": day.day == start.day and same_month}[rule["FREQ"]]


def is_weekday(rule: dict, day: date, number: int, name: str) -> bool:
    if day.weekday() != DAYS.index(name):
        return False
    if not number:
        return True
    if rule["FREQ"] == "MONTHLY" or "BYMONTH" in rule:
        place, length = day.day, length_of_month(day)
    else:
        place, length = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
    return number in {(place - 1) // 7 + 1, -((length - place) // 7 + 1)}


def length_of_month(day: date) -> int:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1).toordinal() - day.replace(day=1).toordinal()


# -- rules ----------------------------------------------------------------------------------------------------


@some.composite
def rules(draw) -> dict:
    frequency = draw(some.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"COUNT": some.integers(1, 40)}
    plain = some.lists(some.tuples(some.just(0), some.sampled_from(DAYS)), min_size=1, max_size=4, unique=True)
    months = some.lists(some.integers(1, 12), min_size=1, max_size=4, unique=True)
    if frequency == "DAILY":
        parts |= draw(some.sampled_from([{"INTERVAL": some.integers(2, 40)}, {"BYDAY": plain, "BYMONTH": months}]))
    else:
        parts |= {"INTERVAL": some.integers(1, 5), "BYMONTH": months, "WKST": some.sampled_from(DAYS), "BYDAY": plain}
    if frequency in ("MONTHLY", "YEARLY"):
        numbers = some.sampled_from([1, 2, 4, 5, -1, -2])
        numbered = some.lists(some.tuples(numbers, some.sampled_from(DAYS)), min_size=1, max_size=3, unique=True)
        monthdays = some.integers(-31, 31).filter(bool)
        parts |= {
            "BYDAY": some.one_of(plain, numbered),
            "BYMONTHDAY": some.lists(monthdays, min_size=1, max_size=6, unique=True),
            "BYSETPOS": some.lists(some.sampled_from([1, 2, 3, -1, -2]), min_size=1, max_size=2, unique=True),
        }
    chosen = draw(some.sets(some.sampled_from(sorted(parts))))
    return {"FREQ": frequency, **{name: draw(parts[name]) for name in sorted(chosen)}}


def written(rule: dict) -> str:
    return ";".join(f"{name}={text_of(value)}" for name, value in rule.items())


def text_of(value: object) -> str:
    if isinstance(value, list):
        return ",".join(text_of(item) for item in value)
    return f"{value[0] or ''}{value[1]}" if isinstance(value, tuple) else str(value)


STARTS = some.datetimes(at("2025-01-01"), at("2028-12-31")).map(lambda moment: moment.replace(second=0))


@pytest.mark.parametrize("zone", [PARIS, LORD_HOWE], ids=str)
@given(rule=rules(), start=STARTS)
@example(rule={"FREQ": "DAILY"}, start=at("2026-03-20T02:15"))
@example(rule={"FREQ": "MONTHLY", "BYDAY": [(5, "SU"), (-1, "MO")]}, start=at("2026-01-01T02:30"))
@example(
    rule={"FREQ": "WEEKLY", "INTERVAL": 2, "WKST": "SU", "BYDAY": [(0, "TU"), (0, "SU")]}, start=at("1997-08-05T00:00")
)
@example(rule={"FREQ": "YEARLY"}, start=at("2028-02-29T12:00"))
def test_a_rule_names_the_days_that_a_walk_over_every_day_finds(zone, rule, start):
    start_at = start.replace(tzinfo=zone).astimezone(UTC)
    local = start_at.astimezone(zone)
    last = start_at + YEARS
    found = list(between(written(rule), start_at, zone, start_at, last))
    days = [moment.astimezone(zone).date() for moment in found]
    assert days == list(walk(rule, local.date(), last.astimezone(zone).date()))[: len(days)]
    assert len(days) >= len(list(walk(rule, local.date(), (last - timedelta(days=2)).astimezone(zone).date())))
    for moment, day in zip(found[1:], days[1:], strict=True):
        assert moment.astimezone(zone).time() == local.time() or is_skipped(day, local.time(), zone)


def is_skipped(day: date, clock: time, zone: ZoneInfo) -> bool:
    local = datetime.combine(day, clock, zone)
    return local.astimezone(UTC).astimezone(zone).time() != clock


def moments(rule: str, start: str, zone: ZoneInfo, days: int = 4) -> list[str]:
    start_at = datetime.fromisoformat(start).replace(tzinfo=zone)
    return [f"{one:%d %H:%M}" for one in between(rule, start_at, zone, start_at, start_at + timedelta(days=days))]


def test_the_local_time_of_day_stays_when_the_clocks_change():
    assert moments("FREQ=DAILY", "2026-03-27T09:00", PARIS) == [
        "27 08:00",
        "28 08:00",
        "29 07:00",
        "30 07:00",
        "31 07:00",
    ]
    assert moments("FREQ=DAILY", "2026-10-24T09:00", PARIS, 2) == ["24 07:00", "25 08:00", "26 08:00"]
    assert moments("FREQ=DAILY", "2026-10-03T09:00", LORD_HOWE, 2) == ["02 22:30", "03 22:00", "04 22:00"]


def test_a_skipped_time_comes_right_after_the_gap_and_a_doubled_one_the_first_time():
    assert moments("FREQ=DAILY", "2026-03-28T02:30", PARIS, 2) == ["28 01:30", "29 01:00", "30 00:30"]
    assert moments("FREQ=DAILY", "2026-10-24T02:30", PARIS, 2) == ["24 00:30", "25 00:30", "26 01:30"]
    assert moments("FREQ=DAILY", "2026-10-03T02:10", LORD_HOWE, 2) == ["02 15:40", "03 15:30", "04 15:10"]


@pytest.mark.parametrize(
    ("until", "days"),
    [
        ("20260107", ["05", "06", "07"]),
        ("20260107T090000", ["05", "06", "07"]),
        ("20260107T085959", ["05", "06"]),
        # 09:00 in Paris is 08:00Z.
        ("20260107T080000Z", ["05", "06", "07"]),
        ("20260107T075959Z", ["05", "06"]),
    ],
)
def test_an_end_is_a_day_a_local_time_or_an_instant(until, days):
    assert [text[:2] for text in moments(f"FREQ=DAILY;UNTIL={until}", "2026-01-05T09:00", PARIS, 30)] == days


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "syntax"),
        ("WEEKLY", "syntax"),
        ("FREQ=WEEKLY;", "syntax"),
        ("FREQ=WEEKLY;FREQ=DAILY", "syntax"),
        ("FREQ=WEEKLY\nEXDATE:20260101", "frequency"),
        ("INTERVAL=2", "frequency"),
        ("FREQ=HOURLY", "frequency"),
        ("FREQ=SECONDLY;COUNT=3", "frequency"),
        ("FREQ=DAILY;BYHOUR=9,15", "part"),
        ("FREQ=DAILY;BYMONTHDAY=1", "part"),
        ("FREQ=WEEKLY;BYSETPOS=1", "part"),
        ("FREQ=YEARLY;BYEASTER=0", "part"),
        ("FREQ=YEARLY;BYWEEKNO=20", "part"),
        ("FREQ=DAILY;INTERVAL=0", "value"),
        ("FREQ=DAILY;INTERVAL=-1", "value"),
        ("FREQ=DAILY;INTERVAL=1000", "value"),
        ("FREQ=DAILY;COUNT=0", "value"),
        ("FREQ=DAILY;COUNT=99999", "value"),
        ("FREQ=WEEKLY;BYDAY=XX", "value"),
        ("FREQ=WEEKLY;BYDAY=1MO", "value"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "value"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "value"),
        ("FREQ=YEARLY;BYMONTH=13", "value"),
        ("FREQ=DAILY;UNTIL=20261301", "value"),
        ("FREQ=DAILY;UNTIL=tomorrow", "value"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "two_ends"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "combination"),
        ("FREQ=DAILY;UNTIL=20250101", "no_day"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "no_day"),
        ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31", "no_day"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "no_day"),
        ("FREQ=YEARLY;BYDAY=MO;BYSETPOS=-366", "no_day"),
        ("FREQ=YEARLY;BYDAY=MO;BYSETPOS=367", "value"),
        ("FREQ=YEARLY;BYDAY=MO;BYSETPOS=1,-999", "value"),
    ],
)
def test_a_rule_without_sense_or_finer_than_daily_is_refused(rule, code):
    with pytest.raises(ValidationError) as refusal:
        check_rule(rule, JANUARY, PARIS)
    assert refusal.value.code == code


@pytest.mark.parametrize("year", [1999, 2026, 2028, 2095])
def test_a_day_that_never_comes_is_looked_for_in_some_years_and_not_in_thousands(year, monkeypatch):
    looked = []
    rebuild = library._iterinfo.rebuild
    monkeypatch.setattr(
        library._iterinfo, "rebuild", lambda info, *month: looked.append(month) or rebuild(info, *month)
    )
    with pytest.raises(ValidationError):
        check_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", JANUARY.replace(year=year), PARIS)
    assert 10 <= len(looked) < 400


@given(rule=rules(), start=STARTS)
def test_a_rule_is_refused_only_when_it_names_no_day_for_ten_years(rule, start):
    with pytest.raises(ValidationError) if is_nowhere(rule, start) else nullcontext():
        check_rule(written(rule), start.replace(tzinfo=UTC), UTC_ZONE)


def is_nowhere(rule: dict, start: datetime) -> bool:
    return not list(walk(rule, start.date(), start.date() + timedelta(days=3652)))
