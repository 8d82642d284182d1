from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history
from scheduling import holidays
from scheduling.intervals import Days, Interval, LocalRange, Week, opening


class Timetable(OrganizationRow):
    """Weekly hours, days that differ, and a country's public holidays, in the organization's local time."""

    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(
        _("country of the public holidays"),
        max_length=2,
        blank=True,
        help_text=_("ISO 3166 code, as FR; closed on its public holidays. Empty: open on them."),
    )
    region = models.CharField(_("region"), max_length=10, blank=True, help_text=_("A region with holidays of its own."))

    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("timetable")
        verbose_name_plural = _("timetables")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        holidays.check_place(self.country, self.region)

    def week(self) -> Week:
        hours: Week = {}
        days = Hours.Weekday.values
        for row in self.hours.all():
            hours.setdefault(days.index(row.weekday), []).append(LocalRange(row.start, row.end))
        return hours

    def exceptions(self, first: date, last: date) -> Days:
        """Day → its hours instead of the week's; none for a closed one. A day's own exception beats a holiday."""
        days: Days = {day: [] for day in holidays.between(self.country, self.region, first, last)}
        own: Days = {}
        for row in self.special_days.all():
            own.setdefault(row.day, []).extend([LocalRange(row.start, row.end)] if row.start else [])
        return days | own

    def open_between(self, first: date, last: date) -> list[Interval]:
        """When it is open from the first local day to the last, both included."""
        return opening(first, last, self.week(), self.exceptions(first, last), self.organization.zone)


class Hours(models.Model):
    """Local hours, the same every week. An end of none is midnight at the end of the day."""

    class Weekday(models.TextChoices):
        """In the order of the week, Monday first, as Python counts its days."""

        MONDAY = "monday", _("Monday")
        TUESDAY = "tuesday", _("Tuesday")
        WEDNESDAY = "wednesday", _("Wednesday")
        THURSDAY = "thursday", _("Thursday")
        FRIDAY = "friday", _("Friday")
        SATURDAY = "saturday", _("Saturday")
        SUNDAY = "sunday", _("Sunday")

    timetable = models.ForeignKey(Timetable, on_delete=models.CASCADE, related_name="hours")
    weekday = models.CharField(_("day of the week"), max_length=10, choices=Weekday.choices)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("to"), null=True, blank=True, help_text=_("Empty: until midnight."))

    history = history()

    class Meta:
        ordering = ["id"]
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gt=models.F("start")),
                name="hours_end_after_start",
                violation_error_code="order",
                violation_error_message=_("must end after they start"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start:%H:%M}–{f'{self.end:%H:%M}' if self.end else '24:00'}"


class SpecialDay(models.Model):
    """A day that differs from its week: other hours, or, without any, closed."""

    timetable = models.ForeignKey(Timetable, on_delete=models.CASCADE, related_name="special_days")
    day = models.DateField(_("day"))
    start = models.TimeField(_("from"), null=True, blank=True, help_text=_("Empty: closed."))
    end = models.TimeField(_("to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    history = history()

    class Meta:
        ordering = ["day", "start"]
        verbose_name = _("special day")
        verbose_name_plural = _("special days")

    def __str__(self) -> str:
        return f"{self.day} {self.note}".strip()

    def clean(self) -> None:
        if self.end and not self.start:
            raise ValidationError({"start": ValidationError(_("must be given with an end"), code="required")})
        if self.start and self.end and self.end <= self.start:
            raise ValidationError({"end": ValidationError(_("must be after the start"), code="order")})
