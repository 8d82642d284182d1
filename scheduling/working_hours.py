"""When an organization works: its timetable, else weekdays from 9 to 18 o'clock, but for special days [contract 50]."""

from datetime import date, datetime, time, timedelta

from core.models import Organization
from scheduling.intervals import Days, Interval, LocalRange, Week, opening
from scheduling.models import SchedulingSettings, Workday

USUAL: Week = {weekday: [LocalRange(time(9), time(18))] for weekday in range(5)}


def working_hours(organization: Organization, start: datetime, end: datetime) -> list[Interval]:
    """At least from the start to the end; in order."""
    zone, day = organization.zone, timedelta(days=1)
    first, last = start.astimezone(zone).date() - day, end.astimezone(zone).date() + day
    timetable = SchedulingSettings.of(organization).timetable
    week = timetable.week() if timetable else USUAL
    exceptions = timetable.exceptions(first, last) if timetable else {}
    return opening(first, last, week, exceptions | _workdays(organization, week, first, last), zone)


def _workdays(organization: Organization, week: Week, first: date, last: date) -> Days:
    annual: dict[tuple[int, int], list[LocalRange]] = {}
    dated: Days = {}
    for row in Workday.objects.filter(organization=organization):
        if row.is_annual:
            annual[row.day.month, row.day.day] = row.hours(week)
        elif first <= row.day <= last:
            dated[row.day] = row.hours(week)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1)) if annual else ()
    yearly = {day: annual[day.month, day.day] for day in days if (day.month, day.day) in annual}
    return yearly | dated
