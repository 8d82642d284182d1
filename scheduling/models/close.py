from collections.abc import Callable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history

MAX_TEXT = 5000
# Django leaves both to forms; a rule stands behind every door.
TEXT: list[Callable[[str], None]] = [
    MaxLengthValidator(MAX_TEXT, _("is too long (maximum is %(limit_value)d characters)")),
    ProhibitNullCharactersValidator(_("holds a character that no text has")),
]


class CloseQuerySet(VersionedQuerySet):
    def in_force(self) -> Self:
        return self.filter(state=Close.State.CLOSE)

    def ended(self, now: datetime | None = None) -> Self:
        """Still in force though their end is past: what the periodic task uncloses."""
        return self.in_force().filter(end_at__lte=now or timezone.now())


class Close(OrganizationRow):
    """The locking of a student's account [contract 10]."""

    class State(models.TextChoices):
        CLOSE = "close", _("Closed")
        UNCLOSE = "unclose", _("Unclosed")

    class Kind(models.TextChoices):
        AGU = "agu", _("AGU")
        OTHER = "other", _("Other")
        DESERTER = "deserter", _("Deserter")
        BLACK_HOLE = "black_hole", _("Black hole")
        SERIOUS_MISCONDUCT = "serious_misconduct", _("Serious misconduct")
        SOCIAL_SECURITY = "social_security", _("Social security")
        NON_ADMITTED = "non_admitted", _("Not admitted")
        PACE_UNKNOWN = "pace_unknown", _("Pace unknown")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="closes", verbose_name=_("student")
    )
    closer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    reason = models.TextField(_("reason"), max_length=MAX_TEXT, validators=TEXT)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CLOSE, editable=False)
    end_at = models.DateTimeField(_("ends"), null=True, blank=True)

    objects = CloseQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("close")
        verbose_name_plural = _("closes")
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="close_organization_created"),
            models.Index(fields=["end_at"], name="close_end", condition=models.Q(state="close")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user}"


class Contest(OrganizationRow):
    """A student's objection to a close: once a close, decided by another member of staff than its author."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    close = models.OneToOneField(Close, on_delete=models.CASCADE, related_name="contest", verbose_name=_("close"))
    text = models.TextField(_("objection"), max_length=MAX_TEXT, validators=TEXT)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    comment = models.TextField(_("comment"), max_length=MAX_TEXT, blank=True, validators=TEXT)

    history = history()

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        indexes = [models.Index(fields=["organization", "state", "-id"], name="contest_organization_state")]

    def __str__(self) -> str:
        return str(_("Contest of close %(close)s") % {"close": self.close_id})
