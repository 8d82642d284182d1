"""Every change of calendars, for every door [contract 40]."""

from collections.abc import Collection
from functools import partial

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Appointment, Calendar, Service
from appointments.models.opening import check_opening_hours
from appointments.services import waiting_list
from appointments.services.living_rows import LivingRows, check_usable
from core.changes import check_all, check_fields, refuse
from core.locks import atomic
from scheduling import job_rules
from scheduling.models import BusyInterval, Resource
from scheduling.services import busy
from scheduling.services.resources import RESOURCES

# What decides who shares a resource with whom, and what is blamed first.
SHARING = {"resource", "capacity", "is_deleted"}
# What may make more of its time free for customers.
OPENING = {"opening_hours", "exceptions", "capacity", "slot_step", "is_open", "is_deleted"}


class Calendars(LivingRows):
    """values: the model's own. Without a resource it gets one of its own."""

    model = Calendar

    def update(self, pk: int, values: dict, versions: Collection[int] | None = None) -> Calendar:
        """Where it matters what is booked, the resources' time, old and new, is locked before the row, as whoever books
        does; all at once, so that two calendars that exchange theirs do not wait for each other."""
        with atomic():
            if values.keys() & {"resource", "capacity"}:
                old = Calendar.objects.filter(pk=pk).values_list("resource_id", flat=True)
                new = [values["resource"].pk] if values.get("resource") else []
                busy.lock_resources([*old, *new])
            return super().update(pk, values, versions)

    def check(self, row: Calendar, changed: set[str], values: dict) -> None:
        # A resource of its own is made once all else is right.
        checks = [partial(check_fields, row, changed - {"resource"})]
        if "calendarset" in changed:
            checks.append(partial(check_usable, "calendarset", row.organization_id, row.calendarset))
        if "resource" in changed:
            checks.append(partial(_check_resource, row))
        if "opening_hours" in changed:
            checks.append(partial(_check_services, row))
        if "capacity" in changed and not row._state.adding:
            checks.append(partial(_check_places, row))
        if changed & SHARING:
            checks.append(partial(_check_sharing, row, changed))
        check_all(*checks)

    def store(self, row: Calendar, changed: set[str], values: dict) -> None:
        if row.resource_id is None:
            kind = Resource.Kind.CALENDAR
            row.resource = RESOURCES.create(row.organization, {"kind": kind, "name": row.name[:120]})
        before = Calendar.objects.get(pk=row.pk) if row.pk and changed & OPENING else None
        row.save()
        if before and _takes_customers(row):
            waiting_list.tell_of_opened(before if _takes_customers(before) else None, row)


def _takes_customers(calendar: Calendar) -> bool:
    return calendar.is_open and not calendar.is_deleted


def _check_resource(calendar: Calendar) -> None:
    """What is booked has its time in the resource that it was booked with."""
    if calendar.resource_id is None:
        return
    job_rules.check_usable("resource", calendar.organization_id, calendar.resource)
    ahead = Appointment.objects.alive().filter(calendar=calendar.pk, end__gt=timezone.now())
    if not calendar._state.adding and ahead.exists():
        refuse("resource", "in_use", _("cannot be changed while appointments lie ahead"))


def _check_services(calendar: Calendar) -> None:
    """All that hours are limited to."""
    hours = calendar.opening_hours
    try:
        check_opening_hours("opening_hours", hours)
    except ValidationError:
        # Told by the model's own rules.
        return
    named = {pk for one in hours for pk in one["services"]}
    if not named:
        return
    rows = Service.objects.alive().filter(organization_id=calendar.organization_id, pk__in=named)
    unknown = named - set(rows.values_list("pk", flat=True))
    for number, one in enumerate(hours):
        if unknown.intersection(one["services"]):
            refuse(f"opening_hours.{number}.services", "must_exist", _("must exist"))


def _check_places(calendar: Calendar) -> None:
    """No place that is taken goes away."""
    busy.lock_resources([calendar.resource_id])
    kinds = [BusyInterval.Kind.APPOINTMENT, BusyInterval.Kind.HOLD]
    taken = BusyInterval.objects.in_force().filter(
        resource=calendar.resource_id, kind__in=kinds, end__gt=timezone.now()
    )
    highest = taken.aggregate(highest=Max("seat"))["highest"]
    if highest is not None and calendar.capacity <= highest:
        refuse("capacity", "in_use", _("must be at least %(taken)d, as so many places are taken"), taken=highest + 1)


def _check_sharing(calendar: Calendar, changed: set[str]) -> None:
    """A place is one of the resource's, so a calendar of several has it for itself."""
    if calendar.resource_id is None or calendar.is_deleted:
        return
    # Of two such changes at once the second one sees the first.
    busy.lock_resources([calendar.resource_id])
    others = Calendar.objects.alive().filter(resource=calendar.resource_id).exclude(pk=calendar.pk)
    if calendar.capacity == 1:
        others = others.filter(capacity__gt=1)
    if other := others.first():
        field = next(each for each in ("resource", "capacity", "is_deleted") if each in changed)
        text = _("shares it with the calendar %(name)s: one of several places has a resource of its own")
        refuse(field, "shared", text, name=other.name)


CALENDARS = Calendars()
