from collections.abc import Iterable
from typing import Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.opening import check_exceptions, check_opening_hours
from appointments.models.texts import LivingQuerySet, line, required_line
from core.changes import check_all
from core.models.base import OrganizationRow
from core.models.history import history
from scheduling.models import Resource

MOST_SEATS = 500
STEPS = [MinValueValidator(1), MaxValueValidator(1440)]
SEATS = [MinValueValidator(1), MaxValueValidator(MOST_SEATS)]


class CalendarQuerySet(LivingQuerySet):
    def offering(self, services: Iterable[int]) -> Self:
        """That are there, and offer each of these."""
        rows = self.alive()
        for service in services:
            rows = rows.filter(services=service)
        return rows


class CalendarSet(OrganizationRow):
    """Calendars that one looks at together."""

    name = required_line(_("name"))
    publicname = line(_("name for customers"))
    sort = models.IntegerField(_("place in the order"), default=0)
    is_deleted = models.BooleanField(_("deleted"), default=False, editable=False)

    objects = LivingQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["sort", "id"]
        verbose_name = _("calendar set")
        verbose_name_plural = _("calendar sets")

    def __str__(self) -> str:
        return self.name


class Calendar(OrganizationRow):
    """Where appointments are booked: a person, a room, a desk. What it takes of time it takes from its resource."""

    calendarset = models.ForeignKey(
        CalendarSet, null=True, blank=True, on_delete=models.PROTECT, related_name="calendars", verbose_name=_("set")
    )
    name = required_line(_("name"))
    publicname = line(_("name for customers"))
    address = line(_("address"))
    zipcode = line(_("postal code"), 16)
    city = line(_("town"), 64)
    sort = models.IntegerField(_("place in the order"), default=0)
    resource = models.ForeignKey(
        Resource,
        on_delete=models.PROTECT,
        related_name="calendars",
        verbose_name=_("resource"),
        help_text=_("Whose time it takes: two calendars of one person never book the same moment."),
    )
    is_open = models.BooleanField(
        _("open to customers"), default=True, help_text=_("Off: staff alone see it and book in it.")
    )
    capacity = models.PositiveIntegerField(
        _("places"), default=1, validators=SEATS, help_text=_("How many appointments it takes at the same time.")
    )
    slot_step = models.PositiveIntegerField(
        _("step (minutes)"), default=15, validators=STEPS, help_text=_("Between two starts, from each opening on.")
    )
    priority = models.IntegerField(
        _("priority"), default=0, help_text=_("The smallest first, where calendars are chosen by priority.")
    )
    # See appointments.models.opening.
    opening_hours = models.JSONField(_("opening hours"), default=list, blank=True)
    exceptions = models.JSONField(_("days that differ"), default=list, blank=True)
    is_deleted = models.BooleanField(_("deleted"), default=False, editable=False)

    objects = CalendarQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["sort", "id"]
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_all(
            lambda: check_opening_hours("opening_hours", self.opening_hours),
            lambda: check_exceptions("exceptions", self.exceptions),
        )

    @property
    def public_name(self) -> str:
        return self.publicname or self.name

    @property
    def zone(self) -> ZoneInfo:
        return self.organization.zone
