from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Organization
from core.models.base import OrganizationRow
from core.models.history import history
from scheduling.intervals import Interval
from scheduling.models.close import MAX_TEXT, TEXT
from scheduling.models.resource import Resource


def sharing_time(start: Any, end: Any, path: str = "") -> models.Q:
    """Rows, or those at the end of a path, that share a moment with these times; touching ends share none.

    The times may be columns too.
    """
    return models.Q(**{f"{path}start__lt": end, f"{path}end__gt": start})


class BusyIntervalQuerySet(models.QuerySet):
    def of(self, kind: str, source_id: int) -> Self:
        """What one job, absence or other source takes."""
        return self.filter(kind=kind, source_id=source_id)

    def overlapping(self, resource_ids: Collection[int], interval: Interval, now: datetime | None = None) -> Self:
        """Of these resources, in this time."""
        return self.filter(sharing_time(*interval), resource_id__in=resource_ids).in_force(now)

    def clashing_with_outer(self) -> Self:
        """What else takes some of the time of an outer query's busy row from the same resource."""
        outer = {name: models.OuterRef(name) for name in ("resource", "start", "end", "kind", "source_id")}
        others = self.exclude(kind=outer["kind"], source_id=outer["source_id"])
        return others.filter(sharing_time(outer["start"], outer["end"]), resource=outer["resource"]).in_force()

    def in_force(self, now: datetime | None = None) -> Self:
        """Without holds that expired."""
        return self.filter(models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now or timezone.now()))

    def clashing(self, resource_ids: Collection[int], interval: Interval, kind: str, source_id: int | None) -> Self:
        """What else than this source takes some of this time from these resources, hard and soft alike, in order."""
        others = self.overlapping(resource_ids, interval).exclude(kind=kind, source_id=source_id or 0)
        return others.order_by("start", "id")


class BusyInterval(models.Model):
    """Time `[start, end)` that something takes from a resource. Written by `services.busy` alone.

    A hard one never overlaps another hard one of its resource and seat: an exclusion constraint on PostgreSQL.
    """

    class Kind(models.TextChoices):
        APPOINTMENT = "appointment", _("Appointment")
        HOLD = "hold", _("Hold")
        JOB = "job", _("Job")
        INTERVENTION = "intervention", _("Intervention")
        COMMUNITY_SERVICE = "community_service", _("Community service")
        ABSENCE = "absence", _("Absence")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="busy")
    seat = models.PositiveIntegerField(default=0)
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    source_id = models.BigIntegerField()
    is_hard = models.BooleanField(default=False)
    # Of a hold: from then on it takes nothing, whether or not the row is still there.
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = BusyIntervalQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        constraints = [
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="busy_end_after_start"),
        ]
        indexes = [
            # By the end first: what is over, and that is most of it after some years, is never read.
            models.Index(fields=["resource", "end", "start"], name="busy_resource_end"),
            models.Index(fields=["kind", "source_id"], name="busy_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.source_id}"


class Absence(OrganizationRow):
    """Time in which a resource is not there: leave, illness, a vehicle in the workshop."""

    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="absences", verbose_name=_("resource")
    )
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"))
    note = models.TextField(_("note"), blank=True, max_length=MAX_TEXT, validators=TEXT)

    history = history()

    class Meta:
        ordering = ["start", "id"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")),
                name="absence_end_after_start",
                violation_error_code="order",
                violation_error_message=_("must end after it starts"),
            )
        ]
        indexes = [models.Index(fields=["organization", "start"], name="absence_organization_start")]

    def __str__(self) -> str:
        return f"{self.resource}: {self.note}" if self.note else str(self.resource)
