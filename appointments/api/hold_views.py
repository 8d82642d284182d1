"""Slots that are kept for a few minutes [contract 40: "holds"]; only the credential that made one knows of it."""

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.response import Response

from appointments.api import hold_documentation as documentation
from appointments.api.appointment_forms import HOLD
from appointments.api.base import WRITE, AppointmentsView
from appointments.api.columns import LocalMoment, in_zone
from appointments.models import BookingSettings, Hold
from appointments.services import booking, holds
from core.api.rows import Column, Row

SHAPE = Row(
    id=Column("id"),
    calendar_id=Column("calendar_id"),
    start=LocalMoment("start"),
    end=LocalMoment("end"),
    expires_at=LocalMoment("expires_at"),
)


class Holds(AppointmentsView):
    accesses = {"create": WRITE, "destroy": WRITE}
    documentation = documentation.HOLDS
    root = "hold"

    def rows(self) -> QuerySet[Hold]:
        return self.in_organizations(Hold.objects.filter(expires_at__gt=timezone.now(), **self.owner))

    def create(self, request, **path) -> Response:
        hold = self.form(HOLD, is_new=True).save(self.keep)
        headers = {"Location": f"{self.address}/{hold.pk}"}
        return self.single(self.record(hold), hold.version, 201, headers)

    def keep(self, values: dict) -> Hold:
        booking.check_number(BookingSettings.of(self.organization), values["services"])
        return holds.create_hold(self.organization, is_staff=self.is_staff, **values)

    def destroy(self, request, **path) -> Response:
        hold = self.checked(self.find(self.rows(), path["id"]))
        holds.release_hold(hold.pk)
        return Response({**self.record(hold), "deleted": True})

    def record(self, hold: Hold) -> dict:
        with in_zone(self.zone):
            return SHAPE.of(hold)
