"""Why a start can or cannot be booked: each rule with its numbers, by the function that books [contract 40]."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework.response import Response

from appointments.api import slot_documentation as documentation
from appointments.api.base import READ
from appointments.api.errors import RULES
from appointments.api.fields import MAX_ID, MUST_EXIST
from appointments.api.moments import is_second_pass, wire_moment
from appointments.api.query import bounded, query_moment
from appointments.api.slot_asking import SlotAsking
from appointments.calendar_time import Wanted, takers
from appointments.models import Customer, Service
from appointments.rules import Verdict
from appointments.services import slots
from appointments.services.slots import Explanation
from scheduling.intervals import Interval


class Explain(SlotAsking):
    """Staff are told what takes the time as well, without names; an account learns nothing of others."""

    accesses = {"explain": READ}
    documentation = documentation.EXPLAIN

    def explain(self, request, **path) -> Response:
        services = self.services()
        start: Any = self.query.one("start", partial(nameable, zone=self.zone))
        if not self.query.has("start"):
            self.query.refuse("start", "must be given")
        customer = self.customer()
        calendars = self.calendars(services)
        found = slots.explain(self.organization, services, calendars, start, is_staff=self.is_staff, customer=customer)
        shown = [self.explained(each) for each in found]
        if self.is_staff:
            self.add_takers(shown, found, services, start)
        bookable = any(each.is_bookable(is_staff=self.is_staff) for each in found)
        return Response({"start": wire_moment(start, self.zone), "bookable": bookable, "calendars": shown})

    def customer(self) -> Customer | None:
        """For whom, where the query says: then the customer's own appointments count."""
        pk = self.query.one("fiche_id", partial(bounded, low=0, high=MAX_ID))
        if not pk:
            return None
        rows = self.in_organizations(Customer.objects.alive())
        found = (rows if self.is_staff else rows.filter(**self.owner)).filter(pk=pk).first()
        if found is None:
            self.query.refuse("fiche_id", MUST_EXIST)
        return found

    def explained(self, each: Explanation) -> dict:
        return {"calendar_id": each.calendar.pk, "rules": [rule(verdict) for verdict in each.verdicts]}

    def add_takers(
        self, shown: list[dict], found: Sequence[Explanation], services: Sequence[Service], start: datetime
    ) -> None:
        need = Wanted.of(services).need
        taken = takers([each.calendar for each in found], need, start)
        for calendar in shown:
            calendar["taken"] = [self.taker(*one) for one in taken[calendar["calendar_id"]]]

    def taker(self, kind: str, interval: Interval) -> dict:
        start, end = (wire_moment(moment, self.zone) for moment in interval)
        return {"kind": kind, "start": start, "end": end}


def nameable(text: str, zone: ZoneInfo) -> datetime:
    moment = query_moment(text, zone)
    if is_second_pass(moment, zone):
        raise ValueError("lies in the second pass of an hour that comes twice")
    return moment


def rule(verdict: Verdict) -> dict:
    """`number`: that of the error that a booking would get."""
    number = RULES[verdict.code].number if verdict.code in RULES else None
    return {
        "code": verdict.code,
        "number": number,
        "passed": verdict.passed,
        "text": verdict.text,
        "values": verdict.values,
    }
