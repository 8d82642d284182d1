"""What opening hours come to: the next days of a calendar, with what makes each differ."""

from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.admin.planner_data import contents_of
from appointments.admin.planner_grid import Part, part_of
from appointments.models import BookingSettings, Calendar, CalendarEvent
from scheduling import holidays
from scheduling.admin.dispatch_days import Day
from scheduling.intervals import Interval, merge, subtract
from scheduling.models import BusyInterval

SHOWN = 7
Kind = CalendarEvent.Kind


def next_days(calendar: Calendar, first: date) -> list[dict]:
    """`{day, hours, notes}` for each of the next seven local days."""
    last = first + timedelta(days=SHOWN - 1)
    shown = Interval(Day(first, calendar.zone).start, Day(last, calendar.zone).end)
    content = contents_of([calendar], shown, first, last)[calendar.pk]
    closed = [Interval(one.start, one.end) for one in content.events if one.kind == Kind.BLOCK]
    closed += [one.interval for one in content.busy if one.source[0] == BusyInterval.Kind.ABSENCE]
    left = subtract(merge(content.open_hours), closed)
    notes = _notes(calendar, content, first, last)
    days = [first + timedelta(days=number) for number in range(SHOWN)]
    return [
        {
            "day": date_format(day, _("l j F")),
            "hours": ", ".join(_hours(part) for one in left if (part := part_of(one, day, calendar.zone))),
            "notes": ", ".join(notes.get(day, [])),
        }
        for day in days
    ]


def _hours(part: Part) -> str:
    return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in part)


def _notes(calendar: Calendar, content, first: date, last: date) -> dict[date, list[str]]:
    """Why a day is not as its weekday is usually."""
    notes: dict[date, list[str]] = {}
    country = BookingSettings.of(calendar.organization).holidays_country
    for day in holidays.between(country, "", first, last):
        notes.setdefault(day, []).append(_("public holiday"))
    for one in calendar.exceptions:
        notes.setdefault(date.fromisoformat(one["date"]), []).append(_("day that differs"))
    for event in content.events:
        text = str(event.get_kind_display()).lower()
        for day in _days_of(Interval(event.start, event.end), calendar):
            notes.setdefault(day, []).append(f"{text} ({event.text})" if event.text else text)
    for busy in content.busy:
        if busy.source[0] == BusyInterval.Kind.ABSENCE:
            for day in _days_of(busy.interval, calendar):
                notes.setdefault(day, []).append(_("absence"))
    return notes


def _days_of(interval: Interval, calendar: Calendar) -> list[date]:
    """Its local days, as far as they may be shown."""
    first, last = (instant.astimezone(calendar.zone).date() for instant in interval)
    return [first + timedelta(days=number) for number in range(min((last - first).days + 1, 400))]


def preview(calendar: Calendar) -> str:
    days = next_days(calendar, calendar.organization.local_date())
    return render_to_string("admin/appointments/week_preview.html", {"days": days})
