"""A slot that is kept for a few minutes [contract 40]."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.calendar_time import Wanted
from appointments.models import BookingSettings, Hold
from appointments.rules import Asked, booking_verdicts, broken, check_start, refusal
from appointments.services import hold_limit, placing, waiting_list
from appointments.services.owners import owner
from core.changes import refuse
from core.locks import atomic
from core.models import Organization
from scheduling.models import BusyInterval
from scheduling.services import busy
from scheduling.services.busy import Source

# Minutes.
USUAL, MOST = 5, 15
# At a time.
MOST_FORGOTTEN = 1000


@atomic
def create_hold(
    organization: Organization,
    start: datetime,
    services: Sequence[int],
    *,
    is_staff: bool,
    calendar_id: int | None = None,
    minutes: int = USUAL,
) -> Hold:
    """Raises ValidationError as a booking would, without the rules of a customer."""
    if not 1 <= minutes <= MOST:
        refuse("minutes", "minutes", _("must be 1 to %(most)d"), most=MOST)
    if not is_staff:
        hold_limit.check_number()
    wanted = placing.read_services(organization, services, is_staff=is_staff)
    calendars = placing.choice(organization, wanted, calendar_id, is_staff=is_staff)
    asked = Asked(BookingSettings.of(organization), Wanted.of(wanted), start, timezone.now(), is_staff)
    check_start(asked)
    refusing = broken(booking_verdicts(asked), is_staff)
    if refusing:
        raise refusal(refusing[0])
    values = {"services": list(services), "start": start, "end": asked.end, **owner()}
    expires_at = asked.now + timedelta(minutes=minutes)

    def write(place: placing.Place) -> Hold:
        hold = Hold.objects.create(organization=organization, calendar=place.calendar, expires_at=expires_at, **values)
        placing.take_seat(asked, place, source_of(hold), expires_at)
        return hold

    wish = placing.Placing(asked, calendars, is_named=calendar_id is not None)
    return placing.place(wish, placing.candidates(wish), write)


def source_of(hold: Hold) -> Source:
    return Source(BusyInterval.Kind.HOLD, hold.pk)


def sources(hold: Hold | None) -> list[Source]:
    return [source_of(hold)] if hold else []


def find(organization: Organization, pk: int, start: datetime, services: Sequence[int]) -> Hold:
    """One's own that is in force, locked, for this start and these services; else ValidationError on `hold`."""
    rows = Hold.objects.select_for_update(of=("self",)).filter(organization=organization, **owner())
    hold = rows.filter(pk=pk, expires_at__gt=timezone.now()).first()
    if hold is None:
        refuse("hold", "must_exist", _("must exist, and not have expired"))
    if hold.start != start or hold.services != list(services):
        refuse("hold", "other_slot", _("keeps another start, or is for other services"))
    return hold


def consume(hold: Hold) -> None:
    """By the booking that takes its place; its time goes when the seat is taken."""
    hold.delete()


@atomic
def release_hold(pk: int) -> None:
    """Give it back before its time. Raises DoesNotExist."""
    _free([Hold.objects.locked(pk)])


@atomic
def forget_expired(organization: Organization) -> int:
    """What nobody released or consumed; how many. Who waits is told, as of any time that frees."""
    # What is being consumed at this moment is passed by; its row comes before its time, as in a booking.
    rows = Hold.objects.select_for_update(of=("self",), skip_locked=True).select_related("calendar")
    expired = list(
        rows.filter(organization=organization, expires_at__lte=timezone.now()).order_by("pk")[:MOST_FORGOTTEN]
    )
    _free(expired)
    return len(expired)


def _free(holds: Sequence[Hold]) -> None:
    """These, locked, with their time; who waits for some of it is told."""
    pks = [hold.pk for hold in holds]
    freed = busy.give_back_all(BusyInterval.Kind.HOLD, pks)
    Hold.objects.filter(pk__in=pks).delete()
    for hold in holds:
        # Of one that expired, somebody else may have the time by now.
        if hold.pk in freed:
            waiting_list.tell_of_freed(hold.calendar, freed[hold.pk])
