"""What staff would pass over, said before they do: by the rules that book and move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from appointments.calendar_time import Wanted, load
from appointments.models import Appointment, BookingSettings, Calendar, Customer, Service
from appointments.rules import Asked, Verdict, booking_verdicts, broken, calendar_verdicts, passed_over
from appointments.services import changes, placing
from core.models import Organization
from scheduling.intervals import Interval
from scheduling.services.busy import Source

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Outlook:
    """Of a start that staff have in mind. refused: what no staff passes over; soft: what needs a reason."""

    refused: list[Verdict]
    soft: list[Verdict]


def of_booking(
    organization: Organization,
    services: Sequence[Service],
    calendars: Sequence[Calendar],
    start: datetime,
    customer: Customer | None,
) -> Outlook:
    """`calendars`: the one that is named, else all that may be chosen from; `organization` with booking_settings."""
    settings = BookingSettings.of(organization)
    asked = Asked(settings, Wanted.of(services), start, timezone.now(), is_staff=True, customer=customer)
    return _outlook(asked, calendars, booking_verdicts(asked), [])


def of_move(appointment: Appointment, calendars: Sequence[Calendar], start: datetime) -> Outlook:
    """The same for a move; nothing where it stays where it is."""
    if start == appointment.start and [each.pk for each in calendars] == [appointment.calendar_id]:
        return Outlook([], [])
    settings = BookingSettings.of(appointment.organization)
    wanted = placing.wanted_of(appointment)
    asked = Asked(settings, wanted, start, timezone.now(), True, appointment.customer, appointment)
    late = changes.check_late(appointment, is_staff=True, is_move=True)
    return _outlook(asked, calendars, [*late, *booking_verdicts(asked)], [placing.source_of(appointment)])


def of_restoring(appointment: Appointment) -> Outlook:
    """Of a cancelled one that would come back to where it was."""
    settings, wanted = BookingSettings.of(appointment.organization), placing.wanted_of(appointment)
    asked = Asked(settings, wanted, appointment.start, timezone.now(), True, appointment.customer, appointment)
    return _outlook(asked, [appointment.calendar], booking_verdicts(asked), [])


def _outlook(
    asked: Asked, calendars: Sequence[Calendar], general: Sequence[Verdict], without: Sequence[Source]
) -> Outlook:
    """Where several calendars may be had, the one with the least to pass over speaks for them."""
    times = load(asked.settings, calendars, asked.wanted, Interval(asked.start, asked.start + SECOND), without)
    found = [calendar_verdicts(asked, times[each.pk]) for each in calendars]
    best = min(found, key=lambda each: (len(broken(each, True)), len(passed_over(each, True))), default=[])
    return Outlook(broken(best, True), passed_over([*general, *best], True))
