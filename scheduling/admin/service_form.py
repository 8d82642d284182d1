"""The form of a community service. Where the organization sets the starting hour, a day alone is enough."""

from datetime import datetime

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.admin.forms import ServiceForm
from core.admin.moments import MomentInput, limit_days
from core.models import Organization
from scheduling import rules
from scheduling.models import CommunityService, SchedulingSettings


class StartField(forms.SplitDateTimeField):
    """`place`: the organization whose hour stands for an empty time; None while it is not known."""

    widget = MomentInput
    place: Organization | None = None

    @property
    def hour(self):
        return self.place and SchedulingSettings.of(self.place).community_service_start

    def settle(self, place: Organization | None) -> None:
        self.place = place
        if place is None:
            self.help_text = _("The time may be left empty where the organization sets the hour.")
            return
        days = rules.allowed_days(place)
        limit_days(self, days[0], days[-1])
        if self.hour:
            text = _("Community services start at %(hour)s here: the time may be left empty.")
            self.help_text = text % {"hour": f"{self.hour:%H:%M}"}

    def compress(self, data_list) -> datetime | None:
        if not data_list or data_list[0] is None or data_list[1] is not None:
            return super().compress(data_list)
        if self.place and self.hour is None:
            raise ValidationError(_("must have a time"), code="time")
        return rules.day_start(self.place, data_list[0]) if self.place else None


class CommunityServiceForm(ServiceForm):
    schedule_at = StartField(
        label=capfirst(CommunityService._meta.get_field("schedule_at").verbose_name), required=False
    )
    duration = forms.IntegerField(
        label=_("Duration (seconds)"),
        widget=AdminIntegerFieldWidget,
        help_text=_("In seconds: 7200 is two hours, 14400 four, 28800 eight."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "schedule_at" in self.fields:
            self.fields["schedule_at"].settle(self._place())

    def _place(self) -> Organization | None:
        return self.back_office.place_to_add(self.request) if self.is_new else self.instance.organization

    def clean_schedule_at(self):
        """Another hour than the organization's is told, since the service would put its own in its place."""
        instant = self.cleaned_data["schedule_at"]
        field = self.fields["schedule_at"]
        if instant is None or field.place is None or "schedule_at" not in self.changed_data:
            return instant
        if rules.start_of(field.place, instant) != instant:
            message = _("must be at %(hour)s, when community services start here; or leave the time empty")
            raise ValidationError(message, code="hour", params={"hour": f"{field.hour:%H:%M}"})
        return instant
