"""When something can start in a calendar. Pure: whole seconds since the epoch, half-open spans `[start, end)`.

One set of functions lists the free starts, judges a single one and says what is wrong with it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

Span = tuple[int, int]


class Need(NamedTuple):
    """What is to be placed, in seconds: its length, and what is to be kept free before and after it."""

    length: int
    before: int
    after: int


class CalendarTime(NamedTuple):
    """What is known of a calendar in some window.

    openings: when it is open, one span an opening, each the origin of its own steps of `step` seconds; closed: what
    takes it whole; seats: for each seat what takes that seat; unnamed: starts that no local clock can tell apart.
    """

    openings: Sequence[Span]
    step: int
    closed: Sequence[Span]
    seats: Sequence[Sequence[Span]]
    unnamed: Sequence[Span] = ()


class Judgement(NamedTuple):
    """Of one start. free_seats: those that are free for its whole length, buffers included, in order."""

    is_open: bool
    is_on_step: bool
    is_named: bool
    is_closed: bool
    free_seats: list[int]

    @property
    def is_free(self) -> bool:
        return not self.is_closed and bool(self.free_seats)


def judge(time: CalendarTime, need: Need, start: int) -> Judgement:
    closed_gaps = starts_in(gaps(time.closed), need)
    return Judgement(
        is_open=holds(open_starts(time, need), start),
        is_on_step=any(
            start >= first and (start - first) % time.step == 0 and start < end for first, end in time.openings
        ),
        is_named=not any(first <= start < end for first, end in time.unnamed),
        is_closed=not holds(closed_gaps, start),
        free_seats=[number for number, taken in enumerate(time.seats) if holds(starts_in(gaps(taken), need), start)],
    )


def free_starts(time: CalendarTime, need: Need, window: Span) -> dict[int, int]:
    """Every start on a step in the window that can be had → how many seats are free for it; in order."""
    grid = steps(tuple(time.openings), time.step, tuple(time.unnamed), need.length, window)
    # At each place of the grid, by how many more or fewer seats are free than at the one before.
    changes = [0] * (len(grid) + 1)
    for taken in time.seats:
        for first, last in starts_in(gaps([*time.closed, *taken]), need):
            changes[bisect_left(grid, first)] += 1
            changes[bisect_right(grid, last)] -= 1
    return {start: count for start, count in zip(grid, accumulate(changes), strict=False) if count}


# Calendars of one organization keep the same hours as a rule: laid out for each of 50, this was a fifth of their time.
# No more are kept, as three months of minutes are megabytes.
@lru_cache(maxsize=4)
def steps(
    openings: tuple[Span, ...], step: int, unnamed: tuple[Span, ...], length: int, window: Span
) -> tuple[int, ...]:
    """The starts in the window that opening hours and steps allow, and that a local clock can name, in order."""
    spans = merged(openings)
    firsts = [first for first, _end in spans]
    found: set[int] = set()
    for origin, end in openings:
        span_end = spans[bisect_right(firsts, origin) - 1][1]
        low, high = max(origin, window[0]), min(span_end - length, end - 1, window[1] - 1)
        found.update(range(origin + -(-(low - origin) // step) * step, high + 1, step))
    if unnamed:
        found = {start for start in found if not any(first <= start < end for first, end in unnamed)}
    return tuple(sorted(found))


def open_starts(time: CalendarTime, need: Need) -> list[Span]:
    """`(first, last)`, both included, of the starts whose whole length lies in opening hours."""
    return [(first, end - need.length) for first, end in merged(time.openings) if end - need.length >= first]


# Far past any instant: year 9999 has some 2.5e11 seconds.
EVER: Span = (-(2**40), 2**40)


def gaps(taken: Iterable[Span]) -> list[Span]:
    """What is left of all time."""
    left: list[Span] = []
    first = EVER[0]
    for start, end in merged(taken):
        left.append((first, start))
        first = end
    return [*left, (first, EVER[1])]


def starts_in(free: Iterable[Span], need: Need) -> list[Span]:
    """`(first, last)`, both included, of the starts that fit into these gaps with what is kept free."""
    fitting = ((first + need.before, end - need.length - need.after) for first, end in free)
    return [(first, last) for first, last in fitting if last >= first]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same seconds in as few spans, in order; those that touch become one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def holds(ranges: Iterable[Span], start: int) -> bool:
    """Whether one of these `(first, last)`, both included, holds it."""
    return any(first <= start <= last for first, last in ranges)
