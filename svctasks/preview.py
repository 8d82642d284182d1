"""The moments at which a task will run next, as its own rules and its organization's clocks have them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from svctasks.due import INSTANT, Coming, first_after, open_moments, told
from svctasks.models import ServiceTask
from svctasks.schedules import opening_of, rule_of

# Looked through piece by piece; a task with no open moment in so many years from its first has none that matters.
PIECE = timedelta(days=60)
HORIZON = timedelta(days=3653)
END_OF_TIME = datetime(9980, 1, 1, tzinfo=UTC)


def coming(task: ServiceTask, count: int, now: datetime) -> list[Coming]:
    """Of a disabled task, what would be due if it were enabled now."""
    zone = task.organization.zone
    return [told(rule_of(task), moment, zone) for moment in islice(_moments(task, now), count)]


def _moments(task: ServiceTask, now: datetime) -> Iterator[datetime]:
    if task.is_regular:
        yield from _regular(task, now)
    elif not task.is_spent:
        yield from _single(task, now)


def _far(moment: datetime) -> datetime:
    """The end of a search that begins there; no search where the calendar ends."""
    return moment + HORIZON if moment < END_OF_TIME else moment


def _regular(task: ServiceTask, now: datetime) -> Iterator[datetime]:
    yield from open_between(task, now, _far(first_after(rule_of(task), now) or now))


def open_between(task: ServiceTask, after: datetime, end: datetime) -> Iterator[datetime]:
    """The due moments of a regular task in (after, end) within its schedule."""
    rule = rule_of(task)
    moment = first_after(rule, after)
    while moment is not None and moment < end:
        piece = min(moment + PIECE, end)
        yield from open_moments(rule, moment, piece, opening_of(task, moment, piece))
        moment = first_after(rule, piece - INSTANT)


def _single(task: ServiceTask, now: datetime) -> Iterator[datetime]:
    """When it will be run: at its anchor, or late, as soon as its schedule is open."""
    moment = max(now, task.anchor)
    end = _far(moment)
    while moment < end:
        opening = opening_of(task, moment, moment + PIECE)
        opens = (
            moment if opening is None else next((max(moment, one.start) for one in opening if one.end > moment), None)
        )
        if opens is not None:
            if task.stops_at is None or opens < task.stops_at:
                yield opens
            return
        moment += PIECE
