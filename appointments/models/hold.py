from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.calendar import Calendar
from core.models.base import OrganizationRow
from core.models.client import Application


class Hold(OrganizationRow):
    """A slot kept for its owner until it expires, by comparison with now [contract 40]."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holds", verbose_name=_("calendar"))
    # Ids, in the order in which they are asked for.
    services = models.JSONField()
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    expires_at = models.DateTimeField(_("expires"))
    made_by = models.ForeignKey(Application, null=True, editable=False, on_delete=models.CASCADE, related_name="+")
    made_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [models.Index(fields=["expires_at"], name="hold_expires")]

    def __str__(self) -> str:
        return f"#{self.pk}"
