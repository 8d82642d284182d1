"""The dispatch board as its template shows it: a day by hours, or a week by days, a row for each resource."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Organization
from scheduling.admin import dispatch_data as data
from scheduling.admin.dispatch_cards import Card, Cards, due_first
from scheduling.admin.dispatch_data import Taken
from scheduling.admin.dispatch_days import Day, Window, days_of
from scheduling.intervals import Interval, LocalRange, covers, on_day, subtract
from scheduling.models import BusyInterval, Resource

Kind = BusyInterval.Kind
# In the order in which they stand on the board.
GROUPS = {
    Resource.Kind.PERSON: gettext_lazy("People"),
    Resource.Kind.CALENDAR: gettext_lazy("Calendars"),
    Resource.Kind.VEHICLE: gettext_lazy("Vehicles"),
}
# What a day shows at least, on its local clock.
USUAL = LocalRange(time(8), time(18))


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

    @property
    def is_idle(self) -> bool:
        return not self.cards and not any(cell.cards for cell in self.cells)


class Board:
    """`view`: "day" or "week"; `is_whole`: all hours of the day rather than those in which something happens;
    `prints_busy`: on paper without the rows in which nothing happens.
    """

    def __init__(
        self, organization: Organization, view: str, day: date, *, is_whole: bool = False, prints_busy: bool = False
    ):
        self.organization, self.view, self.date = organization, view, day
        self.is_whole, self.prints_busy = is_whole, prints_busy
        self.days = days_of(view, day, organization.zone)
        self.shown = Interval(self.days[0].start, self.days[-1].end)
        self.resources = data.resources_of(organization, self.shown)
        busy = data.taken_of([one.pk for one in self.resources], self.shown)
        busy_jobs = _jobs_in(busy)
        self.jobs = data.jobs_of(organization, self.shown, busy_jobs)
        done_early = data.done_early_among(self.jobs.values(), busy_jobs)
        self.taken = sorted([*busy, *done_early], key=lambda one: one.interval.start)
        self.in_rows = _jobs_in(self.taken)
        around = data.with_what_reaches_out(busy, self.shown)
        back = urlencode({"back": self.address()})
        self.make = Cards(self.jobs, around, self.resources, organization.zone, back)

    # Addresses

    def address(self, **changes: date | str | None) -> str:
        values = {"view": self.view, "day": str(self.date), "organization": str(self.organization.pk)}
        if self.is_whole:
            values["hours"] = "all"
        if self.prints_busy:
            values["print"] = "busy"
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
            "print": self.address(print=None if self.prints_busy else "busy"),
            "waiting": f"{reverse('admin:scheduling_job_changelist')}?quick=to_plan",
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
        wanted += [one.interval for one in self.taken if one.source[0] != Kind.ABSENCE]
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
        """People first, then calendars with jobs, then the vehicles: `{title, rows, is_idle}`."""
        rows: dict[str, list[Row]] = defaultdict(list)
        mine: dict[int, list[Taken]] = defaultdict(list)
        for one in self.taken:
            mine[one.resource_id].append(one)
        for resource in self.resources:
            row = self._row(resource, mine[resource.pk])
            rows[resource.kind].append(row)
        return [
            {"title": title, "rows": rows[kind], "is_idle": all(row.is_idle for row in rows[kind])}
            for kind, title in GROUPS.items()
            if rows[kind]
        ]

    def _row(self, resource: Resource, busy: list[Taken]) -> Row:
        open_hours = self.openings.get(resource.timetable_id or 0)
        if self.view == "day":
            cards = [self._card(one, resource, open_hours, self.days[0]) for one in busy]
            return Row(resource, [card for card in cards if card.place], self._shades(open_hours))
        cells = [self._cell(day, resource, busy, open_hours) for day in self.days]
        return Row(resource, cells=cells)

    def _cell(self, day: Day, resource: Resource, busy: list[Taken], open_hours: list[Interval] | None) -> Cell:
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

    def _card(self, one: Taken, resource: Resource, open_hours: list[Interval] | None, day: Day) -> Card:
        card = self.make.of(one, resource)
        card.times = _times(one.interval, day)
        if self.view == "day":
            card.place = self.window.place(one.interval)
            card.is_late = self.window.is_late(one.interval)
        if card.is_job:
            card.is_outside = open_hours is not None and not covers(open_hours, _part(one.interval, self.shown))
        return card

    # Waiting

    @cached_property
    def waiting(self) -> list[Card]:
        """Jobs to plan that stand in no row; the soonest due first."""
        return [self.make.waiting(job) for job in self._waiting_jobs[: data.MOST_WAITING]]

    @cached_property
    def _waiting_jobs(self) -> list:
        return sorted((job for job in self.jobs.values() if job.id not in self.in_rows), key=due_first)

    @property
    def has_more_waiting(self) -> bool:
        return len(self._waiting_jobs) > data.MOST_WAITING


def _jobs_in(rows: list[Taken]) -> set[int]:
    return {one.source[1] for one in rows if one.source[0] == Kind.JOB}


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
