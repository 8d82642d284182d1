"""Free slots [contract 40: "Availability"]."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework.response import Response

from appointments.api import slot_documentation as documentation
from appointments.api.base import READ
from appointments.api.moments import wire_moment
from appointments.api.slot_asking import SlotAsking
from appointments.services import slots
from appointments.services.slots import Slot
from core.zones import local_moment
from scheduling.intervals import Interval

USUAL_DAYS, MOST_DAYS = 7, 92
# More than any calendar or group has.
MOST = 1000


def shown_slot(slot: Slot, least: int, zone: ZoneInfo) -> dict:
    """With the calendars that have at least so many places for it."""
    places = slot.places if least == 1 else {pk: number for pk, number in slot.places.items() if number >= least}
    return {
        "start": wire_moment(slot.start, zone),
        "capacity": max(places.values(), default=0),
        "calendar_ids": list(places),
    }


class Slots(SlotAsking):
    accesses = {"list": READ}
    documentation = documentation.SLOTS

    def list(self, request, **path) -> Response:
        services = self.services()
        window = self.window()
        quantity = self.query.between("cal_qty", 1, MOST) or 1
        least = self.query.between("min_capacity", 1, MOST) or 1
        calendars = self.calendars(services)
        found = slots.free_slots(self.organization, services, calendars, window, is_staff=self.is_staff)
        zone = self.zone
        shown = [shown_slot(slot, least, zone) for slot in found]
        listed = [slot for slot in shown if len(slot["calendar_ids"]) >= quantity]
        return Response(
            {
                "group_id": self.organization_id,
                "intervention_ids": [service.pk for service in services],
                "calendar_id": self.named_calendar(),
                "calendar_ids": self.query.ids("calendar_ids") or [],
                "firstSlot": listed[0]["start"] if listed else None,
                "availabletimeslots": listed,
            }
        )

    def window(self) -> Interval:
        """From `start` (now) to `end`, or `nDays` local days on (7)."""
        start, end = self.query.moment("start", self.zone), self.query.moment("end", self.zone)
        days = self.query.between("nDays", 1, MOST_DAYS)
        if self.query.has("end") and self.query.has("nDays"):
            self.query.refuse("nDays", "cannot be given beside end")
        begin = start or timezone.now()
        most = self.days_after(begin, MOST_DAYS)
        last = end or self.days_after(begin, days or USUAL_DAYS)
        if last <= begin:
            self.query.refuse("end", "must be after the start")
        if last > most:
            self.query.refuse("end", f"must be at most {MOST_DAYS} days after the start")
        return Interval(begin, last)

    def days_after(self, moment: datetime, days: int) -> datetime:
        """The same time on the local clock."""
        local = moment.astimezone(self.zone)
        try:
            return local_moment(local.date() + timedelta(days=days), local.timetz().replace(tzinfo=None), self.zone)
        except OverflowError:
            return moment
