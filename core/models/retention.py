from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history


class Retention(OrganizationRow):
    """How long an organization keeps one kind of data; without a row it is the kind's default (core.retention)."""

    kind = models.CharField(_("kind"), max_length=60)
    days = models.PositiveIntegerField(_("days"))

    history = history()

    class Meta:
        ordering = ["kind", "id"]
        verbose_name = _("retention")
        verbose_name_plural = _("retentions")
        constraints = [models.UniqueConstraint(fields=["organization", "kind"], name="one_retention_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"
