"""What is free of that which a customer waits for: by the functions that book."""

from collections.abc import Sequence

from appointments.models import Calendar, Service, Waiting
from appointments.services import placing
from appointments.services.slots import Slot, free_slots
from scheduling.intervals import Interval


def free(waiting: Waiting, window: Interval) -> list[Slot]:
    """What this customer can book now, in both windows; `waiting` with its organization's booking_settings."""
    services = services_of(waiting)
    window = Interval(max(window.start, waiting.start), min(window.end, waiting.end))
    if not services or window.start >= window.end:
        return []
    return free_slots(waiting.organization, services, _calendars(waiting, services), window, is_staff=False)


def services_of(waiting: Waiting) -> list[Service]:
    """None where one of them is not offered any more."""
    rows = Service.objects.alive().filter(organization=waiting.organization_id, is_open=True)
    found = rows.in_bulk(waiting.services)
    return [found[pk] for pk in waiting.services] if len(found) == len(set(waiting.services)) else []


def _calendars(waiting: Waiting, services: Sequence[Service]) -> list[Calendar]:
    usable = placing.usable_calendars(waiting.organization, services, is_staff=False)
    named = set(waiting.calendars.values_list("pk", flat=True))
    return [calendar for calendar in usable if not named or calendar.pk in named]
