"""What is free of that which a customer waits for: by the functions that book."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from appointments.models import Calendar, Service, Waiting
from appointments.services import placing
from appointments.services.slots import SECOND, Slot, free_slots
from scheduling.intervals import Interval


def free(waiting: Waiting, window: Interval) -> list[Slot]:
    """What this customer can book now, in both windows; `waiting` with its organization's booking_settings."""
    services = services_of(waiting)
    window = Interval(max(window.start, waiting.start), min(window.end, waiting.end))
    if not services or window.start >= window.end:
        return []
    return free_slots(waiting.organization, services, _calendars(waiting, services), window, is_staff=False)


def freed(waiting: Waiting, calendar: Calendar, interval: Interval) -> list[datetime]:
    """The starts of `free` that take some of this time in a calendar of the same resource; those in it come first."""
    services = services_of(waiting)
    if not services:
        return []
    before = timedelta(minutes=services[0].buffer_before)
    after = timedelta(minutes=sum(service.length for service in services) + services[-1].buffer_after)
    window = Interval(interval.start - after + SECOND, interval.end + before)
    sharing = set(Calendar.objects.filter(resource=calendar.resource_id).values_list("pk", flat=True))
    starts = [slot.start for slot in free(waiting, window) if sharing & slot.places.keys()]
    return sorted(starts, key=lambda start: (start - before < interval.start, start))


def first_free(waiting: Waiting, starts: Sequence[datetime]) -> datetime | None:
    """The first of these that can be booked now."""
    if not starts:
        return None
    found = {slot.start for slot in free(waiting, Interval(min(starts), max(starts) + SECOND))}
    return next((start for start in starts if start in found), None)


def services_of(waiting: Waiting) -> list[Service]:
    """None where one of them is not offered any more."""
    rows = Service.objects.alive().filter(organization=waiting.organization_id, is_open=True)
    found = rows.in_bulk(waiting.services)
    return [found[pk] for pk in waiting.services] if len(found) == len(set(waiting.services)) else []


def _calendars(waiting: Waiting, services: Sequence[Service]) -> list[Calendar]:
    usable = placing.usable_calendars(waiting.organization, services, is_staff=False)
    named = set(waiting.calendars.values_list("pk", flat=True))
    return [calendar for calendar in usable if not named or calendar.pk in named]
