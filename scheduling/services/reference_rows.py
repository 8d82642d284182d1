"""What every service of reference data does: lock, rules, write, audit. Nothing is deleted, only archived."""

from collections.abc import Collection
from copy import copy
from typing import Any

from core.changes import apply_changes, check_fields
from core.locks import atomic, hold
from core.models import Organization


class ReferenceRows:
    """The rows of one model, for every door. `extras` are values that are no plain field of it."""

    model: Any
    extras: frozenset[str] = frozenset()

    def create(self, organization: Organization, values: dict):
        """The stored row. Raises ValidationError."""
        with atomic():
            hold(values.values())
            row = self.check_new(organization, values)
            self.store(row, set(values), values)
        return row

    def check_new(self, organization: Organization, values: dict):
        """The unsaved row of these values, once every rule agrees; writes nothing."""
        row = self.model(organization=organization, **self.plain(values))
        self.check(row, set(values), values)
        return row

    def update(self, pk: int, values: dict, versions: Collection[int] | None = None):
        """Only what differs is checked and written. Raises ValidationError and StaleVersion."""
        with atomic():
            row = self.model.objects.locked(pk, versions)
            hold(values.values())
            if changed := self.apply(row, values):
                self.check(row, changed, values)
                self.store(row, changed, values)
        return row

    def check_update(self, row, values: dict) -> None:
        """Every rule that these values would break; writes nothing."""
        draft = copy(row)
        self.check(draft, self.apply(draft, values), values)

    def apply(self, row, values: dict) -> set[str]:
        return apply_changes(row, self.plain(values)) | self.changed_extras(row, values)

    def plain(self, values: dict) -> dict:
        return {name: value for name, value in values.items() if name not in self.extras}

    # -- what a kind of row has of its own --------------------------------------------------------------

    def changed_extras(self, row, values: dict) -> set[str]:
        return set()

    def check(self, row, changed: set[str], values: dict) -> None:
        check_fields(row, changed)

    def store(self, row, changed: set[str], values: dict) -> None:
        row.save()
