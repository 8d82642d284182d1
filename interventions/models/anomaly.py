from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from interventions.models.place import Site
from interventions.models.texts import LINE, LONG, MAX_LINE, MAX_LONG


class Risk(models.TextChoices):
    NONE = "none", pgettext_lazy("risk", "None")
    LOW = "low", pgettext_lazy("risk", "Low")
    MEDIUM = "medium", pgettext_lazy("risk", "Medium")
    HIGH = "high", pgettext_lazy("risk", "High")


class AnomalyStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("anomaly", "Open")
    PLANNED = "planned", pgettext_lazy("anomaly", "Planned")
    TO_REVIEW = "to_review", pgettext_lazy("anomaly", "To review")
    RESOLVED = "resolved", pgettext_lazy("anomaly", "Resolved")


# Named one by one wherever rows are asked for: by what they are not, no index finds the few among all there ever were.
UNRESOLVED = (AnomalyStatus.OPEN, AnomalyStatus.PLANNED, AnomalyStatus.TO_REVIEW)


# After so short a time the same thing again is no new one.
CAME_BACK = timedelta(days=30)


class AnomalyQuerySet(VersionedQuerySet):
    def in_use(self) -> Self:
        return self.filter(archived_at=None)

    def unresolved(self) -> Self:
        return self.in_use().filter(status__in=UNRESOLVED)

    def uncovered(self) -> Self:
        """Open, and no open intervention holds it [issue: coverage]."""
        return self.in_use().filter(status=AnomalyStatus.OPEN)

    def came_back(self) -> Self:
        """Unresolved, and seen within thirty days after one of the same title was resolved at the same site [issue:
        coverage].
        """
        seen = models.OuterRef("observed_at")
        before = Anomaly.objects.filter(site=models.OuterRef("site"), title__iexact=models.OuterRef("title"))
        # Reckoned from the resolution, which was lately: what was seen may lie where there is no day before it.
        until = models.ExpressionWrapper(models.F("resolved_at") + CAME_BACK, output_field=models.DateTimeField())
        before = before.alias(until=until).filter(resolved_at__lte=seen, until__gte=seen)
        return self.unresolved().filter(models.Exists(before))

    def overdue(self, now: datetime | None = None) -> Self:
        return self.unresolved().filter(due_at__lt=now or timezone.now())


class Anomaly(OrganizationRow):
    """Something wrong at a site: seen (observation), written in a report (prescription), or against a rule
    (non-conformity) [annex 30]."""

    class Kind(models.TextChoices):
        OBSERVATION = "observation", _("Observation")
        PRESCRIPTION = "prescription", _("Prescription")
        NON_CONFORMITY = "non_conformity", _("Non-conformity")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OBSERVATION)
    status = models.CharField(
        _("status"), max_length=20, choices=AnomalyStatus.choices, default=AnomalyStatus.OPEN, editable=False
    )
    # Counted by organization; "A-12345" for people.
    number = models.PositiveIntegerField(_("number"), editable=False)
    title = models.CharField(_("title"), max_length=MAX_LINE, validators=LINE)
    description = models.TextField(_("description"), blank=True, max_length=MAX_LONG, validators=LONG)
    risk = models.CharField(_("risk"), max_length=10, choices=Risk.choices, default=Risk.NONE)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="anomalies", verbose_name=_("site"))
    location = models.CharField(
        _("location"), max_length=MAX_LINE, blank=True, validators=LINE, help_text=_("Where on the site.")
    )
    comment = models.TextField(_("comment"), blank=True, max_length=MAX_LONG, validators=LONG)
    resolution_delay = models.CharField(
        _("time to resolve"), max_length=40, blank=True, help_text=_("An ISO 8601 duration, as P7D or P2W.")
    )
    observed_at = models.DateTimeField(_("observed"), default=timezone.now)
    # The observation and the delay give it; stored so that lists find it.
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("reported by"),
    )
    reporter = models.CharField(
        _("reporter"), max_length=MAX_LINE, blank=True, validators=LINE, help_text=_("Of somebody without a log-in.")
    )
    report = models.ForeignKey(
        "interventions.Report",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="anomalies",
        verbose_name=_("report"),
    )
    page_number = models.PositiveIntegerField(_("page"), null=True, blank=True)
    sort_order = models.PositiveIntegerField(_("place in the report"), null=True, blank=True)
    already_reported = models.BooleanField(_("reported before"), default=False)
    # Ids of what is not modelled here, by their wire names: kept and echoed, never checked [contract 30].
    outside_ids = models.JSONField(default=dict, blank=True, editable=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("resolved by"),
    )
    resolved_comment = models.TextField(_("how it was resolved"), blank=True, max_length=MAX_LONG, validators=LONG)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    objects = AnomalyQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("anomaly")
        verbose_name_plural = _("anomalies")
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="one_anomaly_of_a_number"),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="anomaly_organization"),
            models.Index(fields=["organization", "status", "id"], name="anomaly_status"),
            models.Index(fields=["organization", "observed_at"], name="anomaly_observed"),
            models.Index(fields=["organization", "due_at"], name="anomaly_due"),
            models.Index(fields=["site", "id"], name="anomaly_site"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        return label_of(self.number)

    @property
    def is_resolved(self) -> bool:
        return self.status == AnomalyStatus.RESOLVED

    @property
    def is_overdue(self) -> bool:
        is_waiting = self.status in UNRESOLVED and self.archived_at is None
        return is_waiting and self.due_at is not None and self.due_at < timezone.now()


def label_of(number: int) -> str:
    return f"A-{number:05d}"


class Report(OrganizationRow):
    """A report of an inspector, under which prescriptions were made; the client numbers it [contract 30]."""

    number = models.BigIntegerField(_("number"))

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="one_report_of_a_number"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Counter(models.Model):
    """The last number that an organization gave out. Locked while the next one is taken."""

    class Name(models.TextChoices):
        ANOMALY = "anomaly"
        PDF_REPORT = "pdf_report"

    organization = models.ForeignKey("core.Organization", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=20, choices=Name.choices)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="one_counter_of_a_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
