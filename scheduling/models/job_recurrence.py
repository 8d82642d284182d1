from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history
from core.zones import clock_text
from scheduling.models.close import MAX_TEXT, TEXT
from scheduling.models.contact import Contact, ContactPerson
from scheduling.models.job import Job
from scheduling.models.job_type import DURATIONS, JobCategory, JobType
from scheduling.models.resource import Resource


class JobRecurrence(OrganizationRow):
    """A template from which the periodic task makes jobs, each occurrence once [contract 20]."""

    class OnConflict(models.TextChoices):
        FAIL = "fail", _("Stop at the first conflict")
        SKIP = "skip", _("Leave the occurrence out")
        FLAG = "flag", _("Make it and show the conflict")

    name = models.CharField(_("name"), max_length=120, blank=True)
    type = models.ForeignKey(JobType, on_delete=models.PROTECT, related_name="+", verbose_name=_("type"))
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+", verbose_name=_("contact"))
    site_contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("person")
    )
    category = models.ForeignKey(
        JobCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("category")
    )
    description = models.TextField(_("description"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    order_number = models.CharField(_("order number"), max_length=80, blank=True)
    planned_duration = models.PositiveIntegerField(
        _("duration (minutes)"), null=True, blank=True, validators=DURATIONS, help_text=_("Empty: the type's.")
    )
    custom_values = models.JSONField(_("custom fields"), default=dict, blank=True, editable=False)
    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("resource")
    )
    vehicle = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("vehicle")
    )
    start_at = models.DateTimeField(
        _("first"), help_text=_("The first occurrence; the others keep its local time of day, across clock changes.")
    )
    rrule = models.CharField(
        _("rule"), max_length=500, help_text=_("RFC 5545, as FREQ=WEEKLY;BYDAY=MO,TH. In the organization's time zone.")
    )
    exdates = models.JSONField(_("days left out"), default=list, blank=True)
    skips_holidays = models.BooleanField(
        _("not on public holidays"), default=True, help_text=_("Those of the organization's scheduling settings.")
    )
    days_ahead = models.PositiveIntegerField(
        _("made ahead (days)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    on_conflict = models.CharField(
        _("on a conflict"), max_length=10, choices=OnConflict.choices, default=OnConflict.FLAG
    )
    is_archived = models.BooleanField(_("archived"), default=False)

    history = history()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("recurring job")
        verbose_name_plural = _("recurring jobs")

    def __str__(self) -> str:
        return self.name or f"{self.type} · {self.contact}"


class JobOccurrence(models.Model):
    """What became of one occurrence of a recurrence: the ledger by which each is made once."""

    class Outcome(models.TextChoices):
        MADE = "made", _("Made")
        SKIPPED = "skipped", _("Left out")
        FAILED = "failed", _("Failed")

    recurrence = models.ForeignKey(JobRecurrence, on_delete=models.CASCADE, related_name="occurrences")
    start_at = models.DateTimeField(_("start"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    job = models.OneToOneField(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="occurrence", verbose_name=_("job")
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["start_at", "id"]
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        constraints = [
            models.UniqueConstraint(fields=["recurrence", "start_at"], name="each_occurrence_once"),
        ]

    def __str__(self) -> str:
        start = clock_text(self.start_at, timezone.get_current_timezone())
        return f"{start} {self.get_outcome_display()}"
