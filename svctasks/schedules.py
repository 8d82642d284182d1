"""When a task may run: always, or by the organization's working hours or the task's own week."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from core.models import Organization
from core.zones import local_moment
from scheduling.intervals import Interval, merge, subtract
from scheduling.minutes import DAY, clock
from scheduling.working_hours import working_hours
from svctasks.due import INSTANT, Rule
from svctasks.models import ServiceTask

ONE_DAY = timedelta(days=1)
Schedule = ServiceTask.Schedule


def rule_of(task: ServiceTask) -> Rule:
    """Its due moments; of a single one the anchor alone."""
    if not task.is_regular:
        return Rule(task.anchor, None, task.stops_at)
    zone = task.organization.zone if task.clock == ServiceTask.Clock.LOCAL else None
    return Rule(task.anchor, timedelta(seconds=task.interval_seconds), task.stops_at, zone)


def opening_of(task: ServiceTask, start: datetime, end: datetime) -> list[Interval] | None:
    """When its schedule is open from the start to the end, both included, and maybe beyond; None: always."""
    if task.schedule == Schedule.ALWAYS:
        return None
    if task.schedule == Schedule.INDIVIDUAL:
        return own_hours(task.periods, task.organization, start, end)
    hours = working_hours(task.organization, start, end)
    return hours if task.schedule == Schedule.WORK else subtract([Interval(start, end + INSTANT)], hours)


def own_hours(periods: list[dict], organization: Organization, start: datetime, end: datetime) -> list[Interval]:
    """Periods of the local week (minutes from Monday 00:00) over real days."""
    zone = organization.zone
    return merge(
        Interval(opens, closes)
        for monday in _mondays(start.astimezone(zone).date(), end.astimezone(zone).date())
        for period in periods
        if (opens := local_moment(*_of_week(monday, period["start"]), zone))
        < (closes := local_moment(*_of_week(monday, period["stop"]), zone))
    )


def _mondays(first: date, last: date) -> Iterator[date]:
    """Of every week that touches these days."""
    monday = first - ONE_DAY * first.weekday()
    while monday <= last:
        yield monday
        monday += ONE_DAY * 7


def _of_week(monday: date, minute: int) -> tuple[date, time]:
    return monday + ONE_DAY * (minute // DAY), clock(minute % DAY)
