from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.calendar import Calendar
from core.models.base import OrganizationRow
from core.models.client import Application
from core.models.history import history


class CalendarFeed(OrganizationRow):
    """Leave to read one calendar as iCalendar, by a token that is kept as a hash: one a calendar and reader."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="feeds", verbose_name=_("calendar"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("client")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    history = history(excluded_fields=["token_hash"])

    class Meta:
        ordering = ["id"]
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "user"], condition=models.Q(user__isnull=False), name="one_feed_of_a_person"
            ),
            models.UniqueConstraint(
                fields=["calendar", "application"],
                condition=models.Q(application__isnull=False),
                name="one_feed_of_a_client",
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(application__isnull=True), name="feed_of_one_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar}: {self.user or self.application}"
