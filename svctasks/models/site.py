from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

AWAY_AFTER = settings.SERVICE_SITE_AWAY


class WorkerSiteQuerySet(models.QuerySet):
    def alive(self, now: datetime):
        return self.filter(seen_at__gt=now - AWAY_AFTER)


class WorkerSite(models.Model):
    """A place where workers run, for all organizations; declared by its workers when they start [contract 50]."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    objects = WorkerSiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("worker site")
        verbose_name_plural = _("worker sites")

    def __str__(self) -> str:
        return self.name

    @property
    def is_alive(self) -> bool:
        return self.seen_at > timezone.now() - AWAY_AFTER


class DispatcherBeat(models.Model):
    """When a dispatcher last looked for due tasks. One row."""

    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("dispatcher")
        verbose_name_plural = _("dispatchers")

    def __str__(self) -> str:
        return f"{self.seen_at}"
