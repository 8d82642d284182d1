"""Booking, by every door: read → lock the customer → rules in the contract's order → place → tell."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import emails, events
from appointments.calendar_time import Wanted
from appointments.models import (
    Appointment,
    AppointmentLine,
    BookingSettings,
    Calendar,
    Customer,
    Hold,
    Service,
    Waiting,
)
from appointments.models.appointment import new_key
from appointments.rules import Asked, Verdict, booking_verdicts, broken, check_start, passed_over, refusal
from appointments.services import customers, holds, placing, waiting_list
from appointments.services.owners import is_ours, owner, owner_of
from core.changes import check_fields, refuse
from core.events import beside, hand_over
from core.inserts import Also, insert
from core.locks import atomic
from core.mail import hand_over_on_commit
from core.models import Organization
from core.models.history import write_new
from core.statements import Composed

State = Appointment.State


@dataclass(frozen=True)
class Booking:
    """What is asked for. customer: the values of a new customer, or of the one named that differ.

    services: ids, in the order in which they are done; calendar_id None: the organization's way chooses.
    """

    start: datetime
    services: Sequence[int]
    customer_id: int | None = None
    customer: dict = field(default_factory=dict)
    calendar_id: int | None = None
    comments: str = ""
    websource: str = ""
    from_web: bool = True
    hold_id: int | None = None
    override_reason: str = ""
    # Of the notice whose link books: the customer is known by it, and the booking is its credential's.
    waiting: Waiting | None = None


@atomic
def book_appointment(organization: Organization, booking: Booking, *, is_staff: bool) -> Appointment:
    """Raises ValidationError with the first refusal in the contract's order; nothing is written then.

    `organization` with its booking_settings. Staff are bound by what is hard alone [contract 40].
    """
    settings = BookingSettings.of(organization)
    services, calendar = _what_is_asked_for(organization, booking.services, booking.calendar_id, is_staff=is_staff)
    check_number(settings, booking.services)
    hold = holds.find(organization, booking.hold_id, booking.start, booking.services) if booking.hold_id else None
    calendar_id = _calendar_id(booking, hold)
    calendars = [calendar] if calendar else placing.choice(organization, services, calendar_id, is_staff=is_staff)
    draft = _draft(organization, booking)
    asked = Asked(settings, Wanted.of(services), booking.start, timezone.now(), is_staff)
    check_start(asked)
    is_known = is_staff or booking.waiting is not None
    customer = find_customer(organization, booking.customer_id, booking.customer, is_staff=is_known)
    asked = replace(asked, customer=customer if customer.pk else None)
    verdicts = check_booking(asked)
    wish = placing.Placing(asked, calendars, calendar_id is not None, holds.sources(hold))
    order = placing.candidates(wish)
    draft.customer = keep_customer(customer, booking.customer)
    if hold:
        holds.consume(hold)
    return _placed(wish, order, draft, verdicts, booking.override_reason)


def _what_is_asked_for(
    organization: Organization, ids: Sequence[int], calendar_id: int | None, *, is_staff: bool
) -> tuple[list[Service], Calendar | None]:
    """The services, and by the same statement the calendar that is named, where it can be had for all of them."""
    is_readable = calendar_id and 0 < len(ids) <= placing.MOST_SERVICES
    found = _offers(len(ids)).all(calendar_id, organization.pk, *ids) if is_readable else []
    usable = [each for each in found if is_staff or (each.service.is_open and each.calendar.is_open)]
    offered = {each.service_id: each.service for each in usable}
    if usable and offered.keys() >= set(ids):
        return [offered[pk] for pk in ids], usable[0].calendar
    return placing.read_services(organization, ids, is_staff=is_staff), None


@cache
def _offers(number: int) -> Composed:
    """What a calendar, by its id, of this organization offers of so many services, with both rows."""

    def make(calendar_id: int, organization_id: int, *ids: int) -> QuerySet:
        rows = Service.calendars.through.objects.filter(calendar=calendar_id, service__in=ids)
        of = {f"{each}__organization": organization_id for each in ("calendar", "service")}
        living = {f"{each}__is_deleted": False for each in ("calendar", "service")}
        return rows.filter(**of, **living).order_by().select_related("calendar", "service")

    return Composed(make, ids=number + 2)


def _placed(
    wish: placing.Placing, order: Iterable, draft: Appointment, verdicts: list[Verdict], reason: str
) -> Appointment:
    """Written and told of."""

    def write(place: placing.Place) -> Appointment:
        return write_appointment(wish.asked, place, draft, verdicts, reason)

    appointment = placing.place(wish, order, write)
    emails.queue_reminders(appointment)
    # Who is new waited for nothing.
    if wish.asked.customer:
        waiting_list.fulfil(appointment)
    return appointment


def check_booking(asked: Asked) -> list[Verdict]:
    """The verdicts that do not depend on a calendar, once none refuses."""
    verdicts = booking_verdicts(asked)
    refusing = broken(verdicts, asked.is_staff)
    if refusing:
        raise refusal(refusing[0])
    return verdicts


def check_number(settings: BookingSettings, services: Sequence[int]) -> None:
    if settings.max_multirdvs is not None and len(services) > settings.max_multirdvs:
        refuse("services", "too_many", _("must be at most %(most)d services"), most=settings.max_multirdvs)


def _calendar_id(booking: Booking, hold: Hold | None) -> int | None:
    if hold is None:
        return booking.calendar_id
    if booking.calendar_id not in {None, hold.calendar_id}:
        refuse("hold", "other_calendar", _("keeps a slot of another calendar"))
    return hold.calendar_id


def _draft(organization: Organization, booking: Booking) -> Appointment:
    """What the request says itself of the appointment, and whose it is; raises ValidationError."""
    texts = {"comments": booking.comments, "websource": booking.websource, "from_web": booking.from_web}
    credential = owner_of(booking.waiting) if booking.waiting else owner()
    draft = Appointment(organization=organization, **texts, **credential)
    check_fields(draft, set(texts))
    return draft


def find_customer(organization: Organization, pk: int | None, values: dict, *, is_staff: bool) -> Customer:
    """The one that is named, locked, or a new one that is not saved yet; its rules agree [contract 40: 2, 13, 11]."""
    try:
        if pk is None:
            return customers.check_new(organization, values)
        customer = lock_customer(organization, pk, is_staff=is_staff)
        customers.change_draft(copy(customer), values)
        return customer
    except ValidationError as error:
        raise _of_customer(error) from None


def keep_customer(customer: Customer, values: dict) -> Customer:
    """What `find_customer` gave, written."""
    try:
        if customer.pk is None:
            return customers.save_customer(customer)
        return customers.change_customer(customer, values)
    except ValidationError as error:
        raise _of_customer(error) from None


def _of_customer(error: ValidationError) -> ValidationError:
    found = error.error_dict
    return ValidationError({"customer" if name == "id" else f"customer.{name}": found[name] for name in found})


def lock_customer(organization: Organization, pk: int, *, is_staff: bool) -> Customer:
    """Raises ValidationError on `id`: one that is not there, and to customers one that another credential made."""
    rows = Customer.objects.alive().filter(organization=organization)
    try:
        customer = rows.locked(pk)
    except Customer.DoesNotExist:
        refuse("id", "must_exist", _("must exist"))
    if not is_staff and not is_ours(customer):
        refuse("id", "must_exist", _("must exist"))
    return customer


def write_appointment(
    asked: Asked, place: placing.Place, draft: Appointment, verdicts: list[Verdict], reason: str
) -> Appointment:
    """The draft with its place and its seat there; raises Taken, after which it may be given another."""
    need = asked.wanted.need
    waits = asked.settings.confirm_required and not asked.is_staff
    draft.calendar, draft.start, draft.end = place.calendar, asked.start, asked.end
    draft.buffer_before, draft.buffer_after = need.before // 60, need.after // 60
    draft.key = new_key()
    draft.state = State.PENDING if waits else State.IN_PROGRESS
    draft.assignment_reason = place.reason[:255]
    draft.services = asked.wanted.services
    note_passed_over(draft, [*passed_over(verdicts, asked.is_staff), *place.overridden], reason)
    _write(draft, asked, place)
    return draft


def _write(appointment: Appointment, asked: Asked, place: placing.Place) -> None:
    """Its row, its seat, its event, its services' and its e-mail: one statement on PostgreSQL."""
    seat, event, lines = placing.seat_beside(asked, place), beside(events.BOOKED, appointment), _lines(asked)
    is_seated, deliveries, _line, *messages = write_new(appointment, seat, event, lines, *emails.of_new(appointment))
    if not is_seated:
        # A hold that expired may be in the way.
        placing.take_seat(asked, place, placing.source_of(appointment))
    hand_over(deliveries)
    for pk in messages:
        hand_over_on_commit(pk)


LINES = """
line AS (
  INSERT INTO appointments_appointmentline (appointment_id, position, service_id, length)
  SELECT made.id, number - 1, service, length
    FROM made, unnest(%s::bigint[], %s::int[]) WITH ORDINALITY AS services (service, length, number)
)"""


def _lines(asked: Asked) -> Also:
    services = asked.wanted.services

    def alone(pk: int) -> None:
        for at, each in enumerate(services):
            insert(
                AppointmentLine, {"appointment_id": pk, "position": at, "service_id": each.pk, "length": each.length}
            )

    return Also(LINES, [[each.pk for each in services], [each.length for each in services]], "NULL", alone)


def note_passed_over(appointment: Appointment, verdicts: Sequence[Verdict], reason: str) -> None:
    """For the history: each rule that staff passed over, and why [contract 40]."""
    told = "; ".join(f"{verdict.code}: {verdict.text}" for verdict in verdicts)
    appointment._change_reason = f"{told}. {reason}".strip() if verdicts else None
