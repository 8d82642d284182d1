"""Who waits is told of what frees, and waits no longer once it is booked [contract 40].

In the transaction of what frees the time: where nobody waits it costs one statement. It waits for no other transaction,
since who is being told or books at this very moment is passed by.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from heapq import merge

from django.db.models import Q, QuerySet
from django.utils import timezone

from appointments import waiting_emails
from appointments.models import Appointment, BookingSettings, Calendar, Service, Waiting
from appointments.services import slots, waiting_slots
from core.models import Organization
from core.statements import Composed
from core.zones import local_moment
from scheduling.intervals import Interval
from scheduling.models.busy import sharing_time

MOST_NOTICES = 3
# Of those who wait longest, so many are looked at, for so many different wishes.
MOST_LOOKED_AT, MOST_WISHES = 500, 10
# As long as a service is at most.
NEAR, YEAR = timedelta(days=1), timedelta(days=366)
WAITINGS = Composed(lambda customer_id: Waiting.objects.alive().filter(customer=customer_id).values_list("pk"))


def fulfil(appointment: Appointment) -> None:
    """Whoever waited for these services in this window waits no longer; the customer is locked."""
    if not WAITINGS.rows(appointment.customer_id):
        return
    waiting = Waiting.objects.alive().filter(
        customer=appointment.customer_id, start__lte=appointment.start, end__gt=appointment.start
    )
    waiting = waiting.filter(Q(calendars=None) | Q(calendars=appointment.calendar_id)).distinct()
    found = list(waiting)
    booked = set(appointment.lines.values_list("service", flat=True)) if found else set()
    for each in found:
        if booked.issuperset(each.services):
            each.changed(is_deleted=True).save()


def tell_of_freed(calendar: Calendar, interval: Interval) -> None:
    """Tell who waits longest that this time is free: one customer, and nobody where none of them can book it.

    It is free in every calendar of the resource. Of a long time the next year counts.
    """
    now = timezone.now()
    interval = Interval(max(interval.start, now), min(interval.end, now + YEAR))
    if interval.start >= interval.end or not _waiting_for(calendar, interval).exists():
        return
    organization = Organization.objects.select_related("booking_settings").get(pk=calendar.organization_id)
    if not BookingSettings.of(organization).sendmail:
        return
    sharing = Calendar.objects.alive().filter(resource=calendar.resource_id, is_open=True)
    for pk in merge(*(_served(organization, each, interval) for each in sharing)):
        # Whom another transaction is telling, or ends, is passed by.
        rows = Waiting.objects.alive().filter(pk=pk).select_for_update(of=("self",), skip_locked=True)
        waiting = _tellable(rows, organization).first()
        if waiting:
            _tell(waiting)
            waiting_emails.queue_notice(waiting, waiting_slots.freed(waiting, calendar, interval))
            return


def _tell(waiting: Waiting) -> None:
    waiting.changed(notices=waiting.notices + 1, told_at=timezone.now()).save()


# -- what a calendar itself opens ---------------------------------------------------------------------------


def tell_of_opened(before: Calendar | None, calendar: Calendar) -> None:
    """Tell who waits of the starts that the calendar has and had not before: for each local day the first one.

    before: the row as it was; None: nobody could book in it.
    """
    organization = Organization.objects.select_related("booking_settings").get(pk=calendar.organization_id)
    if not BookingSettings.of(organization).sendmail:
        return
    told_days: set[date] = set()
    for pk, starts in _opened(organization, before, calendar):
        days = {start: organization.local_date(start) for start in starts}
        day = next((each for each in days.values() if each not in told_days), None)
        if day and _tell_one(pk, organization, [start for start in starts if days[start] == day]):
            told_days.add(day)


def _tell_one(pk: int, organization: Organization, starts: Sequence[datetime]) -> bool:
    """Whom another transaction is telling, or ends, is passed by."""
    rows = Waiting.objects.alive().filter(pk=pk).select_for_update(of=("self",), skip_locked=True)
    waiting = _tellable(rows, organization).first()
    if waiting:
        _tell(waiting)
        waiting_emails.queue_notice(waiting, starts)
    return waiting is not None


def _opened(
    organization: Organization, before: Calendar | None, calendar: Calendar
) -> Iterator[tuple[int, list[datetime]]]:
    """(id, the new starts in its window) of those who wait, in their order."""
    now = timezone.now()
    found = list(_candidates(organization, calendar, Interval(now, now + YEAR))[:MOST_LOOKED_AT])
    window = Interval(now, min(now + YEAR, max((end for *_wish, end in found), default=now)))
    offered = {service.pk: service for service in calendar.services.filter(is_deleted=False, is_open=True)}
    known: dict[tuple[int, ...], list[datetime]] = {}
    for pk, wish, start, end in found:
        key = tuple(wish)
        if key not in known:
            if not offered.keys() >= set(wish) or len(known) == MOST_WISHES:
                continue
            services = [offered[each] for each in wish]
            had = set(_starts(organization, services, before, window) if before else ())
            known[key] = [each for each in _starts(organization, services, calendar, window) if each not in had]
        if mine := [each for each in known[key] if start <= each < end]:
            yield pk, mine


# -- who comes into question --------------------------------------------------------------------------------


def _waiting_for(calendar: Calendar, interval: Interval) -> QuerySet[Waiting]:
    """Whose window is near this time: who would begin before it, or keeps some of it free, may need it too."""
    rows = Waiting.objects.alive().filter(organization=calendar.organization_id)
    return rows.filter(sharing_time(interval.start - NEAR, interval.end + NEAR))


def _tellable(rows: QuerySet[Waiting], organization: Organization) -> QuerySet[Waiting]:
    """Of these, who may be told today, the oldest first."""
    midnight = local_moment(organization.local_date(), time(0), organization.zone)
    rows = rows.filter(Q(told_at=None) | Q(told_at__lt=midnight), notices__lt=MOST_NOTICES, end__gt=timezone.now())
    return rows.filter(customer__is_deleted=False).exclude(customer__email="").order_by("pk")


def _candidates(organization: Organization, calendar: Calendar, interval: Interval) -> QuerySet:
    """(id, services, start, end) of those who may be told of this calendar's time."""
    rows = _waiting_for(calendar, interval).filter(Q(calendars=None) | Q(calendars=calendar))
    return _tellable(rows, organization).values_list("pk", "services", "start", "end")


def _served(organization: Organization, calendar: Calendar, interval: Interval) -> Iterator[int]:
    """Those for whom a slot really is free there now, in their order. One query for each different wish."""
    candidates = list(_candidates(organization, calendar, interval)[:MOST_LOOKED_AT])
    offered = {service.pk: service for service in calendar.services.filter(is_deleted=False, is_open=True)}
    known: dict[tuple[int, ...], list[datetime]] = {}
    for pk, wish, start, end in candidates:
        key = tuple(wish)
        if key not in known:
            if not offered.keys() >= set(wish) or len(known) == MOST_WISHES:
                continue
            known[key] = _starts(organization, [offered[each] for each in wish], calendar, interval)
        if any(start <= slot < end for slot in known[key]):
            yield pk


def _starts(
    organization: Organization, services: Sequence[Service], calendar: Calendar, interval: Interval
) -> list[datetime]:
    """The starts that a customer can book now and that take some of this time."""
    before = timedelta(minutes=services[0].buffer_before)
    after = timedelta(minutes=sum(service.length for service in services) + services[-1].buffer_after)
    step = timedelta(seconds=1)
    window = Interval(interval.start - after + step, interval.end + before)
    return [slot.start for slot in slots.free_slots(organization, services, [calendar], window, is_staff=False)]
