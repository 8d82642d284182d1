from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from interventions.models.intervention import Intervention
from interventions.models.place import CompanyContact, Site
from interventions.models.texts import LINE, LONG, MAX_LINE, MAX_LONG

DAYS = [MaxValueValidator(366)]


class RoutineQuerySet(VersionedQuerySet):
    def due_to_run(self):
        return self.filter(archived_at=None, auto_create_enabled=True)


class Routine(OrganizationRow):
    """The rule by which preventive interventions come [contract 30]."""

    class Base(models.TextChoices):
        DUE_DATE = "due_date", _("The days of the rule")
        COMPLETION = "completion", _("The last visit")

    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=Intervention.Kind.choices,
        default=Intervention.Kind.PREVENTIVE,
        editable=False,
    )
    name = models.CharField(_("name"), max_length=MAX_LINE, validators=LINE)
    description = models.TextField(_("description"), blank=True, max_length=MAX_LONG, validators=LONG)
    rrule = models.CharField(_("rule"), max_length=500, help_text=_("RFC 5545, as FREQ=MONTHLY;BYDAY=1MO."))
    start_at = models.DateTimeField(_("first visit"), default=timezone.now)
    duration = models.PositiveIntegerField(
        _("duration (minutes)"), default=60, validators=[MinValueValidator(5), MaxValueValidator(7 * 24 * 60)]
    )
    base = models.CharField(_("counted from"), max_length=12, choices=Base.choices, default=Base.DUE_DATE)
    early_days = models.PositiveIntegerField(_("may be early by (days)"), default=0, validators=DAYS)
    late_days = models.PositiveIntegerField(_("may be late by (days)"), default=7, validators=DAYS)
    auto_create_enabled = models.BooleanField(_("makes its interventions by itself"), default=False)
    auto_attach_enabled = models.BooleanField(_("takes the sites' open anomalies along"), default=False)
    creation_status = models.CharField(
        _("its interventions begin as"),
        max_length=20,
        choices=Intervention.CreationStatus.choices,
        default=Intervention.CreationStatus.CONFIRMED,
    )
    assigned_company_contact = models.ForeignKey(
        CompanyContact, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("provider")
    )
    assigned_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person in charge"),
    )
    sites = models.ManyToManyField(Site, blank=True, related_name="routines", verbose_name=_("sites"))
    outside_ids = models.JSONField(default=dict, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    # From when on the present rule is judged: what went before is an older rule's, or nobody's.
    judged_from = models.DateTimeField(null=True, blank=True, editable=False)
    # Why the last run could not make a visit, for people; empty when it could.
    problem = models.TextField(_("problem"), blank=True, editable=False)

    objects = RoutineQuerySet.as_manager()
    history = history(excluded_fields=["problem"], m2m_fields=[sites])

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("routine")
        verbose_name_plural = _("routines")
        indexes = [models.Index(fields=["organization", "id"], name="routine_organization")]

    def __str__(self) -> str:
        return self.name


class RoutineOccurrence(models.Model):
    """A day that a routine's rule named, judged once: the visit was made, or nobody could come any more.

    `due_at` is what the rule named; the visit may have been moved since.
    """

    class Outcome(models.TextChoices):
        MADE = "made", pgettext_lazy("routine", "Made")
        MISSED = "missed", pgettext_lazy("routine", "Missed")

    routine = models.ForeignKey(Routine, on_delete=models.CASCADE, related_name="occurrences")
    due_at = models.DateTimeField(_("due"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    intervention = models.OneToOneField(
        Intervention, null=True, blank=True, on_delete=models.SET_NULL, related_name="occurrence"
    )
    created_at = models.DateTimeField(_("judged"), default=timezone.now)

    class Meta:
        ordering = ["due_at"]
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        constraints = [
            models.UniqueConstraint(fields=["routine", "due_at"], name="one_occurrence_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.routine} · {timezone.localdate(self.due_at)}"
