import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history
from scheduling.intervals import LocalRange, Week
from scheduling.minutes import DAY, check_periods, clock
from scheduling.models.timetable import Hours

# Holds the day of one that comes each year: a leap year, so that 29 February is one.
ANY_YEAR = 2000


class Workday(OrganizationRow):
    """A day that differs from the organization's working week: off, like another weekday, or with its own hours.

    One of a date beats one that comes each year.
    """

    class Kind(models.TextChoices):
        OFF = "off", _("Day off")
        LIKE_WEEKDAY = "like_weekday", _("Like another day of the week")
        OWN_HOURS = "own_hours", _("Its own hours")

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, editable=False)
    day = models.DateField(_("day"), help_text=_("Of one that comes each year, the year does not matter."))
    is_annual = models.BooleanField(_("each year"), default=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OFF)
    like = models.CharField(_("like"), max_length=10, choices=Hours.Weekday.choices, blank=True)
    # [{"start": minutes, "stop": minutes}], of the day.
    periods = models.JSONField(_("hours"), default=list, blank=True)
    options = models.JSONField(default=dict, blank=True)

    history = history()

    class Meta:
        ordering = ["day", "id"]
        verbose_name = _("special working day")
        verbose_name_plural = _("special working days")
        constraints = [
            models.UniqueConstraint(fields=["organization", "public_id"], name="one_workday_of_an_id"),
            models.UniqueConstraint(
                fields=["organization", "is_annual", "day"],
                name="one_workday_of_a_day",
                violation_error_code="unique",
                violation_error_message=_("this day has its exception already"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%m-%d}" if self.is_annual else f"{self.day}"

    def clean(self) -> None:
        if self.is_annual and self.day:
            self.day = self.day.replace(year=ANY_YEAR)
        if (self.kind == self.Kind.LIKE_WEEKDAY) != bool(self.like):
            message = _("must name the day of the week that it is like, and only then")
            raise ValidationError({"like": ValidationError(message, code="required")})
        if (self.kind == self.Kind.OWN_HOURS) != bool(self.periods):
            message = _("must be given for a day with its own hours, and only then")
            raise ValidationError({"periods": ValidationError(message, code="required")})
        check_periods("periods", self.periods, DAY)

    def hours(self, week: Week) -> list[LocalRange]:
        """Its hours, where these are the week's."""
        if self.kind == self.Kind.LIKE_WEEKDAY:
            return week.get(Hours.Weekday.values.index(self.like), [])
        return [
            LocalRange(clock(one["start"]), clock(one["stop"]) if one["stop"] < DAY else None) for one in self.periods
        ]
