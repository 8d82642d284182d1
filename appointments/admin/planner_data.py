"""What the calendar of appointments reads: the same few queries for one calendar and for a hundred."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Prefetch, Q

from appointments.calendar_time import instant_of, openings
from appointments.models import Appointment, AppointmentLine, BookingSettings, Calendar, CalendarEvent
from appointments.services.placing import MOST_SERVICES
from core.models import Organization
from scheduling import holidays
from scheduling.admin import dispatch_data
from scheduling.intervals import Interval
from scheduling.models import BusyInterval
from scheduling.models.busy import sharing_time

Kind = BusyInterval.Kind
# So many services, a day each.
LONGEST = timedelta(days=MOST_SERVICES)


@dataclass
class Content:
    """What stands in one calendar in the days that are shown."""

    appointments: list[Appointment] = field(default_factory=list)
    events: list[CalendarEvent] = field(default_factory=list)
    busy: list[dispatch_data.Taken] = field(default_factory=list)
    open_hours: list[Interval] = field(default_factory=list)


def calendars_of(organization: Organization) -> list[Calendar]:
    """The living ones, each with its set and with the organization's rules."""
    rows = Calendar.objects.alive().filter(organization=organization)
    return list(rows.select_related("calendarset", "organization__booking_settings"))


def contents_of(calendars: Sequence[Calendar], shown: Interval, first: date, last: date) -> dict[int, Content]:
    """By the calendar's id."""
    found = {calendar.pk: Content() for calendar in calendars}
    for appointment in _appointments(calendars, shown):
        found[appointment.calendar_id].appointments.append(appointment)
    for event in _events(calendars, shown):
        found[event.calendar_id].events.append(event)
    by_resource = _busy(calendars, shown)
    for calendar in calendars:
        own = {one.pk for one in found[calendar.pk].appointments}
        taken = by_resource[calendar.resource_id]
        found[calendar.pk].busy = [
            one for one in taken if one.source[0] != Kind.APPOINTMENT or one.source[1] not in own
        ]
        found[calendar.pk].open_hours = open_hours_of(calendar, first, last) + [
            Interval(event.start, event.end)
            for event in found[calendar.pk].events
            if event.kind == CalendarEvent.Kind.OPENING
        ]
    return found


def open_hours_of(calendar: Calendar, first: date, last: date) -> list[Interval]:
    """Opening hours, days that differ and public holidays of these local days; whatever the service."""
    country = BookingSettings.of(calendar.organization).holidays_country
    free_days = set(holidays.between(country, "", first, last))
    spans = openings(calendar, [], first, last, free_days, calendar.zone)
    return [Interval(instant_of(start), instant_of(end)) for start, end in spans]


def _appointments(calendars: Sequence[Calendar], shown: Interval):
    # The second condition is for the index, which knows no ends.
    near = Q(sharing_time(*shown), start__gt=shown.start - LONGEST)
    rows = Appointment.objects.alive().filter(near, calendar__in=[each.pk for each in calendars])
    lines = Prefetch("lines", AppointmentLine.objects.select_related("service"))
    return rows.select_related("customer").prefetch_related(lines).order_by("start", "id")


def _events(calendars: Sequence[Calendar], shown: Interval):
    rows = CalendarEvent.objects.alive().filter(
        calendar__in=[each.pk for each in calendars], start__lt=shown.end, end__gte=shown.start
    )
    return rows.order_by("start", "id")


def _busy(calendars: Sequence[Calendar], shown: Interval) -> dict[int, list[dispatch_data.Taken]]:
    """By the resource's id."""
    resources = {each.resource_id for each in calendars}
    found: dict[int, list[dispatch_data.Taken]] = defaultdict(list)
    for one in dispatch_data.taken_of(resources, shown):
        found[one.resource_id].append(one)
    return found
