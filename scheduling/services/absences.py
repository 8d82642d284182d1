"""When a resource is not there. Its time is taken softly: jobs may stand over it, and read the conflict."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from core.changes import apply_changes, check_all, check_fields, refuse
from core.locks import atomic, hold
from core.models import Organization
from scheduling import job_rules
from scheduling.intervals import Interval
from scheduling.models import Absence, BusyInterval
from scheduling.services import busy


@atomic
def create_absence(organization: Organization, values: dict) -> Absence:
    """values: resource, start, end, note. Raises ValidationError."""
    hold(values.values())
    absence = Absence(organization=organization, **values)
    _check(absence, {"resource", *values})
    absence.save()
    _take(absence)
    return absence


@atomic
def update_absence(pk: int, values: dict, versions: Collection[int] | None = None) -> Absence:
    """Only what differs is checked and written; the time of the former resource is free again."""
    absence = Absence.objects.locked(pk, versions)
    hold(values.values())
    former = absence.resource_id
    changed = apply_changes(absence, values)
    if not changed:
        return absence
    _check(absence, changed)
    absence.save()
    _take(absence, former)
    return absence


@atomic
def delete_absence(pk: int, versions: Collection[int] | None = None) -> None:
    absence = Absence.objects.locked(pk, versions)
    busy.lock_resources([absence.resource_id])
    busy.replace(_source(absence), absence.organization_id, [], None, is_hard=False)
    absence.delete()


def _check(absence: Absence, changed: set[str]) -> None:
    check_all(
        lambda: check_fields(absence, changed | {"start", "end"}),
        lambda: _check_resource(absence) if "resource" in changed and absence.resource_id else None,
        lambda: _check_order(absence),
    )


def _check_resource(absence: Absence) -> None:
    job_rules.check_usable("resource", absence.organization_id, absence.resource)


def _check_order(absence: Absence) -> None:
    if absence.start and absence.end and absence.end <= absence.start:
        refuse("end", "order", _("must end after it starts"))


def _take(absence: Absence, *former: int) -> None:
    busy.lock_resources({absence.resource_id, *former})
    interval = Interval(absence.start, absence.end)
    busy.replace(_source(absence), absence.organization_id, [absence.resource_id], interval, is_hard=False)


def _source(absence: Absence) -> busy.Source:
    return busy.Source(BusyInterval.Kind.ABSENCE, absence.pk)
