from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.api_key import ApiKey
from core.models.client import Application

WHAT = ["day", "application", "method", "route", "status"]


class ClientUsage(models.Model):
    """How often a client called an endpoint on a day (UTC), and was answered with this status. Written by core.usage.

    Without constraints in the database: a client that was deleted while its calls were counted fails nothing.
    """

    day = models.DateField(_("day"))
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, db_constraint=False, related_name="usage", verbose_name=_("client")
    )
    # None where the client came with a token, or for one.
    api_key = models.ForeignKey(
        ApiKey,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="usage",
        verbose_name=_("API key"),
    )
    method = models.CharField(_("method"), max_length=10)
    # The route's pattern, never the path: that may hold ids and names.
    route = models.CharField(_("endpoint"), max_length=200)
    status = models.PositiveSmallIntegerField(_("status"))
    calls = models.PositiveBigIntegerField(_("calls"), default=0)
    last_at = models.DateTimeField(_("last call"))

    class Meta:
        ordering = ["-day", "id"]
        verbose_name = _("usage count")
        verbose_name_plural = _("usage counts")
        # Two, as NULL equals no NULL in an index.
        constraints = [
            models.UniqueConstraint(
                fields=WHAT,
                condition=models.Q(api_key=None),
                name="one_count_of_a_client",
                violation_error_code="count",
            ),
            models.UniqueConstraint(
                fields=[*WHAT, "api_key"],
                condition=models.Q(api_key__isnull=False),
                name="one_count_of_a_key",
                violation_error_code="count",
            ),
        ]
        indexes = [models.Index(fields=["application", "-last_at"], name="usage_application_last")]

    def __str__(self) -> str:
        return f"{self.day} {self.method} {self.route} {self.status}"
