from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Organization, VersionedModel
from core.models.history import history
from scheduling import holidays
from scheduling.models.timetable import Timetable


class SchedulingSettings(VersionedModel):
    """What an organization decides about its scheduled duties; no row = nothing decided."""

    organization = models.OneToOneField(
        Organization,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="scheduling_settings",
        verbose_name=_("organization"),
    )
    community_service_start = models.TimeField(
        _("community services start at"),
        null=True,
        blank=True,
        help_text=_("Local time. When set, only the day of a community service is chosen; it starts at this hour."),
    )
    forbids_job_overlaps = models.BooleanField(
        _("forbid overlapping jobs"),
        default=False,
        help_text=_(
            "A job over other busy time of its resource or vehicle is refused; else it is shown as a conflict."
        ),
    )
    timetable = models.ForeignKey(
        Timetable,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("working hours"),
        help_text=_("When service tasks find working hours. Empty: Monday to Friday, 09:00 to 18:00."),
    )
    country = models.CharField(
        _("country of the public holidays"), max_length=2, blank=True, help_text=_("ISO 3166 code, as FR.")
    )
    region = models.CharField(_("region"), max_length=10, blank=True, help_text=_("A region with holidays of its own."))

    history = history()

    class Meta:
        verbose_name = _("scheduling settings")
        verbose_name_plural = _("scheduling settings")

    def __str__(self) -> str:
        return str(self.organization)

    def clean(self) -> None:
        if self.timetable and self.timetable.organization_id != self.organization_id:
            raise ValidationError({"timetable": ValidationError(_("is none of the organization's"), code="unknown")})
        holidays.check_place(self.country, self.region)

    @classmethod
    def of(cls, organization: Organization) -> "SchedulingSettings":
        """The organization's settings, or unsaved ones that decide nothing."""
        return getattr(organization, "scheduling_settings", None) or cls(organization=organization)
