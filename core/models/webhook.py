from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.event import Event
from core.models.history import history

MAX_URL = 2000


class Webhook(OrganizationRow):
    """Where an organization wants to be told of events, and of which [contract 60].

    Two secrets may sign at a time: the former one until `former_until`.
    """

    # As core.outbound takes it: a URLField would refuse the names of a network of one's own.
    url = models.CharField(_("address"), max_length=MAX_URL)
    # Names of core.events, or "*".
    types = models.JSONField(_("types"), default=list)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    # Encrypted.
    secret = models.BinaryField(editable=False)
    former_secret = models.BinaryField(default=bytes, editable=False)
    former_until = models.DateTimeField(_("former secret until"), null=True, editable=False)
    # Since when each delivery failed, and until when no other is tried; none while they arrive.
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    resting_until = models.DateTimeField(null=True, editable=False)
    off_reason = models.CharField(_("why it is off"), max_length=200, blank=True, editable=False)

    history = history(excluded_fields=["secret", "former_secret", "failing_since", "resting_until"])

    class Meta:
        ordering = ["id"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event to one webhook: tried until it arrives, for a day; then parked."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    # After a try that fails later than this there is no other.
    until = models.DateTimeField(_("tried until"))
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    # Of the last try; 0 where there was no answer.
    answer_status = models.PositiveSmallIntegerField(_("answer"), default=0)
    answer_body = models.TextField(_("answer's body"), blank=True)
    error = models.TextField(_("last error"), blank=True)
    # Sent again by somebody, beside the first one.
    is_replay = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "event"], condition=models.Q(is_replay=False), name="one_delivery_of_an_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.webhook}"
