import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from core.one_line import ONE_LINE
from scheduling.minutes import WEEK, check_periods
from svctasks.models.script import DEFAULT_TIMEOUT, ServiceScript

DAY_SECONDS = 24 * 3600
LONGEST_INTERVAL = 3660 * DAY_SECONDS


class ServiceTaskQuerySet(VersionedQuerySet):
    def to_look_at(self, now: datetime):
        """What the dispatcher takes, by an index of such rows alone."""
        return self.filter(wake_at__lte=now)


class ServiceTask(OrganizationRow):
    """Runs a script once or again and again, at some sites, within a schedule [contract 50].

    Its due moments are `anchor + n * interval`. Those until `counted_until` are in the ledger, or were nobody's;
    `wake_at` is when the dispatcher looks at the task next, empty when there is nothing to come.
    """

    class SiteMode(models.TextChoices):
        ALL = "all", _("All sites")
        ANY = "any", _("One of all sites")
        LISTED = "listed", _("Each of the listed sites")
        ANY_LISTED = "any_listed", _("One of the listed sites")
        FIRST = "first", _("The first site")

    class Schedule(models.TextChoices):
        ALWAYS = "always", _("Always")
        WORK = "work", _("Within working hours")
        NON_WORK = "non_work", _("Outside working hours")
        INDIVIDUAL = "individual", _("Within its own periods")

    class Clock(models.TextChoices):
        UTC = "utc", _("Steady, in seconds")
        LOCAL = "local", _("At the same local time")

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=250, validators=[ONE_LINE])
    is_enabled = models.BooleanField(_("enabled"), default=False)
    script = models.ForeignKey(
        ServiceScript,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        verbose_name=_("script"),
    )
    site_mode = models.CharField(_("runs at"), max_length=12, choices=SiteMode.choices, default=SiteMode.ALL)
    sites = models.JSONField(_("sites"), default=list, blank=True)
    is_regular = models.BooleanField(_("again and again"), default=False)
    overlap = models.BooleanField(
        _("may overlap"), default=True, help_text=_("Off: a moment is skipped while a run of the task is active.")
    )
    interval_seconds = models.PositiveBigIntegerField(
        _("interval (seconds)"), default=0, validators=[MaxValueValidator(LONGEST_INTERVAL)]
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    stops_at = models.DateTimeField(_("until"), null=True, blank=True)
    schedule = models.CharField(_("schedule"), max_length=12, choices=Schedule.choices, default=Schedule.ALWAYS)
    # [{"start": minutes, "stop": minutes}], from Monday 00:00 local time.
    periods = models.JSONField(_("own periods"), default=list, blank=True)
    clock = models.CharField(_("clock"), max_length=8, choices=Clock.choices, default=Clock.UTC)
    misfire_seconds = models.PositiveBigIntegerField(
        _("may be late by (seconds)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_INTERVAL)],
        help_text=_("A moment missed for longer is skipped. Empty: one interval."),
    )
    retries = models.PositiveSmallIntegerField(
        _("tries again"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("How often a run whose worker died is run again."),
    )
    pause_after = models.PositiveSmallIntegerField(
        _("pause after failures"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(1000)],
        help_text=_("So many failed runs in a row switch the task off. Empty: never."),
    )
    # What clients keep here, "title" and "comment" among it.
    options = models.JSONField(default=dict, blank=True)
    pause_note = models.CharField(
        _("why it is paused"), max_length=500, blank=True, editable=False, validators=[ONE_LINE]
    )
    # Shipped with the product: may be disabled and re-timed.
    is_system = models.BooleanField(_("shipped"), default=False, editable=False)
    # A single one that has run, or whose time is past.
    is_spent = models.BooleanField(default=False, editable=False)
    counted_until = models.DateTimeField(editable=False)
    wake_at = models.DateTimeField(_("next look"), null=True, blank=True, editable=False)
    failures_in_row = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    failure_told_at = models.DateTimeField(null=True, editable=False)
    # Why the dispatcher cannot handle the row, for people; empty when it can.
    problem = models.TextField(_("problem"), blank=True, editable=False)

    objects: Any = ServiceTaskQuerySet.as_manager()
    history = history(excluded_fields=["counted_until", "wake_at", "failures_in_row", "failure_told_at", "problem"])

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("service task")
        verbose_name_plural = _("service tasks")
        constraints = [
            models.UniqueConstraint(fields=["organization", "public_id"], name="one_service_task_of_an_id"),
            models.CheckConstraint(
                condition=models.Q(is_enabled=False) | models.Q(script__isnull=False),
                name="enabled_task_has_script",
                violation_error_code="no_script",
                violation_error_message=_("cannot be enabled without a script"),
            ),
        ]
        indexes = [
            models.Index(fields=["wake_at"], condition=models.Q(wake_at__isnull=False), name="service_task_wake"),
            models.Index(fields=["organization", "created_at", "public_id"], name="service_task_organization"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def anchor(self) -> datetime:
        return self.starts_at or self.created_at

    @property
    def timeout(self) -> int:
        """How many seconds a run may take."""
        return self.script.timeout_seconds if self.script else DEFAULT_TIMEOUT

    @property
    def patience(self) -> timedelta:
        """How late a missed moment may still run."""
        seconds = self.interval_seconds if self.misfire_seconds is None else self.misfire_seconds
        return timedelta(seconds=seconds)

    def clean(self) -> None:
        if self.is_regular and not self.interval_seconds:
            message = _("must be at least 1 for a regular task")
            raise ValidationError({"interval_seconds": ValidationError(message, code="required")})
        if self.starts_at and self.stops_at and self.stops_at <= self.starts_at:
            raise ValidationError({"stops_at": ValidationError(_("must be after the start"), code="order")})
        if self.is_regular and self.clock == self.Clock.LOCAL and self.interval_seconds % DAY_SECONDS:
            message = _("must be whole days (multiples of 86400) by the local clock")
            raise ValidationError({"interval_seconds": ValidationError(message, code="whole_days")})
        check_periods("periods", self.periods, WEEK)
        if self.schedule == self.Schedule.INDIVIDUAL and not self.periods:
            message = _("must be given for an individual schedule")
            raise ValidationError({"periods": ValidationError(message, code="required")})
