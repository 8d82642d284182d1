"""Places in a column of hours, in minutes of the clock on the wall. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.admin.dispatch_days import classes
from scheduling.intervals import Interval

# The grid, and the least height at which a card can be read: minutes.
GRID, LEAST = 5, 15
DAY = 24 * 60
# More than so many beside each other stand over each other.
MOST_LANES = 8


class Part(NamedTuple):
    """What of something lies in a day: minutes since midnight as the clock shows them."""

    first: int
    last: int


class Hour(NamedTuple):
    label: str
    place: str


def part_of(interval: Interval, day: date, zone: ZoneInfo) -> Part | None:
    """None where it lies on other days. What the clock shows twice lies over what it showed first."""
    first, last = _minute(interval.start, day, zone), _minute(interval.end, day, zone)
    if last == 0 or first == DAY:
        return None
    return Part(first, max(last, min(first + GRID, DAY)))


def _minute(moment: datetime, day: date, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else DAY
    return local.hour * 60 + local.minute


def lanes(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """(its lane, how many lanes there are) for each part: those that share a time stand beside each other."""
    order = sorted(range(len(parts)), key=lambda number: parts[number])
    found = [(0, 1)] * len(parts)
    group: list[int] = []
    ends: list[int] = []
    for number in order:
        part = parts[number]
        if ends and part.first >= max(ends):
            _close(group, ends, found)
            group, ends = [], []
        lane = next((lane for lane, end in enumerate(ends) if end <= part.first), len(ends))
        ends[lane : lane + 1] = [_foot(part)]
        found[number] = (lane, 0)
        group.append(number)
    _close(group, ends, found)
    return found


def _foot(part: Part) -> int:
    """Where its card ends: the least height counts."""
    return max(part.last, part.first + LEAST)


def _close(group: list[int], ends: list[int], found: list[tuple[int, int]]) -> None:
    for number in group:
        found[number] = (found[number][0], len(ends))


class Window(NamedTuple):
    """The hours that are shown."""

    first: int
    last: int

    @classmethod
    def around(cls, parts: Iterable[Part], usual: Part) -> "Window":
        """The full hours that hold these and the usual ones."""
        parts = [usual, *parts]
        first, last = min(part.first for part in parts), max(part.last for part in parts)
        return cls(first // 60 * 60, min(ceil(last / 60) * 60, DAY))

    @property
    def halves(self) -> int:
        return (self.last - self.first) // 30

    def hours(self) -> list[Hour]:
        return [
            Hour(f"{minute // 60:02d}:00", classes(minute - self.first, 60))
            for minute in range(self.first, self.last, 60)
        ]

    def place(self, part: Part, least: int = LEAST, lane: int = 0, among: int = 1) -> str | None:
        """The style classes that put it there: `s t` from the top, `l k` its height, `beside n c` its lane."""
        start = max(part.first, self.first) // GRID * GRID
        end = min(part.last, self.last)
        if end <= start:
            return None
        length = min(max(ceil((end - start) / GRID) * GRID, least), self.last - self.first)
        top = min(start, self.last - length) - self.first
        beside = f" beside n{min(among, MOST_LANES)} c{min(lane, MOST_LANES - 1)}" if among > 1 else ""
        return classes(top, length) + beside


def gaps(parts: Iterable[Part], window: Window) -> list[Part]:
    """What these leave of the window."""
    left, first = [], window.first
    for part in sorted(parts):
        if part.first > first:
            left.append(Part(first, part.first))
        first = max(first, part.last)
    return [*left, Part(first, window.last)] if first < window.last else left
