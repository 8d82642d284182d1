"""Raw events of calendars, for staff: blocks, extra openings, notes; appointments among them go through the booking."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from appointments.api import set_up_documentation as documentation
from appointments.api.base import READ_STAFF, WRITE_STAFF, read_pk
from appointments.api.closing import Closing
from appointments.api.closing_documentation import closing
from appointments.api.columns import in_zone
from appointments.api.forms import Given
from appointments.api.lists import Part, envelope
from appointments.api.vevent_shapes import FIRST_EVENT, OPENING, VEVENT, VEVENT_FORM, VEVENTS, appointments, events
from appointments.models import Appointment, CalendarEvent
from appointments.models.texts import LivingQuerySet
from appointments.services.booking import Booking, book_appointment
from appointments.services.changes import cancel_appointment, change_appointment
from appointments.services.events import EVENTS
from core.changes import refuse

Kind = CalendarEvent.Kind
# What of an appointment is changed here; the rest is what raw events have of their own.
OF_APPOINTMENT = ("start", "comments", "is_deleted")


class Vevents(Closing):
    accesses = {
        "list": READ_STAFF,
        "retrieve": READ_STAFF,
        "create": WRITE_STAFF,
        "update": WRITE_STAFF,
        "destroy": WRITE_STAFF,
    }
    documentation = closing(documentation.VEVENTS, "create", "update", "destroy")
    root = "vevent"
    previews = frozenset({"create", "update", "destroy"})

    # -- reading ----------------------------------------------------------------------------------------

    def events(self) -> LivingQuerySet:
        return events(self.in_organizations(CalendarEvent.objects.all()))

    def appointments(self) -> QuerySet:
        return appointments(self.in_organizations(Appointment.objects.all()))

    def list(self, request, **path) -> Response:
        part = VEVENTS.read(self.query)
        both = [VEVENTS.narrowed(self, rows).order_by() for rows in (self.events(), self.appointments())]
        self.query.check()
        rows = united(both, VEVENT.paths(), part)
        with in_zone(self.zone):
            records = [VEVENT.python(iter(row)) for row in rows]
        return Response(envelope(records, part, lambda: union_of(both, ["number"]).count()))

    def row(self) -> Any:
        """A CalendarEvent or an Appointment, with what is shown of it."""
        pk = read_pk(self.kwargs["id"]) or 0
        if pk > FIRST_EVENT:
            return self.find(self.events(), str(pk - FIRST_EVENT))
        return self.find(self.appointments(), self.kwargs["id"])

    def retrieve(self, request, **path) -> Response:
        return self.shown(self.row())

    def shown(self, row, status: int = 200, **headers: str) -> Response:
        with in_zone(self.zone):
            return self.single(VEVENT.of(row), row.version, status, headers)

    def again(self, row) -> Any:
        """As it is shown, once it was written."""
        rows = self.events() if isinstance(row, CalendarEvent) else self.appointments()
        return rows.get(pk=row.pk)

    # -- writing ----------------------------------------------------------------------------------------

    def create(self, request, **path) -> Response:
        form = self.form(VEVENT_FORM, is_new=True)
        if form.values.get("customer") or "fiche_id" in form.errors:
            return self.made(form.save(self.book))
        form.values.pop("customer", None)
        kind_of(form.values, Kind.BLOCK)
        return form.save(
            lambda values: self.closed(
                [values["calendar"].pk], partial(EVENTS.create, self.organization, values), self.made
            ),
            partial(EVENTS.check_new, self.organization),
        )

    def made(self, row) -> Response:
        row = self.again(row)
        return self.shown(row, 201, Location=f"{self.address}/{row.number}")

    def check_no_preview(self) -> None:
        """Nothing is tried with an appointment here: its customer would be told."""
        if self.query.has("dry_run") or self.query.has("on_hit"):
            refuse("customer", "preview", "has no preview")

    def book(self, values: dict) -> Appointment:
        self.check_no_preview()
        if not values.get("service"):
            refuse("service", "required", "must be given for an appointment")
        if values.get("note") or values.get("type") == OPENING:
            refuse("customer", "kind", "is only of an appointment")
        service = values["service"]
        check_end(values, timedelta(minutes=service.length))
        booking = Booking(
            start=values["start"],
            services=[service.pk],
            customer_id=values["customer"].pk,
            calendar_id=values["calendar"].pk,
            comments=values.get("comments", ""),
            from_web=values.get("from_web", False),
        )
        return book_appointment(self.organization, booking, is_staff=True)

    def update(self, request, **path) -> Response:
        row = self.checked(self.row())
        form = self.form(VEVENT_FORM)
        if isinstance(row, Appointment):
            return self.changed(form.save(partial(self.change_appointment, row)))
        return self.change_event(row, form)

    def changed(self, row) -> Response:
        return self.shown(self.again(row))

    def change_event(self, row: CalendarEvent, form: Given) -> Response:
        if form.values.pop("customer", None):
            form.errors["fiche_id"] = [("kind", "cannot be given to what is no appointment")]
        kind_of(form.values, Kind(row.kind))

        def save(values: dict) -> Response:
            calendars = {row.calendar_id, values["calendar"].pk if "calendar" in values else row.calendar_id}
            return self.closed(calendars, partial(EVENTS.update, row.pk, values, self.expected_versions), self.changed)

        return form.save(save, partial(EVENTS.check_update, row))

    def change_appointment(self, row: Any, values: dict) -> Appointment:
        self.check_no_preview()
        for name, stored in (("customer", row.customer_number), ("service", row.service_number)):
            if name in values and (values[name] is None or values[name].pk != stored):
                refuse(name, "frozen", "cannot be changed: cancel, and book anew")
        if values.get("note") or values.get("type") == OPENING:
            refuse("note" if values.get("note") else "type", "frozen", "cannot be changed")
        check_end({"start": row.start, **values}, row.length)
        changes = {name: values[name] for name in OF_APPOINTMENT if name in values}
        if "calendar" in values:
            changes["calendar_id"] = values["calendar"].pk
        return change_appointment(row.pk, changes, self.expected_versions, is_staff=True)

    def destroy(self, request, **path) -> Response:
        row = self.checked(self.row())
        if not isinstance(row, Appointment):
            # Already gone: neither closed again nor tried.
            self.find(self.events().alive(), str(row.pk))
            return self.closed([row.calendar_id], partial(EVENTS.delete, row.pk, self.expected_versions), self.changed)
        self.check_no_preview()
        return self.changed(cancel_appointment(row.pk, self.expected_versions, is_staff=True))


def union_of(both: list[QuerySet], columns: list[str]) -> QuerySet:
    first, second = (rows.values_list(*columns) for rows in both)
    return first.union(second, all=True)


def united(both: list[QuerySet], paths: list[str], part: Part) -> list[list]:
    """The values of one page of the two together."""
    columns = list(dict.fromkeys(paths))
    sort = VEVENTS.attributes[part.sort].column if part.sort else "start"
    sign = "-" if part.direction == "desc" else ""
    ordered = union_of(both, columns).order_by(f"{sign}{sort}", f"{sign}number")
    places = [columns.index(path) for path in paths]
    return [[row[place] for place in places] for row in ordered[part.start : part.start + part.size]]


def kind_of(values: dict, kind: Kind) -> None:
    """`type` and `note` of the wire become the kind; one that is not given stays as it is."""
    has_type, has_note = "type" in values, "note" in values
    opens = values.pop("type", "") == OPENING if has_type else kind == Kind.OPENING
    notes = values.pop("note", False) if has_note else kind == Kind.NOTE and not (has_type and opens)
    if has_type or has_note:
        values["kind"] = Kind.NOTE if notes else Kind.OPENING if opens else Kind.BLOCK


def check_end(values: dict, length: timedelta) -> None:
    """An appointment ends when its services are done."""
    if "end" in values and values["end"] != values["start"] + length:
        refuse("end", "length", "must be the start and the length of the services")
