from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.models.calendar import Calendar
from appointments.models.texts import COLOUR, LivingQuerySet, line, required_line
from core.models.base import OrganizationRow
from core.models.history import history
from scheduling.models.close import MAX_TEXT, TEXT

# Minutes: a day is the most.
LENGTHS = [MinValueValidator(1), MaxValueValidator(1440)]
BUFFERS = [MaxValueValidator(1440)]


class ServiceSet(OrganizationRow):
    """Services that are offered together."""

    name = required_line(_("name"))
    publicname = line(_("name for customers"))
    sort = models.IntegerField(_("place in the order"), default=0)
    is_deleted = models.BooleanField(_("deleted"), default=False, editable=False)

    objects = LivingQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["sort", "id"]
        verbose_name = _("service set")
        verbose_name_plural = _("service sets")

    def __str__(self) -> str:
        return self.name


class Service(OrganizationRow):
    """What a customer books [contract 40]."""

    serviceset = models.ForeignKey(
        ServiceSet, null=True, blank=True, on_delete=models.PROTECT, related_name="services", verbose_name=_("set")
    )
    name = required_line(_("name"))
    publicname = line(_("name for customers"))
    abbr = line(_("short name"))
    description = models.TextField(_("description"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    length = models.PositiveIntegerField(_("length (minutes)"), default=15, validators=LENGTHS)
    buffer_before = models.PositiveIntegerField(
        _("kept free before (minutes)"), default=0, validators=BUFFERS, help_text=_("In which nothing else is booked.")
    )
    buffer_after = models.PositiveIntegerField(_("kept free after (minutes)"), default=0, validators=BUFFERS)
    colorref = models.CharField(_("colour"), max_length=7, default="#dddddd", validators=COLOUR)
    sort = models.IntegerField(_("place in the order"), default=0)
    price = models.PositiveIntegerField(_("price (cents)"), null=True, blank=True)
    is_open = models.BooleanField(_("open to customers"), default=True)
    calendars = models.ManyToManyField(
        Calendar, blank=True, related_name="services", verbose_name=_("calendars that offer it")
    )
    is_deleted = models.BooleanField(_("deleted"), default=False, editable=False)

    objects = LivingQuerySet.as_manager()
    history = history(m2m_fields=[calendars])

    class Meta:
        ordering = ["sort", "id"]
        verbose_name = pgettext_lazy("booking", "service")
        verbose_name_plural = _("services")

    def __str__(self) -> str:
        return self.name

    @property
    def public_name(self) -> str:
        return self.publicname or self.name
