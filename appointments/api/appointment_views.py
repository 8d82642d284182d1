"""Appointments: booked, read, moved, cancelled [seed; contract 40]."""

from django.http import Http404
from django.utils import timezone
from rest_framework.response import Response

from appointments.api import appointment_documentation as documentation
from appointments.api.appointment_forms import BOOKING, CHANGES
from appointments.api.appointment_shapes import LISTING, MAKER, UPCOMING, VERSION, VERSIONED, record_of, records_of
from appointments.api.base import READ, WRITE, read_pk
from appointments.api.fiche_writing import FicheWriting
from appointments.api.lists import is_usual
from appointments.models import Appointment
from appointments.models.appointment import AppointmentQuerySet
from appointments.services.booking import Booking, book_appointment
from appointments.services.changes import cancel_appointment, change_appointment
from core.changes import refuse

# What of an appointment staff alone change.
STAFFS_OWN = ("state", "deleted")


class Appointments(FicheWriting):
    """An account's are those that its credential booked."""

    accesses = {"list": READ, "retrieve": READ, "create": WRITE, "update": WRITE, "destroy": WRITE}
    documentation = documentation.APPOINTMENTS
    root = "appointment"

    def rows(self) -> AppointmentQuerySet:
        rows = self.in_organizations(Appointment.objects.all())
        return rows if self.is_staff else rows.filter(**self.owner)

    def found(self) -> Appointment:
        """That of the address, once If-Match agrees with its version."""
        return self.checked(self.find(self.rows(), self.kwargs["id"]))

    def finish(self, records: list[dict]) -> None:
        """What staff note of a customer is not for customers."""
        if not self.is_staff:
            for record in records:
                record["fiche"]["comments"] = ""

    # -- reading ----------------------------------------------------------------------------------------

    def list(self, request, **path) -> Response:
        if self.is_staff and is_usual(self.query):
            return Response(LISTING.usual_page(self, UPCOMING, (self.organization_id, timezone.now()), self.finish))
        rows = self.rows().alive()
        if not self.query.truth("include_past"):
            rows = rows.upcoming()
        return Response(LISTING.page(self, rows, self.finish))

    def retrieve(self, request, **path) -> Response:
        return self.shown(read_pk(path["id"]) or 0)

    def shown(self, pk: int) -> Response:
        """`{"records": [the appointment]}` as it is now; 404 where it is not one of `rows`."""
        record = next(iter(records_of(VERSIONED, [pk], self.zone)), None)
        if record is None or not self.is_in_reach(record):
            raise Http404
        return self.answered(record, 200)

    def answered(self, record: dict, status: int, **headers: str) -> Response:
        version = record.pop(VERSION)
        del record[MAKER]
        self.finish([record])
        return self.single({"records": [record]}, version, status, headers)

    def is_in_reach(self, record: dict) -> bool:
        """As `rows` says it of a row: one is read by a statement that is composed once."""
        is_here = record["group_id"] == self.organization_id
        return is_here and (self.is_staff or record[MAKER] == self.owner)

    # -- writing ----------------------------------------------------------------------------------------

    def create(self, request, **path) -> Response:
        appointment = self.form(BOOKING, is_new=True).save(self.book)
        return self.answered(record_of(appointment, self.zone), 201, Location=f"{self.address}/{appointment.pk}")

    def book(self, values: dict) -> Appointment:
        pk, customer = values.pop("customer")
        reason = values.pop("override_reason", "")
        booking = Booking(**values, customer_id=pk, customer=customer, override_reason=reason if self.is_staff else "")
        return book_appointment(self.organization, booking, is_staff=self.is_staff)

    def update(self, request, **path) -> Response:
        if any(name in self.data for name in STAFFS_OWN):
            self.require_staff()
        appointment = self.found()
        self.form(CHANGES).save(lambda values: self.change(appointment, values))
        return self.shown(appointment.pk)

    def change(self, appointment: Appointment, values: dict) -> None:
        reason = values.pop("override_reason", "")
        check_kept(appointment, values)
        change_appointment(
            appointment.pk, values, self.expected_versions, is_staff=self.is_staff, reason=self.reason(reason)
        )

    def reason(self, text: str) -> str:
        return text if self.is_staff else ""

    def destroy(self, request, **path) -> Response:
        appointment = self.found()
        reason = self.query.one("override_reason", str) or ""
        self.query.check()
        if appointment.is_deleted:
            raise Http404
        CHANGES.read({}, self).save(
            lambda _values: cancel_appointment(
                appointment.pk, self.expected_versions, is_staff=self.is_staff, reason=self.reason(reason)
            )
        )
        return self.shown(appointment.pk)


def check_kept(appointment: Appointment, values: dict) -> None:
    """Who comes, and for what, stays as it was booked."""
    pk, _customer = values.pop("customer", (None, {}))
    if pk not in {None, appointment.customer_id}:
        refuse("customer", "frozen", "cannot be changed: cancel, and book anew")
    services = values.pop("services", None)
    if services is not None and services != [line.service_id for line in appointment.lines.all()]:
        refuse("services", "frozen", "cannot be changed: cancel, and book anew")
