from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import StaleVersion

# Django notes it at each log-in: nobody changed the row.
UNTOLD = {"last_login"}


def check_version(row: Any, versions: Collection[int] | None) -> None:
    """Raises StaleVersion when versions are given and the row's is none of them."""
    if versions is not None and row.version not in versions:
        raise StaleVersion


class VersionedQuerySet(models.QuerySet):
    def locked(self, pk: int, versions: Collection[int] | None = None, *, no_key: bool = False):
        """The row, locked for the running transaction (SQLite: the transaction already holds the write lock).

        `no_key`: others may write rows that point to it meanwhile. Raises DoesNotExist, and StaleVersion when versions
        are given and the row's is none of them.
        """
        row: Any = self.select_for_update(of=("self",), no_key=no_key).get(pk=pk)
        check_version(row, versions)
        return row

    def locked_all(self, pks: Collection[int]) -> list:
        """These rows, locked in the order of their ids, so that two transactions never wait for each other."""
        return list(self.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")) if pks else []


class VersionedModel(models.Model):
    """A row that staff and clients change: dated, and numbered anew by each write, by any door."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        named = kwargs.get("update_fields")
        if named and UNTOLD.issuperset(named):
            type(self)._base_manager.filter(pk=self.pk).update(**{name: getattr(self, name) for name in named})
            return
        if not self._state.adding:
            self.version += 1
        super().save(*args, **kwargs)

    def changed(self, **values) -> Self:
        """Self with these fields set; the caller saves."""
        for name, value in values.items():
            setattr(self, name, value)
        return self


class OrganizationRow(VersionedModel):
    """A versioned row that belongs to one organization and to nobody else."""

    organization = models.ForeignKey(
        "core.Organization", on_delete=models.PROTECT, related_name="+", verbose_name=_("organization")
    )

    class Meta:
        abstract = True
