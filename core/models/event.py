import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.organization import Organization


class Event(models.Model):
    """Something that happened to a row, written in the transaction of its change [contract 60].

    `position` is its place in its organization's feed: given, once and for all, when nothing older can still commit.
    """

    uuid = models.UUIDField(_("id"), default=uuid.uuid4, editable=False)
    # No index of its own, nor of the id: each is one more to write with every change of the product.
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    # `<entity>.<what>`, one of core.events.
    kind = models.CharField(_("type"), max_length=60)
    # As the entity's own API names the row.
    entity_id = models.CharField(_("about"), max_length=60)
    created_at = models.DateTimeField(_("happened"), default=timezone.now)
    # PostgreSQL's number of the transaction that wrote it; 0 elsewhere.
    transaction = models.BigIntegerField(default=0)
    position = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["organization", "position"], name="one_event_at_a_position"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "transaction", "id"],
                condition=models.Q(position__isnull=True),
                name="event_to_be_placed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity_id}"


class EventFeed(models.Model):
    """How far an organization's events have got: the last position given, and the last that was deleted for its age."""

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.CASCADE, related_name="+")
    last_position = models.BigIntegerField(default=0)
    purged_position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.last_position}"
