"""Times that customers are offered on their pages: the next days that have any, by the functions that book."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from appointments.models import Appointment, Calendar, Waiting
from appointments.rules import LAST
from appointments.services import placing, slots, waiting_slots
from appointments.services.slots import Slot
from core.models import Organization
from core.zones import local_moment
from scheduling.intervals import Interval

# So many days with times are shown at once; looked for fortnight by fortnight, no further than this.
SHOWN_DAYS = 5
STEP, FARTHEST = timedelta(days=14), timedelta(days=92)

Find = Callable[[Interval], list[Slot]]


@dataclass(frozen=True)
class Offer:
    """Local day → starts, in order; `later`: the next day that has some."""

    days: dict[date, list[datetime]]
    later: date | None

    @property
    def first(self) -> datetime | None:
        return next((starts[0] for starts in self.days.values()), None)


def for_move(appointment: Appointment, calendars: Sequence[Calendar], first: date) -> Offer:
    """Other starts for it, in these calendars."""

    def find(window: Interval) -> list[Slot]:
        found = slots.slots_to_move(appointment, calendars, window, is_staff=False)
        return [slot for slot in found if slot.start != appointment.start]

    return _offer(appointment.organization, find, first)


def calendars_to_move(appointment: Appointment) -> tuple[list[Calendar], list[Calendar]]:
    """(its own calendar, where it still takes customers; all that may be chosen from)"""
    services = placing.wanted_of(appointment).services
    usable = list(placing.usable_calendars(appointment.organization, services, is_staff=False))
    return [calendar for calendar in usable if calendar.pk == appointment.calendar_id], usable


def for_waiting(waiting: Waiting, first: date) -> Offer:
    return _offer(waiting.organization, lambda window: waiting_slots.free(waiting, window), first, waiting.start)


def _offer(organization: Organization, find: Find, first: date, not_before: datetime | None = None) -> Offer:
    zone = organization.zone
    start = max(local_moment(first, time(0), zone), timezone.now(), not_before or timezone.now())
    begin = start
    days: dict[date, list[datetime]] = {}
    while start <= LAST and start - begin < FARTHEST and len(days) <= SHOWN_DAYS:
        end = local_moment((start + STEP).astimezone(zone).date(), time(0), zone)
        for slot in find(Interval(start, end)):
            days.setdefault(slot.start.astimezone(zone).date(), []).append(slot.start)
        start = end
    shown = list(days)[:SHOWN_DAYS]
    later = list(days)[SHOWN_DAYS : SHOWN_DAYS + 1]
    return Offer({day: days[day] for day in shown}, later[0] if later else None)
