"""Half-open intervals `[start, end)`: of instants, and of a week's local hours laid over real days. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from core.zones import local_moment

Thing = TypeVar("Thing")


class Interval(NamedTuple):
    """Two aware instants, the start before the end."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Interval") -> bool:
        """Share a moment; touching ends share none."""
        return self.start < other.end and other.start < self.end


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments as few intervals, in order; those that touch become one."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return merged


def subtract(base: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """The moments of `base` that are in no hole, merged and in order."""
    left: list[Interval] = []
    merged_holes = merge(holes)
    for start, end in merge(base):
        for hole in merged_holes:
            if hole.end <= start or hole.start >= end:
                continue
            if hole.start > start:
                left.append(Interval(start, hole.start))
            start = hole.end
        if start < end:
            left.append(Interval(start, end))
    return left


def sharing_pairs(timed: Iterable[tuple[Interval, Thing]]) -> Iterator[tuple[Thing, Thing]]:
    """Every two things whose times share a moment, the earlier first; `timed` in the order of the starts."""
    running: list[tuple[Interval, Thing]] = []
    for interval, thing in timed:
        running = [one for one in running if one[0].end > interval.start]
        for _other, other in running:
            yield other, thing
        running.append((interval, thing))


def covers(intervals: Iterable[Interval], wanted: Interval) -> bool:
    """Whether every moment of `wanted` is in them."""
    return not subtract([wanted], intervals)


class LocalRange(NamedTuple):
    """Hours of a local day; an end of None is midnight at the end of the day."""

    start: time
    end: time | None


def on_day(day: date, hours: LocalRange, zone: ZoneInfo) -> Interval | None:
    """These local hours on this day; None where the clocks skip them whole.

    A skipped time is the first moment after the gap, a doubled one its first coming: the hours from 01:00 to 04:00
    are two long on the night that loses one, and four on the night that gets one back.
    """
    start = local_moment(day, hours.start, zone)
    end = local_moment(day, hours.end, zone) if hours.end else local_moment(day + timedelta(days=1), time(0), zone)
    return Interval(start, end) if start < end else None


Week = dict[int, list[LocalRange]]
Days = dict[date, list[LocalRange]]


def opening(first: date, last: date, week: Week, exceptions: Days, zone: ZoneInfo) -> list[Interval]:
    """When it is open from the first local day to the last, both included.

    `week`: weekday (Monday 0) → hours; `exceptions`: a day → its hours instead, none for closed.
    """
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    found = (on_day(day, hours, zone) for day in days for hours in exceptions.get(day, week.get(day.weekday(), [])))
    return merge(interval for interval in found if interval)
