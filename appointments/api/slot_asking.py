"""What calls about slots have in common: for which services, in which calendars, asked by the query."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from appointments.api.base import AppointmentsView
from appointments.api.fields import MAX_ID
from appointments.api.query import bounded
from appointments.models import BookingSettings, Calendar, Service
from appointments.services import booking, placing
from core.api.errors import field_errors


class SlotAsking(AppointmentsView):
    def services(self) -> list[Service]:
        """Those of intervention_ids; with them comes the group, which spares a query. Refuses by the query."""
        ids = self.query.ids("intervention_ids")
        if ids is None:
            if not self.query.has("intervention_ids"):
                self.query.refuse("intervention_ids", "must be given")
            return []
        try:
            related = ("organization__booking_settings",)
            found = placing.read_services(self.organization_id, ids, is_staff=self.is_staff, related=related)
            booking.check_number(BookingSettings.of(found[0].organization), ids)
        except ValidationError as error:
            self.query.errors["intervention_ids"] = field_errors(error)["services"]
            return []
        self.organization = found[0].organization
        return found

    def calendars(self, services: Sequence[Service]) -> list[Calendar]:
        """Those that offer the services, as far as the query does not narrow them; one that is named must do so."""
        named, ids = self.named_calendar(), self.query.ids("calendar_ids")
        sets = self.query.ids("calendarset_ids")
        self.query.check()
        rows = placing.usable_calendars(self.organization, services, is_staff=self.is_staff)
        rows = rows.filter(calendarset__in=sets) if sets else rows
        rows = rows.filter(pk__in=ids) if ids else rows
        found = list(rows.filter(pk=named) if named else rows)
        if named and not found:
            self.check_named(services, named)
        return found

    def named_calendar(self) -> int | None:
        """Empty and 0 are no preference [doc]."""
        return self.query.one("calendar_id", lambda text: bounded(text, 0, MAX_ID) if text else 0) or None

    def check_named(self, services: Sequence[Service], pk: int) -> None:
        try:
            placing.named_calendar(self.organization, services, pk, is_staff=self.is_staff)
        except ValidationError as error:
            self.query.errors["calendar_id"] = field_errors(error)["calendar"]
            self.query.check()
