"""Every change of an organization's special working days, for every door [contract 50]."""

from collections.abc import Collection

from core.changes import apply_changes
from core.locks import atomic
from core.models import Organization
from scheduling.models import Workday


@atomic
def create_workday(organization: Organization, values: dict) -> Workday:
    """values: Workday's fields. Raises ValidationError by field."""
    workday = Workday(organization=organization, **values)
    workday.full_clean()
    workday.save()
    return workday


@atomic
def update_workday(pk: int, values: dict, versions: Collection[int] | None = None) -> Workday:
    """As create_workday; raises StaleVersion and DoesNotExist too."""
    workday = Workday.objects.locked(pk, versions)
    if apply_changes(workday, values):
        workday.full_clean()
        workday.save()
    return workday


@atomic
def delete_workday(pk: int, versions: Collection[int] | None = None) -> None:
    Workday.objects.locked(pk, versions).delete()
