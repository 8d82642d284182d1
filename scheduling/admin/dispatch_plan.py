"""What a card's drop, and the form behind it, ask of the planning."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.zones import local_moment
from scheduling import job_rules
from scheduling.admin.dispatch_days import Day
from scheduling.intervals import Interval, LocalRange, on_day, subtract
from scheduling.models import BusyInterval, Job, Resource
from scheduling.services.job_planning import CREWS, has_vehicles

QUARTER = timedelta(minutes=15)
# When a day's work begins for whoever has no timetable.
MORNING = LocalRange(time(8), None)
CLOCK = "%Y-%m-%dT%H:%M"


class Plan(NamedTuple):
    """As services.job_planning.schedule_job takes it."""

    resource: Resource | None
    vehicle: Resource | None
    planned_start_at: datetime | None


def _in_usual_years(value: date) -> None:
    first, last = job_rules.YEARS
    if not first < value.year < last:
        message = _("must be in the years %(first)d to %(last)d")
        raise ValidationError(message, code="range", params={"first": first, "last": last})


YEARS = [_in_usual_years]


class DropForm(forms.Form):
    """Where the card was let go: a row, a local day, and on a day's board how long after midnight.

    Without a row it was taken back to the jobs that wait.
    """

    version = forms.IntegerField(min_value=1, max_value=2**31)
    resource = forms.ModelChoiceField(Resource.objects.none(), required=False)
    day = forms.DateField(required=False, validators=YEARS)
    minute = forms.IntegerField(required=False, min_value=0, max_value=26 * 60)

    def __init__(self, data, job: Job):
        super().__init__(data)
        self.job = job
        self.fields["resource"].queryset = Resource.objects.filter(organization=job.organization_id)

    def plan(self) -> Plan:
        row, job = self.cleaned_data["resource"], self.job
        if row is None:
            return Plan(None, None, None)
        start = self._start(row)
        if row.kind != Resource.Kind.VEHICLE:
            return Plan(row, job.vehicle, start)
        # A vehicle joins the job at its hour; only its own row moves it.
        is_joining = job.vehicle_id != row.pk and job.planned_start_at
        return Plan(job.resource, row, job.planned_start_at if is_joining else start)

    def _start(self, row: Resource) -> datetime | None:
        day, minute = self.cleaned_data["day"], self.cleaned_data["minute"]
        if day is None:
            return self.job.planned_start_at
        if minute is not None:
            return Day(day, self.job.organization.zone).moment(minute)
        return start_on(day, self.job, row)


def start_on(day: date, job: Job, row: Resource, now: datetime | None = None) -> datetime:
    """A job that has an hour keeps it on its local clock; another takes the first gap in the row's hours."""
    zone = job.organization.zone
    if job.planned_start_at:
        return local_moment(day, job.planned_start_at.astimezone(zone).time(), zone)
    hours = _hours(day, row, job)
    gaps = subtract(
        hours, [Interval(Day(day, zone).start, _next_quarter(now or timezone.now())), *_taken(day, row, zone)]
    )
    fitting = (gap.start for gap in gaps if gap.end - gap.start >= job.length)
    return next(fitting, hours[0].start if hours else local_moment(day, MORNING.start, zone))


def _hours(day: date, row: Resource, job: Job) -> list[Interval]:
    if row.timetable:
        return row.timetable.open_between(day, day)
    morning = on_day(day, MORNING, job.organization.zone)
    return [morning] if morning else []


def _taken(day: date, row: Resource, zone) -> list[Interval]:
    rows = BusyInterval.objects.overlapping([row.pk], Day(day, zone).interval)
    return [Interval(start, end) for start, end in rows.values_list("start", "end")]


def _next_quarter(moment: datetime) -> datetime:
    return moment + (datetime.min.replace(tzinfo=moment.tzinfo) - moment) % QUARTER


class LocalTimeField(forms.DateTimeField):
    """What a local clock shows, whatever its zone makes of it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 60}, format=CLOCK)

    def to_python(self, value):
        with timezone.override(UTC):
            moment = super().to_python(value)
        return moment and moment.replace(tzinfo=None)


class PlanForm(forms.Form):
    """The same without dragging: resource, vehicle and start, each of which may be left open."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    resource = forms.ModelChoiceField(
        Resource.objects.none(), required=False, label=_("Resource"), empty_label=_("– nobody yet –")
    )
    vehicle = forms.ModelChoiceField(
        Resource.objects.none(), required=False, label=_("Vehicle"), empty_label=_("– no vehicle –")
    )
    planned_start_at = LocalTimeField(
        required=False, label=_("Planned start"), input_formats=[CLOCK, f"{CLOCK}:%S"], validators=YEARS
    )

    def __init__(self, data, job: Job):
        zone = job.organization.zone
        start = job.planned_start_at and job.planned_start_at.astimezone(zone)
        start = start and start.replace(second=0, microsecond=0, tzinfo=None)
        initial = {"version": job.version, "resource": job.resource_id, "vehicle": job.vehicle_id}
        super().__init__(data, initial=initial | {"planned_start_at": start}, label_suffix="")
        self.job = job
        self.fields["planned_start_at"].help_text = _("On the clock of %(zone)s.") % {"zone": zone.key}
        self._offer("resource", CREWS)
        if not self._offer("vehicle", (Resource.Kind.VEHICLE,)) and not has_vehicles(job.organization_id):
            del self.fields["vehicle"]

    def _offer(self, name: str, kinds: tuple[str, ...]) -> bool:
        """Those in use, and the one that the job has; whether it has one."""
        own = getattr(self.job, f"{name}_id")
        rows = Resource.objects.filter(organization=self.job.organization_id, kind__in=kinds)
        self.fields[name].queryset = rows.filter(is_archived=False) | rows.filter(pk=own)
        return own is not None

    def plan(self) -> Plan:
        values = self.cleaned_data
        return Plan(values["resource"], values.get("vehicle"), self._start())

    def _start(self) -> datetime | None:
        # Untouched, a moment keeps what this clock does not show: seconds, or the second of two equal hours.
        if "planned_start_at" not in self.changed_data:
            return self.job.planned_start_at
        local = self.cleaned_data["planned_start_at"]
        return local and local_moment(local.date(), local.time(), self.job.organization.zone)

    def renew(self, version: int) -> None:
        """What was sent, on the version that the page now shows."""
        self.data = {**self.data.dict(), "version": version}

    def take_errors(self, error) -> None:
        """A service's sentences on the fields that they name."""
        found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error}
        for name, errors in found.items():
            self.add_error(name if name in self.fields else None, errors)


def label_of(name: str) -> str:
    """How a field of the job is called at the head of a sentence."""
    names = {field.name: field.verbose_name for field in Job._meta.fields}
    return str(capfirst(names.get(name, "")))
