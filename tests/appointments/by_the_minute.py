"""A group's free starts by the plainest reasoning: each minute asked for itself, on the clock on the wall."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Minutes = set[datetime]


def minutes_between(start: datetime, end: datetime) -> Minutes:
    return {start + number * MINUTE for number in range((end - start) // MINUTE)}


def range_on(day: date, start: str, end: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From the first minute at which that day's clock shows the start or later, to the same of the end."""
    begin = datetime.combine(day, time(0), UTC) - 2 * DAY
    shown = [begin + number * MINUTE for number in range(5 * 1440)]
    of_day = [moment for moment in shown if moment.astimezone(zone).date() == day]
    after = of_day[-1] + MINUTE
    first = next((moment for moment in of_day if clock(moment, zone) >= start), after)
    last = next((moment for moment in of_day if clock(moment, zone) >= end), after)
    return (first, last) if first < last else None


def clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")


@dataclass
class Room:
    """A calendar: its ranges of real days, its step, and what its seats and it as a whole have taken."""

    step: int
    capacity: int
    ranges: list[tuple[datetime, datetime]]
    closed: Minutes = field(default_factory=set)
    seats: dict[int, Minutes] = field(default_factory=dict)

    def seats_at(self, start: datetime, length: int, before: int, after: int, zone: ZoneInfo) -> int:
        wanted = minutes_between(start, start + length * MINUTE)
        kept = minutes_between(start - before * MINUTE, start + (length + after) * MINUTE)
        opened = self.opened()
        if not self.is_on_step(start) or not wanted <= opened or start.astimezone(zone).fold or kept & self.closed:
            return 0
        return sum(not kept & self.seats.get(seat, set()) for seat in range(self.capacity))

    def is_on_step(self, start: datetime) -> bool:
        return any(
            first <= start < end and (start - first) % (self.step * MINUTE) == timedelta(0)
            for first, end in self.ranges
        )

    def opened(self) -> Minutes:
        return union(minutes_between(*each) for each in self.ranges)


def union(sets: Iterable[Minutes]) -> Minutes:
    found: Minutes = set()
    for each in sets:
        found |= each
    return found
