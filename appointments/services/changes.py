"""What becomes of an appointment: moved, cancelled, restored, confirmed, come or not [contract 40]."""

from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import emails, events
from appointments.models import Appointment, BookingSettings, Customer
from appointments.rules import Asked, Verdict, cancel_notice, check_start, passed_over
from appointments.services import booking, placing, waiting_list
from core.changes import apply_changes, check_fields, refuse
from core.errors import StateConflict
from core.events import EventType, record
from core.locks import atomic
from scheduling.services import busy

State = Appointment.State
# The pending one is confirmed; what came of it may be corrected.
TRANSITIONS = {
    State.PENDING: {State.IN_PROGRESS},
    State.IN_PROGRESS: {State.CAME, State.NOT_CAME},
    State.CAME: {State.IN_PROGRESS, State.NOT_CAME},
    State.NOT_CAME: {State.IN_PROGRESS, State.CAME},
}
CAME_OR_NOT = {State.CAME, State.NOT_CAME}
# `attention`: staff may take the mark away.
TEXTS = {"comments", "attention"}
MOVES = {"start", "calendar_id"}


def lock(pk: int, versions: Collection[int] | None = None) -> Appointment:
    """Locked and fresh, with what it names; raises DoesNotExist, StaleVersion."""
    Appointment.objects.locked(pk, versions)
    return Appointment.objects.select_related("organization__booking_settings", "calendar", "customer").get(pk=pk)


@atomic
def change_appointment(
    pk: int, values: dict, versions: Collection[int] | None = None, *, is_staff: bool, reason: str = ""
) -> Appointment:
    """values: any of start, calendar_id (None: choose again), comments, attention, state, is_deleted (False restores).

    The last three are staff's. Nothing is changed where one of them is refused. Raises ValidationError in the
    contract's order, StateConflict for a cancelled one and for a state that may not follow.
    """
    if values.get("is_deleted"):
        refuse("is_deleted", "by_delete", _("can only be false here, which restores"))
    appointment = lock(pk, versions)
    if appointment.is_deleted and not (is_staff and values.get("is_deleted") is False):
        raise StateConflict(_("is cancelled"), [State.IN_PROGRESS])
    texts = {name: values[name] for name in TEXTS & set(values)}
    check_fields(appointment, apply_changes(appointment, texts))
    if appointment.is_deleted:
        return _restore(appointment, values, reason)
    is_moved = bool(MOVES & set(values)) and _move(appointment, values, reason, is_staff=is_staff)
    is_confirmed = _set_state(appointment, values)
    if is_confirmed:
        # Calendars of customers show it [RFC 5546: STATUS].
        appointment.calendar_sequence += 1
    appointment.save()
    record(_change(is_moved=is_moved, is_confirmed=is_confirmed), appointment)
    if is_confirmed:
        emails.queue_booked(appointment)
        emails.queue_reminders(appointment)
    return appointment


def _change(*, is_moved: bool, is_confirmed: bool) -> EventType:
    """What receivers are told: they read the rest."""
    if is_moved:
        return events.MOVED
    return events.CONFIRMED if is_confirmed else events.UPDATED


# -- moves --------------------------------------------------------------------------------------------------


def _move(appointment: Appointment, values: dict, reason: str, *, is_staff: bool) -> bool:
    """Through the booking's own rules; the old time is kept until the new one is taken. Whether it moved."""
    kept = placing.interval_of(appointment)
    calendar, start = appointment.calendar, values.get("start", appointment.start)
    if start == appointment.start and values.get("calendar_id", calendar.pk) == calendar.pk:
        return False
    late = check_late(appointment, is_staff=is_staff, is_move=True)
    asked = asked_of(appointment, start, is_staff=is_staff)
    _take_place(appointment, asked, values, late, reason)
    appointment.moves += 1
    appointment.calendar_sequence += 1
    appointment.attention = ""
    waiting_list.tell_of_freed(calendar, kept)
    emails.queue_moved(appointment)
    emails.queue_reminders(appointment)
    return True


def asked_of(appointment: Appointment, start, *, is_staff: bool) -> Asked:
    """The booking's question, asked again for this appointment; its customer is locked."""
    customer = Customer.objects.locked(appointment.customer_id)
    settings = BookingSettings.of(appointment.organization)
    wanted = placing.wanted_of(appointment)
    asked = Asked(settings, wanted, start, timezone.now(), is_staff, customer, appointment)
    check_start(asked)
    return asked


def _take_place(appointment: Appointment, asked: Asked, values: dict, late: list[Verdict], reason: str) -> None:
    verdicts = booking.check_booking(asked)
    chosen = values.get("calendar_id", appointment.calendar_id)
    calendars = placing.choice(appointment.organization, asked.wanted.services, chosen, is_staff=asked.is_staff)
    source, old = placing.source_of(appointment), {appointment.calendar.resource_id}
    wish = placing.Placing(asked, calendars, chosen is not None, [source], old)

    def write(place: placing.Place) -> Appointment:
        appointment.calendar, appointment.start, appointment.end = place.calendar, asked.start, asked.end
        appointment.assignment_reason = place.reason[:255]
        if asked.start > asked.now and appointment.state in CAME_OR_NOT:
            # Of that day nothing can be known yet.
            appointment.state = State.IN_PROGRESS
        over = [*late, *passed_over(verdicts, asked.is_staff), *place.overridden]
        booking.note_passed_over(appointment, over, reason)
        placing.take_seat(asked, place, source)
        return appointment

    placing.place(wish, placing.candidates(wish), write)


def check_late(appointment: Appointment, *, is_staff: bool, is_move: bool = False) -> list[Verdict]:
    """Too late, or moved too often, for the customer: refused as `cancel_notice`; for staff what is passed over."""
    settings = BookingSettings.of(appointment.organization)
    verdicts = [cancel_notice(settings, appointment.start, timezone.now())]
    if is_move and settings.max_moves is not None:
        counted = {"moves": appointment.moves, "most": settings.max_moves}
        verdicts.append(Verdict("max_moves", appointment.moves < settings.max_moves, counted))
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if failed and not is_staff:
        refuse("start", failed[0].code, failed[0].text)
    return failed


# -- states -------------------------------------------------------------------------------------------------


def _set_state(appointment: Appointment, values: dict) -> bool:
    """Whether it is confirmed by it."""
    state = State(values.get("state", appointment.state))
    if state == appointment.state:
        return False
    check_state(appointment, state)
    is_confirmed = appointment.state == State.PENDING
    appointment.state = state
    return is_confirmed


def check_state(appointment: Appointment, state: State) -> None:
    """Raises StateConflict with the states that may come before this one; nobody came before the day."""
    if state not in TRANSITIONS[State(appointment.state)]:
        before = [one for one, following in TRANSITIONS.items() if state in following]
        raise StateConflict(_("is %(state)s") % {"state": appointment.get_state_display().lower()}, before)
    today = appointment.organization.local_date()
    if state in {State.CAME, State.NOT_CAME} and appointment.organization.local_date(appointment.start) > today:
        refuse("state", "too_early", _("can be said from the day of the appointment on"))


# -- the end, and back --------------------------------------------------------------------------------------


@atomic
def cancel_appointment(
    pk: int, versions: Collection[int] | None = None, *, is_staff: bool, reason: str = ""
) -> Appointment:
    """Kept, marked as deleted; its time is free. Raises ValidationError (`cancel_notice`), DoesNotExist when it is."""
    appointment = lock(pk, versions)
    if appointment.is_deleted:
        raise Appointment.DoesNotExist
    booking.note_passed_over(appointment, check_late(appointment, is_staff=is_staff), reason)
    appointment.is_deleted, appointment.cancelled_at, appointment.attention = True, timezone.now(), ""
    appointment.calendar_sequence += 1
    appointment.save()
    busy.give_back(placing.source_of(appointment))
    waiting_list.tell_of_freed(appointment.calendar, placing.interval_of(appointment))
    record(events.CANCELLED, appointment)
    emails.queue_cancelled(appointment)
    return appointment


def _restore(appointment: Appointment, values: dict, reason: str) -> Appointment:
    """Staff's alone, through the booking rules, where it was or where the request says, and as what it says."""
    _set_state(appointment, values)
    asked = asked_of(appointment, values.get("start", appointment.start), is_staff=True)
    _take_place(appointment, asked, values, [], reason)
    appointment.is_deleted, appointment.cancelled_at, appointment.attention = False, None, ""
    appointment.calendar_sequence += 1
    appointment.save()
    record(events.RESTORED, appointment)
    emails.queue_booked(appointment)
    emails.queue_reminders(appointment)
    waiting_list.fulfil(appointment)
    return appointment
