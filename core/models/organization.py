from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.base import VersionedModel
from core.models.history import history
from core.one_line import ONE_LINE


def check_zone(field: str, name: str) -> None:
    if name not in available_timezones():
        message = _("must be an IANA time zone, such as Europe/Paris")
        raise ValidationError({field: ValidationError(message, code="time_zone")})


MOST_NAME = 120


class Organization(VersionedModel):
    """One tenant: every other row belongs to exactly one."""

    name = models.CharField(_("name"), max_length=MOST_NAME, validators=[ONE_LINE])
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    # Whose twin it is, in which clients are tried: fictitious data, and no mail leaves it.
    sandbox_of = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="sandbox",
        verbose_name=_("sandbox of"),
    )

    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.name

    # In clean() rather than a validator of the field: migrations import nothing from the project.
    def clean(self) -> None:
        check_zone("time_zone", self.time_zone)

    @property
    def is_sandbox(self) -> bool:
        return self.sandbox_of_id is not None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_date(self, instant: datetime | None = None) -> date:
        """The calendar day of an instant (now by default) where the organization is."""
        return (instant or timezone.now()).astimezone(self.zone).date()
