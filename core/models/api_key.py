from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.base import VersionedModel
from core.models.client import Application
from core.models.history import history


class ApiKey(VersionedModel):
    """A client's credential of its own. Kept as a hash; the prefix is what people know it by.

    What it may do is its client's: scopes, organizations and roles.
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("client")
    )
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    # When keepers were last warned of the end: bookkeeping, that is no change of the row.
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = history(excluded_fields=["key_hash", "warned_at"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    @property
    def is_expired(self) -> bool:
        return bool(self.expires_at and self.expires_at <= timezone.now())

    def __str__(self) -> str:
        return f"{self.prefix}…"
