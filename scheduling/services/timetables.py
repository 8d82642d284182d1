"""Weekly hours and the days that differ, written as one thing."""

from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from django.db import models

from core.changes import apply_changes, check_all, under_number
from core.locks import atomic
from core.models import Organization
from scheduling.models import Hours, SchedulingSettings, SpecialDay, Timetable


class Part(NamedTuple):
    """What a request says of one of the rows: Hours or SpecialDay, its values, its id unless it is new."""

    model: type[Hours] | type[SpecialDay]
    values: dict
    pk: int | None = None
    remove: bool = False


@atomic
def create_timetable(organization: Organization, values: dict, parts: Collection[Part] = ()) -> Timetable:
    """values: name, country, region. Raises ValidationError; of the parts under their place: `0.start`."""
    timetable = Timetable(organization=organization, **values)
    timetable.full_clean()
    timetable.save()
    _write(timetable, parts)
    return timetable


@atomic
def update_timetable(
    pk: int, values: dict, parts: Collection[Part] = (), versions: Collection[int] | None = None
) -> Timetable:
    timetable = Timetable.objects.locked(pk, versions)
    if not apply_changes(timetable, values) and not parts:
        return timetable
    timetable.full_clean()
    timetable.save()
    _write(timetable, parts)
    return timetable


@atomic
def delete_timetable(pk: int, versions: Collection[int] | None = None) -> None:
    """Its resources are always available from then on."""
    timetable = Timetable.objects.locked(pk, versions)
    for resource in timetable.resources.select_for_update().order_by("pk"):
        resource.changed(timetable=None).save()
    for row in SchedulingSettings.objects.select_for_update().filter(timetable=timetable):
        row.changed(timetable=None).save()
    timetable.delete()


def _write(timetable: Timetable, parts: Collection[Part]) -> None:
    writes = [partial(_write_part, timetable, part) for part in parts]
    check_all(*(partial(under_number, number, write) for number, write in enumerate(writes)))


def _write_part(timetable: Timetable, part: Part) -> None:
    rows: models.QuerySet = part.model._default_manager.filter(timetable=timetable)
    row = rows.get(pk=part.pk) if part.pk else part.model(timetable=timetable)
    if part.remove:
        row.delete()
        return
    apply_changes(row, part.values)
    row.full_clean()
    row.save()
