"""A calendar's time, as the hand-written server lays it out.

The sweep over seconds itself is that of `appointments.availability`, which is plain Python: it is not what is compared.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from appointments.availability import CalendarTime, Need, Span, free_starts
from bench import fastapi_appointments_sql as sql

DAY = timedelta(days=1)
SEATED = {"appointment", "hold"}


def need_of(services: list[asyncpg.Record]) -> Need:
    length = sum(service["length"] for service in services) * 60
    return Need(length, services[0]["buffer_before"] * 60, services[-1]["buffer_after"] * 60)


async def times(
    connection: asyncpg.Connection, zone: ZoneInfo, calendars: list, need: Need, start: datetime, end: datetime
) -> dict[int, CalendarTime]:
    """Of each calendar, by its id, as far as starts from `start` to `end` are concerned."""
    begin = start - timedelta(seconds=need.before) - DAY
    last = end + timedelta(seconds=need.length + need.after) + DAY
    resources, ids = [one["resource_id"] for one in calendars], [one["id"] for one in calendars]
    taken = await connection.fetch(sql.TAKEN, resources, ids, begin, last)
    by_number: dict[int, list] = {}
    for row in taken:
        by_number.setdefault(row["number"], []).append(row)
    return {one["id"]: _time(one, by_number, zone, begin, last) for one in calendars}


def _time(calendar: asyncpg.Record, taken: dict[int, list], zone: ZoneInfo, begin: datetime, last: datetime):
    openings = _openings(calendar["opening_hours"], zone, begin.astimezone(zone).date(), last.astimezone(zone).date())
    closed: list[Span] = []
    seats: list[list[Span]] = [[] for _ in range(calendar["capacity"])]
    for row in taken.get(calendar["resource_id"], []):
        span = (row["first"], row["last"])
        if row["kind"] not in SEATED:
            closed.append(span)
        elif row["seat"] < len(seats):
            seats[row["seat"]].append(span)
    events = [row for row in taken.get(calendar["id"], []) if row["kind"] in {"block", "opening"}]
    closed += [(row["first"], row["last"]) for row in events if row["kind"] == "block"]
    more = [(row["first"], row["last"]) for row in events if row["kind"] == "opening"]
    return CalendarTime([*openings, *more], calendar["slot_step"] * 60, closed, seats)


def _openings(hours: str, zone: ZoneInfo, first: date, last: date) -> list[Span]:
    weekly: dict[int, list] = {}
    for each in orjson.loads(hours):
        weekly.setdefault(each["day"], []).append(each)
    days = [first + number * DAY for number in range((last - first).days + 1)]
    return [_span(day, each["start"], each["end"], zone) for day in days for each in weekly.get(day.isoweekday(), [])]


@lru_cache(maxsize=20_000)
def _span(day: date, start: str, end: str, zone: ZoneInfo) -> Span:
    return _second(day, start, zone), _second(day + DAY, "00:00", zone) if end == "24:00" else _second(day, end, zone)


def _second(day: date, clock: str, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time.fromisoformat(clock), zone).timestamp())


def slots(found: dict[int, CalendarTime], need: Need, zone: ZoneInfo, start: datetime, end: datetime) -> list[dict]:
    """Each start once, with the calendars that have it."""
    window = (int(start.timestamp()), int(end.timestamp()))
    places: dict[int, dict[int, int]] = {}
    for pk, one in found.items():
        for moment, number in free_starts(one, need, window).items():
            places.setdefault(moment, {})[pk] = number
    return [
        {
            "start": local(datetime.fromtimestamp(moment, UTC), zone),
            "capacity": max(places[moment].values()),
            "calendar_ids": list(places[moment]),
        }
        for moment in sorted(places)
    ]


def local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(" ", "seconds")
