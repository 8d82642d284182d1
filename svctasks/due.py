"""The due moments of a task and what becomes of those that are past [contract 50]. Pure: no clock, no rows.

A regular task is due at anchor + n * step; by a local clock, n counts local days at the anchor's wall clock. Moments m:
anchor ≤ m < stop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.zones import is_doubled, local_moment
from scheduling.intervals import Interval, merge

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
OUTSIDE, MISFIRE = "outside_schedule", "misfire"


@dataclass(frozen=True)
class Rule:
    """`step`: between two moments; None for the anchor alone. `zone`: step is whole local days there."""

    anchor: datetime
    step: timedelta | None
    stop: datetime | None = None
    zone: ZoneInfo | None = None


@dataclass(frozen=True)
class Skips:
    """Moments in a row, `count` of them from `first` to `last`, that were not run for the same reason."""

    reason: str
    first: datetime
    last: datetime
    count: int


def first_after(rule: Rule, moment: datetime) -> datetime | None:
    """The first due moment later than this one; None when there is none."""
    if moment < rule.anchor:
        return _within(rule, rule.anchor)
    if rule.step is None:
        return None
    try:
        return _within(rule, _next(rule, rule.step, moment))
    except OverflowError:
        return None


def first_from(rule: Rule, moment: datetime) -> datetime | None:
    """The first due moment that is this one or later."""
    return first_after(rule, moment - INSTANT)


def last_until(rule: Rule, moment: datetime) -> datetime | None:
    """The last due moment that is this one or earlier; None when there is none."""
    if rule.stop is not None and moment >= rule.stop:
        moment = rule.stop - INSTANT
    if moment < rule.anchor:
        return None
    if rule.step is None:
        return rule.anchor
    return _previous(rule, rule.step, moment)


def count_between(rule: Rule, first: datetime, last: datetime) -> int:
    """How many moments from the due moment `first` to the due moment `last`."""
    if rule.step is None or first == last:
        return 1
    if rule.zone is None:
        return (last - first) // rule.step + 1
    return sum(1 for _moment in _moments(rule, first, last))


def _within(rule: Rule, moment: datetime) -> datetime | None:
    return moment if rule.stop is None or moment < rule.stop else None


def _next(rule: Rule, step: timedelta, moment: datetime) -> datetime:
    if rule.zone is None:
        return rule.anchor + ((moment - rule.anchor) // step + 1) * step
    number = _near(rule, rule.zone, step, moment)
    while (found := _local(rule, rule.zone, step, number)) <= moment:
        number += 1
    return found


def _previous(rule: Rule, step: timedelta, moment: datetime) -> datetime:
    if rule.zone is None:
        return rule.anchor + ((moment - rule.anchor) // step) * step
    number = _near(rule, rule.zone, step, moment)
    while _local(rule, rule.zone, step, number + 1) <= moment:
        number += 1
    return _local(rule, rule.zone, step, number)


def _near(rule: Rule, zone: ZoneInfo, step: timedelta, moment: datetime) -> int:
    """A number whose moment is not later than this one, and near it."""
    days = (moment.astimezone(zone).date() - rule.anchor.astimezone(zone).date()).days
    # A day's moment may lie on the next day, where the clocks skip a whole day.
    return max(0, days // step.days - 2)


def _local(rule: Rule, zone: ZoneInfo, step: timedelta, number: int) -> datetime:
    if number == 0:
        return rule.anchor
    wall = rule.anchor.astimezone(zone)
    return local_moment(wall.date() + number * step, wall.time().replace(fold=0), zone)


def _moments(rule: Rule, first: datetime, last: datetime) -> Iterator[datetime]:
    """The due moments in [first, last], each once."""
    moment = first_from(rule, first)
    while moment is not None and moment <= last:
        yield moment
        moment = first_after(rule, moment)


# -- what becomes of them -----------------------------------------------------------------------------------


def account(
    rule: Rule, after: datetime, now: datetime, opening: list[Interval] | None, patience: timedelta
) -> tuple[list[Skips], datetime | None]:
    """The moments in (after, now]: those that are skipped, in order, and the one that is run, if any.

    Those outside `opening` (None: always open) are skipped; of the others the last is run, once for all of them,
    unless it is late by more than `patience`; those before it were missed.
    """
    spans = [(is_open, *found) for is_open, *span in _spans(after, now, opening) if (found := _ends(rule, *span))]
    last_open = next((last for is_open, _first, last in reversed(spans) if is_open), None)
    chosen = last_open if last_open is not None and now - last_open <= patience else None
    skips: list[Skips] = []
    for is_open, first, last in spans:
        _add(skips, rule, MISFIRE if is_open else OUTSIDE, first, last, chosen)
    return skips, chosen


def _spans(after: datetime, now: datetime, opening: list[Interval] | None) -> Iterator[tuple[bool, datetime, datetime]]:
    """(open?, start, end) that cover (after, now] in order, each half-open."""
    start, end = after + INSTANT, now + INSTANT
    for hours in [Interval(start, end)] if opening is None else merge(opening):
        if hours.end <= start or hours.start >= end:
            continue
        if hours.start > start:
            yield False, start, hours.start
        yield True, max(start, hours.start), min(end, hours.end)
        start = min(end, hours.end)
    if start < end:
        yield False, start, end


def _ends(rule: Rule, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    """The first and the last due moment in [start, end)."""
    first, last = first_from(rule, start), last_until(rule, end - INSTANT)
    return (first, last) if first is not None and last is not None and first <= last else None


def _add(skips: list[Skips], rule: Rule, reason: str, first: datetime, last: datetime, chosen: datetime | None) -> None:
    """The moments of a span but the chosen one, which is its last if it is among them."""
    if last == chosen:
        before = last_until(rule, last - INSTANT)
        if first == last or before is None:
            return
        last = before
    count = count_between(rule, first, last)
    follows = skips and not (chosen and skips[-1].last < chosen < first)
    if follows and skips[-1].reason == reason:
        first, count = skips[-1].first, count + skips.pop().count
    skips.append(Skips(reason, first, last, count))


# -- what is to come ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coming:
    """`is_skipped`: the wall clock never shows the time that was meant; `is_doubled`: it shows this time twice."""

    due: datetime
    local: datetime
    is_skipped: bool
    is_doubled: bool


def told(rule: Rule, due: datetime, zone: ZoneInfo) -> Coming:
    """A due moment as the wall clock of the zone shows it."""
    local = due.astimezone(zone)
    wanted = rule.zone and rule.anchor.astimezone(rule.zone).time().replace(fold=0)
    is_skipped = wanted is not None and due != rule.anchor and local.time().replace(fold=0) != wanted
    return Coming(due.astimezone(UTC), local, is_skipped, is_doubled(local))


def open_moments(rule: Rule, first: datetime, end: datetime, opening: list[Interval] | None) -> Iterator[datetime]:
    """The due moments in [first, end) that lie within `opening` (None: all of them)."""
    for hours in [Interval(first, end)] if opening is None else merge(opening):
        start, stop = max(first, hours.start), min(end, hours.end)
        if start < stop:
            yield from _moments(rule, start, stop - INSTANT)
