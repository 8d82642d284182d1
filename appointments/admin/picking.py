"""Choosing services, a calendar, a day and a free start: what booking, moving and explaining have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from appointments.admin.moments import ClockField
from appointments.models import Appointment, Calendar, Service
from appointments.services import placing, slots
from core.admin.display import local_time
from core.admin.moments import DayInput
from core.ids import id_in
from core.models import Organization
from core.zones import local_moment
from scheduling.admin.dispatch_days import Day
from scheduling.admin.dispatch_plan import CLOCK, YEARS
from scheduling.intervals import Interval

# How far ahead the next free start is looked for where a day has none.
AHEAD = timedelta(days=31)
ANY = _("Any that is free")


def local_text(moment: datetime, organization: Organization) -> str:
    """As a form writes it, on the organization's clock."""
    return f"{moment.astimezone(organization.zone):{CLOCK}}"


class StartForm(forms.Form):
    """A calendar, a day, and in the end a start, on the clock of the organization."""

    calendar = forms.ModelChoiceField(Calendar.objects.none(), required=False, label=_("Calendar"), empty_label=ANY)
    day = forms.DateField(required=False, label=_("Day"), widget=DayInput, validators=YEARS)
    start = ClockField(required=False, label=_("Start"))

    def __init__(self, data, organization: Organization):
        super().__init__(data, label_suffix="")
        self.organization = organization
        calendars = Calendar.objects.alive().filter(organization=organization)
        self.fields["calendar"].queryset = calendars

    @property
    def named(self) -> Calendar | None:
        return self.cleaned_data.get("calendar")

    @property
    def moment(self) -> datetime | None:
        local = self.cleaned_data.get("start")
        return local and local_moment(local.date(), local.time(), self.organization.zone)

    @property
    def date(self) -> date:
        local = self.cleaned_data.get("start")
        return self.cleaned_data.get("day") or (local and local.date()) or self.organization.local_date()


class ServicesField(forms.ModelMultipleChoiceField):
    def clean(self, value):
        # What is no id, SQLite cannot even look for.
        return super().clean([text for text in value or [] if id_in(text) is not None])


class WishForm(StartForm):
    services = ServicesField(
        Service.objects.none(),
        label=_("Services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several are done one after another, in this order."),
    )
    field_order = ["services", "calendar", "day", "start"]

    def __init__(self, data, organization: Organization):
        super().__init__(data, organization)
        self.fields["services"].queryset = Service.objects.alive().filter(organization=organization)

    @property
    def wanted(self) -> list[Service]:
        return list(self.cleaned_data.get("services") or [])


@dataclass(frozen=True)
class Offer:
    """A free start, its address, and in how many calendars it may be had."""

    label: str
    url: str
    calendars: int
    is_chosen: bool


@dataclass
class Picker:
    """The free starts of a day. `address(**changes)` gives the page's own address; `moved`: what has its time now."""

    organization: Organization
    services: Sequence[Service]
    form: StartForm
    query: dict
    moved: Appointment | None = None

    @cached_property
    def calendars(self) -> list[Calendar]:
        """The one that was named, where it offers the services; else all that do."""
        if not self.services:
            return []
        offering = list(placing.usable_calendars(self.organization, self.services, is_staff=True))
        named = self.form.named
        return [each for each in offering if named is None or each.pk == named.pk]

    @property
    def does_not_offer(self) -> bool:
        return bool(self.services) and not self.calendars

    @cached_property
    def day(self) -> Day:
        return Day(self.form.date, self.organization.zone)

    @cached_property
    def offers(self) -> list[Offer]:
        return [self._offer(slot) for slot in self._free(self.day.interval)]

    @cached_property
    def next_offer(self) -> Offer | None:
        """The first free start after an empty day."""
        later = Interval(self.day.end, self.day.end + AHEAD)
        return next((self._offer(slot) for slot in self._free(later)), None)

    def _free(self, window: Interval) -> list[slots.Slot]:
        window = Interval(max(window.start, timezone.now()), window.end)
        if not self.calendars:
            return []
        if self.moved:
            return slots.slots_to_move(self.moved, self.calendars, window, is_staff=True)
        return slots.free_slots(self.organization, self.services, self.calendars, window, is_staff=True)

    def _offer(self, slot: slots.Slot) -> Offer:
        start = local_text(slot.start, self.organization)
        is_today = start[:10] == str(self.day.date)
        label = start[11:] if is_today else local_time(slot.start, self.organization.zone)
        url = self.address(start=start, day=start[:10])
        return Offer(label, url, len(slot.places), slot.start == self.form.moment)

    def address(self, **changes) -> str:
        kept = {**self.query, **changes}
        return "?" + urlencode({name: value for name, value in kept.items() if value not in (None, "")}, doseq=True)

    def links(self) -> dict[str, str]:
        step = timedelta(days=1)
        return {
            "earlier": self.address(day=self.day.date - step, start=None),
            "later": self.address(day=self.day.date + step, start=None),
            "next_week": self.address(day=self.day.date + 7 * step, start=None),
        }


def kept_query(data, *names: str) -> dict:
    """What of the address the page's own links keep."""
    return {name: data.getlist(name) for name in names if name in data}
