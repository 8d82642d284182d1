import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history
from core.one_line import ONE_LINE

DEFAULT_TIMEOUT, LONGEST_TIMEOUT = 300, 24 * 3600


class ServiceScript(OrganizationRow):
    """What a service task runs: a handler by its registered name, and its parameters [contract 50]."""

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=120, validators=[ONE_LINE])
    name = models.CharField(_("name"), max_length=250, validators=[ONE_LINE])
    handler = models.CharField(_("handler"), max_length=120)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    timeout_seconds = models.PositiveIntegerField(
        _("longest run (seconds)"),
        default=DEFAULT_TIMEOUT,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TIMEOUT)],
    )
    options = models.JSONField(default=dict, blank=True)
    # Encrypted; signs what the handler sends. Empty where nothing is sent.
    secret = models.BinaryField(default=bytes, editable=False)
    # Shipped with the product: renamed and deleted by nobody.
    is_system = models.BooleanField(_("shipped"), default=False, editable=False)

    history = history(excluded_fields=["secret"])

    class Meta:
        ordering = ["code", "id"]
        verbose_name = _("service script")
        verbose_name_plural = _("service scripts")
        constraints = [
            models.UniqueConstraint(fields=["organization", "public_id"], name="one_service_script_of_an_id"),
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="one_service_script_of_a_code",
                violation_error_code="unique",
                violation_error_message=_("this code is taken"),
            ),
        ]

    def __str__(self) -> str:
        return self.code
