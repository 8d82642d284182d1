from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from interventions.models.anomaly import Anomaly
from interventions.models.place import CompanyContact, Site
from interventions.models.texts import LONG, MAX_LONG
from scheduling.intervals import Interval


class InterventionStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("intervention", "Draft")
    PROPOSED = "proposed", pgettext_lazy("intervention", "Proposed to the provider")
    PLANNED = "planned", pgettext_lazy("intervention", "Planned")
    IN_PROGRESS = "in_progress", pgettext_lazy("intervention", "In progress")
    EXECUTED = "executed", pgettext_lazy("intervention", "To verify")
    VERIFIED = "verified", pgettext_lazy("intervention", "Verified")
    REJECTED = "rejected", pgettext_lazy("intervention", "Rejected")
    REFUSED = "refused", pgettext_lazy("intervention", "Refused by the provider")
    CANCELLED = "cancelled", pgettext_lazy("intervention", "Cancelled")


S = InterventionStatus
ENDED = (S.VERIFIED, S.CANCELLED)
# Named one by one wherever rows are asked for: by what they are not, no index finds the few among all there ever were.
OPEN = tuple(status for status in S if status not in ENDED)
# The provider has not come yet.
WAITING = (S.DRAFT, S.PROPOSED, S.PLANNED, S.REJECTED, S.REFUSED)
# It takes time of the person who makes it, and its link is alive.
AGREED = (S.PROPOSED, S.PLANNED, S.IN_PROGRESS)
# Overdue once its end is past.
UNEXECUTED = (*WAITING, S.IN_PROGRESS)


class InterventionQuerySet(VersionedQuerySet):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def to_verify(self) -> Self:
        return self.filter(status=S.EXECUTED)

    def overdue(self, now: datetime | None = None) -> Self:
        """Its end is past, and it was not executed."""
        return self.filter(status__in=UNEXECUTED, scheduled_end__lt=now or timezone.now())


class Intervention(OrganizationRow):
    """A maintenance visit: who comes when, for which anomalies, and what came of it [seed; contract 30].

    What the provider did and signed is its `execution`; earlier, rejected ones stay in `executions`.
    """

    class Kind(models.TextChoices):
        CURATIVE = "curative", _("Curative")
        PREVENTIVE = "preventive", _("Preventive")
        TRAINING = "training", _("Training")

    class CreationStatus(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CONFIRMED = "confirmed", _("Confirmed")
        TO_AGREE = "to_agree", _("To agree with the provider")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.CURATIVE, editable=False)
    status = models.CharField(
        _("status"), max_length=20, choices=InterventionStatus.choices, default=S.DRAFT, editable=False
    )
    creation_status = models.CharField(
        _("how it begins"), max_length=20, choices=CreationStatus.choices, default=CreationStatus.DRAFT
    )
    description = models.TextField(_("description"), blank=True, max_length=MAX_LONG, validators=LONG)
    scheduled_start = models.DateTimeField(_("planned start"))
    scheduled_end = models.DateTimeField(_("planned end"))
    assigned_company_contact = models.ForeignKey(
        CompanyContact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="interventions",
        verbose_name=_("provider"),
    )
    assigned_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person in charge"),
        help_text=_("Makes the visit where there is no provider; else answers for it here."),
    )
    sites = models.ManyToManyField(Site, related_name="interventions", verbose_name=_("sites"))
    # What only services change.
    actual_start = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    actual_end = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    execution = models.ForeignKey(
        "interventions.Execution",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("execution"),
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("verified by"),
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    # The manager's, or the provider's where the date was refused.
    decision_comment = models.TextField(_("decision"), blank=True, editable=False)
    cancellation_reason = models.TextField(_("reason of the cancellation"), blank=True, editable=False)
    routine = models.ForeignKey(
        "interventions.Routine",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="interventions",
        verbose_name=_("routine"),
    )
    is_automatic = models.BooleanField(_("made by its routine"), default=False, editable=False)
    follows = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="followers",
        verbose_name=_("follows"),
    )
    outside_ids = models.JSONField(default=dict, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("created by"),
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    # The code PIN is told on site, so it must be read again: encrypted. The keyed digest alone is compared in the
    # database, where two open interventions may not have the same; both are emptied when the intervention ends.
    pin_encrypted = models.BinaryField(editable=False, default=b"", blank=True)
    pin_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Signed links carry it: another provider, or the end, makes those that were sent useless.
    link_version = models.PositiveIntegerField(default=1, editable=False)
    # Grows with each invitation sent, as RFC 5545 asks.
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = InterventionQuerySet.as_manager()
    history = history(excluded_fields=["pin_encrypted", "pin_digest"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scheduled_end__gt=models.F("scheduled_start")),
                name="intervention_end_after_start",
                violation_error_code="order",
                violation_error_message=_("must end after it starts"),
            ),
            models.UniqueConstraint(
                fields=["organization", "pin_digest"],
                condition=~models.Q(pin_digest=""),
                name="one_intervention_of_a_pin",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "scheduled_start", "id"], name="intervention_start"),
            models.Index(fields=["organization", "status", "scheduled_end"], name="intervention_status"),
            models.Index(fields=["organization", "id"], name="intervention_organization"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_overdue(self) -> bool:
        return self.status in UNEXECUTED and self.scheduled_end < timezone.now()

    @property
    def assignee(self):
        """Who makes the visit, is told, and whose time it takes: the company contact, else the user, else nobody."""
        return self.assigned_company_contact or self.assigned_user

    @property
    def interval(self) -> Interval | None:
        """The time that it takes of its user: none of a company contact's, who is nobody's resource."""
        if self.status not in AGREED or self.assigned_company_contact_id or not self.assigned_user_id:
            return None
        return Interval(self.scheduled_start, self.scheduled_end)


class InterventionAnomaly(models.Model):
    """An anomaly in an intervention: what the provider did about it, what the client decided [annex 30]."""

    class ProviderAction(models.TextChoices):
        NONE = "none", pgettext_lazy("provider's action", "None")
        DONE = "done", pgettext_lazy("provider's action", "Done")
        NOT_DONE = "not_done", pgettext_lazy("provider's action", "Not done")

    class ClientDecision(models.TextChoices):
        NONE = "none", pgettext_lazy("client's decision", "None")
        ACCEPTED = "accepted", pgettext_lazy("client's decision", "Accepted")
        REFUSED = "refused", pgettext_lazy("client's decision", "Refused")

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="links")
    anomaly = models.ForeignKey(Anomaly, on_delete=models.PROTECT, related_name="links")
    # Until the intervention ends no other may have the anomaly.
    is_holding = models.BooleanField(default=True, editable=False)
    provider_action = models.CharField(
        _("provider"), max_length=10, choices=ProviderAction.choices, default=ProviderAction.NONE
    )
    comment = models.TextField(_("comment of the provider"), blank=True, max_length=MAX_LONG, validators=LONG)
    client_decision = models.CharField(
        _("decision"), max_length=10, choices=ClientDecision.choices, default=ClientDecision.NONE
    )
    client_decision_comment = models.TextField(
        _("comment of the decision"), blank=True, max_length=MAX_LONG, validators=LONG
    )

    history = history()

    class Meta:
        ordering = ["intervention_id", "anomaly_id"]
        verbose_name = _("anomaly of an intervention")
        verbose_name_plural = _("anomalies of interventions")
        constraints = [
            models.UniqueConstraint(fields=["intervention", "anomaly"], name="one_link_of_an_anomaly"),
            models.UniqueConstraint(
                fields=["anomaly"], condition=models.Q(is_holding=True), name="one_intervention_holds_an_anomaly"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention} · {self.anomaly}"


class InterventionStep(models.Model):
    """One step of an intervention's life; the first is its creation. Beside the history, for the timeline."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(_("status"), max_length=20, choices=InterventionStatus.choices)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    comment = models.TextField(_("comment"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    # Who it was where no user did it: a provider, a client program, the routine.
    by = models.CharField(_("by"), max_length=550, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        indexes = [models.Index(fields=["intervention", "id"], name="intervention_step")]

    def __str__(self) -> str:
        return self.get_status_display()
