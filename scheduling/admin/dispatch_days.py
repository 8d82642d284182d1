"""Local days as they really pass, with the hours that clocks skip or repeat, and places in them. Pure."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.zones import local_moment
from scheduling.intervals import Interval

HOUR = 60
# The board's grid, and the least width at which a card can be read and taken hold of: minutes.
STEP, LEAST = 5, 15


class Hour(NamedTuple):
    """`place`: the style classes that put it into the window."""

    label: str
    place: str


@dataclass(frozen=True)
class Day:
    """From one local midnight to the next: 23, 24 or 25 hours, or what else the clocks make of it."""

    date: date
    zone: ZoneInfo

    @cached_property
    def start(self) -> datetime:
        return local_moment(self.date, time(0), self.zone)

    @cached_property
    def end(self) -> datetime:
        return local_moment(self.date + timedelta(days=1), time(0), self.zone)

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.end)

    @property
    def minutes(self) -> int:
        return self.minute_of(self.end)

    def minute_of(self, moment: datetime) -> int:
        """How long after midnight; before it, negative."""
        return int((moment - self.start).total_seconds() // 60)

    def moment(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)

    def local(self, minute: int) -> datetime:
        return self.moment(minute).astimezone(self.zone)

    def whole(self) -> "Window":
        return Window(self, 0, self.minutes)

    def window(self, intervals: list[Interval]) -> "Window":
        """The full hours that hold these intervals."""
        first = min((self.minute_of(one.start) for one in intervals), default=0)
        last = max((-self.minute_of(one.end) // HOUR * -HOUR for one in intervals), default=self.minutes)
        return Window(self, max(first, 0) // HOUR * HOUR, min(last, self.minutes))


@dataclass(frozen=True)
class Window:
    """The part of the day that the board shows, in minutes since midnight."""

    day: Day
    first: int
    last: int

    @property
    def halves(self) -> int:
        """Its length in half hours, which even a clock change by half an hour keeps whole."""
        return (self.last - self.first) // 30

    def hours(self) -> list[Hour]:
        """A label for each hour that passes, as the local clock shows it; with the zone where it shows it twice."""
        shown = Counter(f"{self.day.local(minute):%H:%M}" for minute in range(0, self.day.minutes, HOUR))
        hours = []
        for minute in range(self.first, self.last, HOUR):
            label = f"{self.day.local(minute):%H:%M}"
            zone = f" {self.day.local(minute):%Z}" if shown[label] > 1 else ""
            hours.append(Hour(label + zone, classes(minute - self.first, min(HOUR, self.last - minute))))
        return hours

    def place(self, interval: Interval, least: int = LEAST) -> str | None:
        """The style classes that put it there; None where it lies outside."""
        room = self.last - self.first
        start = max(self.day.minute_of(interval.start) - self.first, 0) // STEP * STEP
        end = min(self.day.minute_of(interval.end) - self.first, room)
        if end <= start:
            return None
        length = min(max(ceil((end - start) / STEP) * STEP, least), room)
        return classes(min(start, room - length), length)

    def is_late(self, interval: Interval) -> bool:
        """Whether it begins in the second half."""
        return self.day.minute_of(interval.start) > (self.first + self.last) / 2


def classes(start: int, length: int) -> str:
    """`s2 t9 l1 k6`: 2 h 45 min from the left, 1 h 30 min long; the style sheet knows hours and five minutes."""
    return f"s{start // HOUR} t{start % HOUR // STEP} l{length // HOUR} k{length % HOUR // STEP}"


def days_of(view: str, day: date, zone: ZoneInfo) -> list[Day]:
    """The day alone, or its week from Monday."""
    if view == "day":
        return [Day(day, zone)]
    monday = day - timedelta(days=day.weekday())
    return [Day(monday + timedelta(days=number), zone) for number in range(7)]
