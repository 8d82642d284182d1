import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.history import history


class OutboxMessage(models.Model):
    """An e-mail to be sent, written in the transaction of the change that it tells of.

    `kind` names the function that renders it when it is sent (core.mail); `subject` and `text` are kept
    once it went out, with a placeholder where the signed link stood. A sandbox's is captured: kept, and never sent.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        CAPTURED = "captured", _("Captured: not sent")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey("core.Organization", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("recipient"),
    )
    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    # The row that the message is about, as "app.model" and id: a plain pair, so that core knows no app.
    entity = models.CharField(_("about"), max_length=60)
    entity_id = models.BigIntegerField()
    params = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    text = models.TextField(_("text"), blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    # Of what staff do with it: written with a change, a message is part of that change's own history.
    # Nothing that says whose it was, so that a retention has the message alone to blank.
    history = history(excluded_fields=["recipient", "address", "params", "error", "subject", "text", "lease_until"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="outbox_due", condition=models.Q(state__in=["queued", "sending"])
            ),
            models.Index(fields=["entity", "entity_id"], name="outbox_entity"),
            models.Index(fields=["organization", "state", "-id"], name="outbox_organization_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.address}"
