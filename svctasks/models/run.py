import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Organization
from core.zones import clock_text
from svctasks.models.task import ServiceTask


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    LOST = "lost", _("Lost")
    CANCELLED = "cancelled", _("Cancelled")
    SKIPPED = "skipped", _("Skipped")


ACTIVE = (RunState.WAITING, RunState.RUNNING)
WENT_WRONG = (RunState.FAILED, RunState.LOST)


class SkipReason(models.TextChoices):
    OVERLAP = "overlap", _("Another run was still active")
    OUTSIDE_SCHEDULE = "outside_schedule", _("Outside its schedule")
    DISABLED = "disabled", _("The task was disabled")
    MISFIRE = "misfire", _("Missed while nothing ran tasks")
    SITE_AWAY = "site_away", _("No worker served the site")


class RunQuerySet(models.QuerySet):
    def active(self):
        return self.filter(state__in=ACTIVE)

    def abandoned(self, now):
        """Running, by a worker that said nothing for longer than its lease."""
        return self.filter(state=RunState.RUNNING, lease_until__lt=now)


class ServiceRun(models.Model):
    """The ledger: what became of a due moment of a task at a site; or of several in a row that were skipped alike.

    A row of skips covers `count` moments from `due_at` to `last_due_at`.
    """

    class Cause(models.TextChoices):
        SCHEDULE = "schedule", _("Schedule")
        BY_HAND = "by_hand", _("By hand")
        BACKFILL = "backfill", _("Back-fill")

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, editable=False, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(ServiceTask, on_delete=models.CASCADE, related_name="runs", verbose_name=_("task"))
    due_at = models.DateTimeField(_("due"))
    site = models.CharField(_("site"), max_length=60, blank=True)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices, default=Cause.SCHEDULE)
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.WAITING)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    # When a queue was told last.
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    attempt = models.PositiveSmallIntegerField(_("try"), default=0)
    worker = models.CharField(_("worker"), max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    is_cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(_("result"), null=True)
    error = models.TextField(_("error"), blank=True)
    progress_done = models.PositiveBigIntegerField(null=True)
    progress_total = models.PositiveBigIntegerField(null=True)
    progress_text = models.CharField(max_length=250, blank=True)
    log = models.TextField(_("log"), blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=SkipReason.choices, blank=True)
    last_due_at = models.DateTimeField(null=True)
    count = models.PositiveBigIntegerField(default=1)

    objects: Any = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-id"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "due_at", "site"],
                condition=~models.Q(state="skipped"),
                name="one_run_of_a_moment_and_site",
            ),
            # What was skipped may be made up for by hand.
            models.UniqueConstraint(
                fields=["task", "due_at", "site"],
                condition=models.Q(state="skipped"),
                name="one_skip_of_a_moment_and_site",
            ),
        ]
        indexes = [
            models.Index(fields=["task", "-due_at", "-id"], name="service_run_of_task"),
            models.Index(fields=["organization", "-due_at", "-id"], name="service_run_organization"),
            # Whole: SQLite uses a partial one for no state that comes as a parameter.
            models.Index(fields=["state", "site", "id"], name="service_run_active"),
            models.Index(fields=["organization", "state", "finished_at"], name="service_run_finished"),
        ]

    def __str__(self) -> str:
        return f"{clock_text(self.due_at, timezone.get_current_timezone())} {self.site}".strip()
