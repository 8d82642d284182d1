from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication, ApplicationManager

from core.models.base import VersionedModel, VersionedQuerySet
from core.models.history import history
from core.models.organization import Organization
from core.models.user import Role
from core.scopes import SCOPES


class Application(VersionedModel, AbstractApplication):
    """A client program: what it may ask for (scopes), where (organizations), and with which roles.

    All three are read at each call, so what is withdrawn stops at once.
    """

    allowed_scopes = models.JSONField(_("allowed scopes"), default=list, blank=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    organizations = models.ManyToManyField(Organization, related_name="applications", verbose_name=_("organizations"))
    is_active = models.BooleanField(_("active"), default=True)
    is_sandbox = models.BooleanField(
        _("sandbox"), default=False, help_text=_("To try things out: it sees fictitious data, and sends no mail.")
    )
    secret_expires_at = models.DateTimeField(
        _("secret expires"), null=True, blank=True, help_text=_("From then on it gets no token. Empty: never.")
    )
    # A hash as the secret itself: it opens too until then, so that a program can be given the new one in peace.
    former_secret = models.CharField(max_length=255, blank=True, default="", editable=False)
    former_until = models.DateTimeField(_("former secret works until"), null=True, blank=True, editable=False)
    # When keepers were last warned of the end: bookkeeping, that is no change of the row.
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApplicationManager.from_queryset(VersionedQuerySet)()
    history = history(excluded_fields=["client_secret", "former_secret", "warned_at"], m2m_fields=[organizations])

    class Meta(AbstractApplication.Meta):
        verbose_name = _("client")
        verbose_name_plural = _("clients")

    def __str__(self) -> str:
        return self.name or self.client_id

    def clean(self) -> None:
        super().clean()
        self._refuse_unknown("allowed_scopes", SCOPES)
        self._refuse_unknown("roles", Role.values)
        self._refuse_another_kind()

    def _refuse_another_kind(self) -> None:
        """A secret that was given for a sandbox never opens real data, nor the other way round."""
        made = type(self).objects.filter(pk=self.pk).values_list("is_sandbox", flat=True).first()
        if made not in (None, self.is_sandbox):
            message = _("cannot be changed: make another client")
            raise ValidationError({"is_sandbox": ValidationError(message, code="fixed")})

    def _refuse_unknown(self, field: str, known) -> None:
        unknown = sorted(set(map(str, getattr(self, field))) - set(known))
        if unknown:
            message = _("unknown: %(names)s")
            raise ValidationError(
                {field: ValidationError(message, code="unknown", params={"names": ", ".join(unknown)})}
            )

    @property
    def has_former_secret(self) -> bool:
        """Whether the secret before this one opens still."""
        return bool(self.former_secret and self.former_until and self.former_until > timezone.now())

    @property
    def is_secret_expired(self) -> bool:
        return bool(self.secret_expires_at and self.secret_expires_at <= timezone.now())

    def natural_key(self) -> tuple[str]:
        return (self.client_id,)

    def is_usable(self, request) -> bool:
        return self.is_active
