"""The dispatch board as its template shows it: a day by hours, or a week by days, a row for each resource."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Organization
from scheduling.admin import dispatch_data as data
from scheduling.admin.dispatch_days import Day, Window, days_of
from scheduling.admin.job_display import PAGES, TONES
from scheduling.intervals import Interval, LocalRange, covers, on_day, subtract
from scheduling.models import BusyInterval, JobStatus, Resource
from scheduling.models.job import PLANNABLE

Kind = BusyInterval.Kind
# What a day shows at least, on its local clock.
USUAL = LocalRange(time(8), time(18))


@dataclass
class Card:
    """A job, or other busy time (`is_job` says which), at its place in a row."""

    is_job: bool
    pk: int
    url: str | None
    title: str
    tone: str
    times: str = ""
    detail: str = ""
    status: str | Promise = ""
    version: int = 0
    place: str | None = ""
    conflict: str = ""
    lacks: str = ""
    is_outside: bool = False
    is_free: bool = False  # may be planned anew

    @property
    def hint(self) -> str:
        """All of it in a line, for where the card is too small."""
        parts = (self.times, self.title, self.detail, str(self.status), self.conflict)
        return " · ".join(part for part in parts if part)


@dataclass
class Cell:
    """One day of one resource, in the week; `key` as ISO writes it."""

    key: str
    is_closed: bool
    cards: list[Card]


@dataclass
class Row:
    resource: Resource
    cards: list[Card] = field(default_factory=list)
    shades: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)


class Board:
    """`view`: "day" or "week"; `is_whole`: all hours of the day rather than those in which something happens."""

    def __init__(self, organization: Organization, view: str, day: date, *, is_whole: bool = False):
        self.organization, self.view, self.date, self.is_whole = organization, view, day, is_whole
        self.days = days_of(view, day, organization.zone)
        self.shown = Interval(self.days[0].start, self.days[-1].end)
        self.resources = data.resources_of(organization, self.shown)
        self.busy = data.busy_of(self.resources, _widened(self.shown))
        own = {pk for kind, pk in (one.source for one in self.busy if self._is_shown(one)) if kind == Kind.JOB}
        self.jobs: dict[int, Any] = data.jobs_of(organization, own)
        self.clashes = data.conflicts_among(self.busy)
        self._texts: dict[int, str] = {}
        self.names = {one.pk: one.name for one in self.resources}
        self.has_vehicles = any(one.kind == Resource.Kind.VEHICLE and not one.is_archived for one in self.resources)
        # Spelt out rather than reversed for each of a thousand cards.
        self.list_url = reverse("admin:scheduling_job_changelist")
        self.back = urlencode({"back": self.address()})

    def _is_shown(self, one: data.Busy) -> bool:
        return one.interval.overlaps(self.shown)

    # Addresses

    def address(self, **changes: date | str | None) -> str:
        values = {"view": self.view, "day": str(self.date), "organization": str(self.organization.pk)}
        if self.is_whole:
            values["hours"] = "all"
        kept = {name: str(value) for name, value in {**values, **changes}.items() if value is not None}
        return f"{reverse('admin:scheduling_job_dispatch')}?{urlencode(kept)}"

    @cached_property
    def heads(self) -> list[dict]:
        """The week's days, each with the address of its own board."""
        return [{"date": day.date, "url": self.address(view="day", day=day.date)} for day in self.days]

    def links(self) -> dict[str, str]:
        step = timedelta(days=1 if self.view == "day" else 7)
        return {
            "earlier": self.address(day=self.date - step),
            "later": self.address(day=self.date + step),
            "today": self.address(day=self.organization.local_date()),
            "day": self.address(view="day"),
            "week": self.address(view="week"),
            "hours": self.address(hours=None if self.is_whole else "all"),
            "waiting": f"{self.list_url}?quick=to_plan",
        }

    # Time

    @cached_property
    def window(self) -> Window:
        """The hours of a day's board."""
        day = self.days[0]
        if self.is_whole:
            return day.whole()
        usual = on_day(day.date, USUAL, day.zone)
        wanted = [usual] if usual else []
        wanted += [one for opening in self.openings.values() for one in opening]
        wanted += [one.interval for one in self.busy if one.source[0] != Kind.ABSENCE and self._is_shown(one)]
        return day.window(wanted)

    @cached_property
    def openings(self) -> dict[int, list[Interval]]:
        """When each timetable is open, by its id."""
        tables = {one.timetable_id: one.timetable for one in self.resources if one.timetable}
        first, last = self.days[0].date, self.days[-1].date
        return {pk: table.open_between(first, last) for pk, table in tables.items()}

    # Rows

    @cached_property
    def groups(self) -> list[dict]:
        """People first, then the vehicles: `{title, rows}`."""
        rows: dict[bool, list[Row]] = defaultdict(list)
        mine: dict[int, list[data.Busy]] = defaultdict(list)
        for one in self.busy:
            if self._is_shown(one):
                mine[one.resource_id].append(one)
        for resource in self.resources:
            row = self._row(resource, mine[resource.pk])
            rows[resource.kind == Resource.Kind.VEHICLE].append(row)
        titles = {False: gettext_lazy("People"), True: gettext_lazy("Vehicles")}
        return [{"title": titles[key], "rows": rows[key]} for key in (False, True) if rows[key]]

    def _row(self, resource: Resource, busy: list[data.Busy]) -> Row:
        open_hours = self.openings.get(resource.timetable_id or 0)
        if self.view == "day":
            cards = [self._card(one, resource, open_hours, self.days[0]) for one in busy]
            return Row(resource, [card for card in cards if card.place], self._shades(open_hours))
        cells = [self._cell(day, resource, busy, open_hours) for day in self.days]
        return Row(resource, cells=cells)

    def _cell(self, day: Day, resource: Resource, busy: list[data.Busy], open_hours: list[Interval] | None) -> Cell:
        inside = [one for one in busy if one.interval.overlaps(day.interval)]
        is_closed = open_hours is not None and not any(one.overlaps(day.interval) for one in open_hours)
        return Cell(day.date.isoformat(), is_closed, [self._card(one, resource, open_hours, day) for one in inside])

    def _shades(self, open_hours: list[Interval] | None) -> list[str]:
        if open_hours is None:
            return []
        window = Interval(*(self.window.day.moment(minute) for minute in (self.window.first, self.window.last)))
        places = (self.window.place(one, 0) for one in subtract([window], open_hours))
        return [place for place in places if place]

    # Cards

    def _card(self, one: data.Busy, resource: Resource, open_hours: list[Interval] | None, day: Day) -> Card:
        kind, pk = one.source
        card = self._job_card(self.jobs[pk], resource) if kind == Kind.JOB else _other_card(one)
        card.times = _times(one.interval, day)
        if self.view == "day":
            card.place = self.window.place(one.interval)
        if kind == Kind.JOB:
            card.is_outside = open_hours is not None and not covers(open_hours, _part(one.interval, self.shown))
        return card

    def _job_card(self, job, resource: Resource | None) -> Card:
        is_vehicle = resource is not None and resource.kind == Resource.Kind.VEHICLE
        beside = self.names.get(job.resource_id if is_vehicle else job.vehicle_id, "")
        return Card(
            is_job=True,
            pk=job.id,
            url=f"{self.list_url}{job.id}/plan/?{self.back}",
            title=job.contact__name,
            tone=TONES[job.status],
            detail=" · ".join(part for part in (job.reference or f"#{job.id}", job.type__name, beside) if part),
            status=str(JobStatus(job.status).label),
            version=job.version,
            conflict=self._conflict(job.id),
            lacks=self._lack(job) if job.status in (JobStatus.NEW, JobStatus.UNSCHEDULED) else "",
            is_free=job.status in PLANNABLE,
        )

    def _conflict(self, pk: int) -> str:
        return ", ".join(f"{Kind(kind).label} #{other}" for kind, other in sorted(self.clashes.get((Kind.JOB, pk), ())))

    def _lack(self, job) -> str:
        """What is missing until it is scheduled; of a job that is not begun to be planned, nothing is said."""
        if not (job.resource_id or job.planned_start_at):
            return ""
        missing = [] if job.resource_id else [_("resource")]
        missing += [_("vehicle")] if self.has_vehicles and not job.vehicle_id else []
        missing += [] if job.planned_start_at else [_("start")]
        return ", ".join(missing)

    @cached_property
    def waiting(self) -> list[Card]:
        """Jobs to plan that stand in no row; the soonest due first."""
        return [self._waiting_card(job) for job in self._waiting_jobs[: data.MOST_WAITING]]

    @cached_property
    def _waiting_jobs(self) -> list:
        shown = {one.source[1] for one in self.busy if one.source[0] == Kind.JOB and self._is_shown(one)}
        jobs = [job for job in self.jobs.values() if job.id not in shown]
        return sorted(jobs, key=lambda job: (job.due_at is None, job.due_at or job.created_at, job.created_at, job.id))

    @property
    def has_more_waiting(self) -> bool:
        return len(self._waiting_jobs) > data.MOST_WAITING

    def _waiting_card(self, job) -> Card:
        card = self._job_card(job, None)
        if job.status == JobStatus.NEW:
            card.status = ""
        due = timezone.localtime(job.due_at, self.organization.zone) if job.due_at else None
        length = _("%(minutes)d min") % {"minutes": job.planned_duration}
        until = _("due %(when)s") % {"when": f"{due:%d/%m %H:%M}"} if due else ""
        card.times = f"{length} · {until}" if until else length
        return card


def _other_card(one: data.Busy) -> Card:
    kind, pk = one.source
    url = reverse(PAGES[kind], args=[pk]) if kind in PAGES else None
    return Card(is_job=False, pk=pk, url=url, title=str(Kind(kind).label), tone="grey", detail=one.note)


def _widened(interval: Interval) -> Interval:
    """By a day: what a shown row clashes with may lie beyond the edge."""
    return Interval(interval.start - timedelta(days=1), interval.end + timedelta(days=1))


def _part(interval: Interval, shown: Interval) -> Interval:
    return Interval(max(interval.start, shown.start), min(interval.end, shown.end))


def _times(interval: Interval, day: Day) -> str:
    """The hours of this day, on its clock; an arrow where it comes from the day before or goes on."""
    start = "←" if interval.start < day.start else f"{interval.start.astimezone(day.zone):%H:%M}"
    end = "→" if interval.end > day.end else f"{interval.end.astimezone(day.zone):%H:%M}"
    return _("all day") if (start, end) == ("←", "→") else f"{start}–{end}"


def parse_day(text: str, default: date) -> date:
    try:
        return min(max(date.fromisoformat(text), date(1990, 1, 1)), date(2100, 1, 1))
    except ValueError:
        return default


def chosen(organizations: Iterable[Organization], text: str) -> Organization | None:
    """The one that the address names, else the first."""
    places = list(organizations)
    return next((one for one in places if str(one.pk) == text), places[0] if places else None)
