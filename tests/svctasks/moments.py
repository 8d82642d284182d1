"""The due moments of a task and what becomes of them, by counting: slow, and too simple to be wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, groupby
from zoneinfo import ZoneInfo

from svctasks.due import Rule, Skips

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def first_showing(wanted: datetime, zone: ZoneInfo) -> datetime:
    """The first instant whose wall clock shows this naive time, or, where it is skipped, a later one."""
    around = [wanted.replace(tzinfo=UTC) + number * HOUR for number in range(-36, 37)]
    offsets = {moment.astimezone(zone).utcoffset() for moment in around}
    shown = [moment for offset in offsets if wall(moment := (wanted - offset).replace(tzinfo=UTC), zone) == wanted]
    if shown:
        return min(shown)
    start = (wanted - max(offsets)).replace(tzinfo=UTC, second=0, microsecond=0)
    return next(moment for number in count() if wall(moment := start + number * MINUTE, zone) > wanted)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def moments(rule: Rule, until: datetime) -> list[datetime]:
    """All due moments until then, one by one."""
    found: list[datetime] = []
    for moment in _endless(rule):
        if moment > until or (rule.stop and moment >= rule.stop):
            break
        if not found or moment > found[-1]:
            found.append(moment)
        if rule.step is None:
            break
    return found


def _endless(rule: Rule) -> Iterator[datetime]:
    yield rule.anchor
    for number in count(1):
        if rule.zone is None:
            yield rule.anchor + number * rule.step
        else:
            yield first_showing(wall(rule.anchor, rule.zone) + number * rule.step, rule.zone)


def is_open(moment: datetime, opening) -> bool:
    return opening is None or any(hours.start <= moment < hours.end for hours in opening)


def judged(rule: Rule, after: datetime, now: datetime, opening, patience) -> tuple[list[Skips], datetime | None]:
    """As due.account: each moment's fate, and neighbours of the same in one."""
    due = [moment for moment in moments(rule, now) if moment > after]
    last_open = next((moment for moment in reversed(due) if is_open(moment, opening)), None)
    chosen = last_open if last_open and now - last_open <= patience else None

    def fate(moment: datetime) -> str:
        if moment == chosen:
            return ""
        return "misfire" if is_open(moment, opening) else "outside_schedule"

    rows = [(reason, list(group)) for reason, group in groupby(due, fate)]
    return [Skips(reason, row[0], row[-1], len(row)) for reason, row in rows if reason], chosen
