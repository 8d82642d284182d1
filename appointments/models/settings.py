from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.texts import MOST_MINUTES, line
from core.models import Organization, VersionedModel
from core.models.history import history
from scheduling import holidays

MOST_REMINDERS = 5


def minutes(verbose_name, help_text="") -> models.PositiveIntegerField:
    """A rule in minutes; none: off."""
    limits = [MaxValueValidator(MOST_MINUTES)]
    return models.PositiveIntegerField(verbose_name, null=True, blank=True, validators=limits, help_text=help_text)


def number(verbose_name, help_text="") -> models.PositiveIntegerField:
    """A rule that counts; none: off."""
    limits = [MinValueValidator(1), MaxValueValidator(1000)]
    return models.PositiveIntegerField(verbose_name, null=True, blank=True, validators=limits, help_text=help_text)


class BookingSettings(VersionedModel):
    """What an organization decides about its appointments [contract 40]; no row = nothing decided."""

    class Assignment(models.TextChoices):
        RANDOM = "random", _("At random")
        LEAST_LOADED = "least_loaded", _("The one with the least to do")
        PRIORITY = "priority", _("By priority")

    organization = models.OneToOneField(
        Organization,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="booking_settings",
        verbose_name=_("organization"),
    )
    urlname = line(_("name in addresses"), 64)
    preposition = line(_("preposition"))
    phone = line(_("phone"), 20)
    fax = line(_("fax"), 20)
    address = line(_("address"))
    zipcode = line(_("postal code"), 16)
    city = line(_("town"), 64)
    country = line(_("country"))
    min_notice = minutes(_("notice before a booking (minutes)"))
    booking_horizon = minutes(_("how far ahead one books (minutes)"))
    min_time_between = minutes(_("between two appointments of one customer (minutes)"))
    min_cancel_notice = minutes(_("notice before a cancellation or move (minutes)"))
    max_upcoming = number(_("most appointments ahead of one customer"))
    max_multirdvs = number(_("most services of one appointment"))
    max_moves = number(_("most moves of one appointment"))
    confirm_required = models.BooleanField(
        _("staff confirm"), default=False, help_text=_("New appointments wait until staff confirm them.")
    )
    assignment = models.CharField(
        _("when no calendar is named"), max_length=15, choices=Assignment.choices, default=Assignment.RANDOM
    )
    check_mx = models.BooleanField(
        _("ask whether addresses can receive mail"), default=False, help_text=_("By a look-up of the domain's name.")
    )
    holidays_country = models.CharField(
        _("country of the public holidays"),
        max_length=2,
        blank=True,
        help_text=_("ISO 3166 code, as FR; closed on its public holidays. Empty: open on them."),
    )
    sendmail = models.BooleanField(_("e-mail customers"), default=True)
    # Minutes before the start, the longest first.
    reminders = models.JSONField(_("reminders (minutes before)"), default=list, blank=True)

    history = history()

    class Meta:
        verbose_name = _("set of booking rules")
        verbose_name_plural = _("booking rules")

    def __str__(self) -> str:
        return str(self.organization)

    def clean(self) -> None:
        holidays.check_place(self.holidays_country, "", "holidays_country")
        if not _are_reminders(self.reminders):
            message = _("must be at most %(most)d different whole numbers of minutes, from 1 on")
            error = ValidationError(message, code="reminders", params={"most": MOST_REMINDERS})
            raise ValidationError({"reminders": error})

    @classmethod
    def of(cls, organization: Organization) -> "BookingSettings":
        """The organization's settings, or unsaved ones that decide nothing."""
        return getattr(organization, "booking_settings", None) or cls(organization=organization)


def _are_reminders(values) -> bool:
    if not isinstance(values, list) or len(values) > MOST_REMINDERS or len(set(map(str, values))) != len(values):
        return False
    return all(type(value) is int and 1 <= value <= MOST_MINUTES for value in values)
