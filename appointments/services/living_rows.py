"""What every service of set-up does: lock, rules, write, audit. What is deleted is marked, and can be restored."""

from collections.abc import Collection
from copy import copy
from typing import Any

from django.utils.translation import gettext as _

from core.changes import refuse
from core.errors import StateConflict
from core.locks import atomic
from scheduling.services.reference_rows import ReferenceRows


class LivingRows(ReferenceRows):
    """`is_deleted` False among the values restores; nothing else can be changed of a deleted row."""

    def update(self, pk: int, values: dict, versions: Collection[int] | None = None):
        """Raises ValidationError, StaleVersion, StateConflict."""
        with atomic():
            row = self.model.objects.locked(pk, versions)
            check_living(row, values)
            if changed := self.apply(row, values):
                self.check(row, changed, values)
                self.store(row, changed, values)
        return row

    def check_update(self, row, values: dict) -> None:
        check_living(row, values)
        draft = copy(row)
        self.check(draft, self.apply(draft, values), values)

    def delete(self, pk: int, versions: Collection[int] | None = None):
        """Raises DoesNotExist when it is deleted already, ValidationError, StaleVersion."""
        with atomic():
            row = self.model.objects.locked(pk, versions)
            if row.is_deleted:
                raise self.model.DoesNotExist
            self.check_delete(row)
            row.is_deleted = True
            row.save()
        return row

    def check_delete(self, row) -> None:
        """What would stand against it."""


def check_living(row: Any, values: dict) -> None:
    if values.get("is_deleted"):
        refuse("is_deleted", "by_delete", _("can only be false here, which restores"))
    if row.is_deleted and values.get("is_deleted") is not False:
        raise StateConflict(_("It is deleted, and has to be restored first"), ["restored"])


def check_usable(field: str, organization_id: int, row: Any) -> None:
    """A row of the same organization that is not deleted."""
    if row is not None and (row.organization_id != organization_id or row.is_deleted):
        refuse(field, "must_exist", _("must exist"))
