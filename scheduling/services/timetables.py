"""Weekly hours and the days that differ, written as one thing."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models

from core.changes import apply_changes, check_all
from core.locks import atomic
from core.models import Organization
from scheduling.models import Hours, SpecialDay, Timetable


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
    timetable.delete()


def _write(timetable: Timetable, parts: Collection[Part]) -> None:
    check_all(*(_under_place(number, timetable, part) for number, part in enumerate(parts)))


def _under_place(number: int, timetable: Timetable, part: Part) -> Callable[[], None]:
    def run() -> None:
        try:
            _write_part(timetable, part)
        except ValidationError as error:
            raise ValidationError({f"{number}.{name}": found for name, found in error.error_dict.items()}) from None

    return run


def _write_part(timetable: Timetable, part: Part) -> None:
    rows: models.QuerySet = part.model._default_manager.filter(timetable=timetable)
    row = rows.get(pk=part.pk) if part.pk else part.model(timetable=timetable)
    if part.remove:
        row.delete()
        return
    apply_changes(row, part.values)
    row.full_clean()
    row.save()
