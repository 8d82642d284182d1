"""The calendar of appointments as its template shows it: a day by calendars, or a week by days; hours go down."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from appointments.admin import planner_data as data
from appointments.admin.display import TONES
from appointments.admin.planner_grid import Part, Window, gaps, lanes, part_of
from appointments.models import Appointment, Calendar, CalendarEvent, CalendarSet
from core.ids import id_in
from core.models import Organization
from scheduling.admin.busy_names import url_of
from scheduling.admin.dispatch_data import Taken
from scheduling.admin.dispatch_days import days_of
from scheduling.intervals import Interval
from scheduling.models import BusyInterval

EventKind = CalendarEvent.Kind
# What is shown at least.
USUAL = Part(8 * 60, 18 * 60)


@dataclass
class Card:
    """An appointment (`pk` is set), or what else takes the time, at its place in a column."""

    title: str
    part: Part
    times: str
    tone: str = "grey"
    pk: int | None = None
    url: str = ""
    move_url: str = ""
    version: int = 0
    detail: str = ""
    state: str = ""
    attention: str = ""
    is_free: bool = False  # may be moved
    place: str | None = ""

    @property
    def since(self) -> str:
        return self.times.partition("–")[0]

    @property
    def until(self) -> str:
        return self.times.partition("–")[2]

    @property
    def hint(self) -> str:
        return " · ".join(part for part in (self.times, self.title, self.detail, self.state, self.attention) if part)


@dataclass
class Column:
    """`calendar`: whose it is; None where several share it."""

    title: str
    url: str
    day: date
    calendar: Calendar | None
    step: int
    cards: list[Card] = field(default_factory=list)
    shades: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_closed: bool = False
    is_today: bool = False


class Board:
    """`view`: "day" or "week"; `wanted`: the ids of a set and of a calendar as the address has them, or ""."""

    def __init__(self, organization: Organization, view: str, day: date, wanted: tuple[str, str] = ("", "")):
        self.organization, self.view, self.date = organization, view, day
        self.zone = organization.zone
        self.days = days_of(view, day, self.zone)
        self.all_calendars = data.calendars_of(organization)
        self.set_id, self.calendar_id = map(id_in, wanted)
        self.calendars = [each for each in self.all_calendars if self._is_wanted(each)]
        shown = Interval(self.days[0].start, self.days[-1].end)
        self.contents = data.contents_of(self.calendars, shown, self.days[0].date, self.days[-1].date)
        self.list_url = reverse("admin:appointments_appointment_changelist")
        self.today = organization.local_date()

    def _is_wanted(self, calendar: Calendar) -> bool:
        if self.calendar_id is not None:
            return calendar.pk == self.calendar_id
        return self.set_id is None or calendar.calendarset_id == self.set_id

    @cached_property
    def sets(self) -> list[CalendarSet]:
        found = {each.calendarset_id: each.calendarset for each in self.all_calendars if each.calendarset}
        return sorted(found.values(), key=lambda one: (one.sort, one.pk))

    # Addresses

    def address(self, **changes: date | str | int | None) -> str:
        values: dict = {"organization": self.organization.pk, "view": self.view, "day": self.date}
        values |= {"set": self.set_id, "calendar": self.calendar_id}
        kept = {name: str(value) for name, value in {**values, **changes}.items() if value not in (None, "")}
        return f"{reverse('admin:appointments_appointment_calendar')}?{urlencode(kept)}"

    def links(self) -> dict[str, str]:
        step = timedelta(days=1 if self.view == "day" else 7)
        booking = {
            "organization": str(self.organization.pk),
            "day": str(self.date),
            "calendar": str(self.calendar_id or ""),
        }
        return {
            "earlier": self.address(day=self.date - step),
            "later": self.address(day=self.date + step),
            "today": self.address(day=self.today),
            "day": self.address(view="day"),
            "week": self.address(view="week"),
            "book": f"{reverse('admin:appointments_appointment_book')}?{urlencode(booking)}",
            "close": f"{reverse('admin:appointments_calendar_close')}?{urlencode(booking)}",
        }

    # Columns

    @cached_property
    def columns(self) -> list[Column]:
        for column, open_parts in self._filled:
            _lay(column, self.window)
            shades = (self.window.place(part, 0) for part in gaps(open_parts, self.window))
            column.shades = [place for place in shades if place]
            column.is_closed = not open_parts
        return [column for column, _parts in self._filled]

    @cached_property
    def window(self) -> Window:
        """The hours in which something is open or booked."""
        parts = [part for _column, open_parts in self._filled for part in open_parts]
        parts += [card.part for column, _parts in self._filled for card in column.cards if card.pk]
        return Window.around(parts, USUAL)

    @cached_property
    def _filled(self) -> list[tuple[Column, list[Part]]]:
        """Each column, and when it is open."""
        return self._of_calendars() if self.view == "day" else self._of_days()

    def _of_calendars(self) -> list[tuple[Column, list[Part]]]:
        day = self.days[0].date
        found = []
        for calendar in self.calendars:
            url = self.address(view="week", calendar=calendar.pk)
            column = Column(str(calendar), url, day, calendar, _step([calendar]), is_today=day == self.today)
            found.append((column, self._fill(column, [calendar])))
        return found

    def _of_days(self) -> list[tuple[Column, list[Part]]]:
        only = self.calendars[0] if len(self.calendars) == 1 else None
        found = []
        for day in self.days:
            title = date_format(day.date, _("D j M"))
            url = self.address(view="day", day=day.date)
            column = Column(title, url, day.date, only, _step(self.calendars), is_today=day.date == self.today)
            found.append((column, self._fill(column, self.calendars)))
        return found

    def _fill(self, column: Column, calendars: Iterable[Calendar]) -> list[Part]:
        """Its cards; when one of its calendars is open."""
        open_parts: list[Part] = []
        for calendar in calendars:
            content = self.contents[calendar.pk]
            open_parts += self._parts(content.open_hours, column.day)
            column.cards += self._cards(content, calendar, column)
            notes = [one for one in content.events if one.kind == EventKind.NOTE]
            column.notes += [str(one) for one in notes if self.organization.local_date(one.start) == column.day]
        return open_parts

    def _parts(self, intervals: Iterable[Interval], day: date) -> list[Part]:
        return [part for one in intervals if (part := part_of(one, day, self.zone))]

    # Cards

    def _cards(self, content: data.Content, calendar: Calendar, column: Column) -> list[Card]:
        beside = "" if column.calendar else str(calendar)
        found = [self._appointment_card(one, column, beside) for one in content.appointments]
        found += [self._event_card(one, column, beside) for one in content.events if one.kind == EventKind.BLOCK]
        found += [self._busy_card(one, column, beside) for one in content.busy]
        return [card for card in found if card]

    def _appointment_card(self, one: Appointment, column: Column, beside: str) -> Card | None:
        part = part_of(Interval(one.start, one.end), column.day, self.zone)
        if part is None:
            return None
        services = ", ".join(str(line.service) for line in one.lines.all())
        return Card(
            title=str(one.customer),
            part=part,
            times=self._times(one.start, one.end),
            tone=TONES[one.state],
            pk=one.pk,
            url=f"{self.list_url}{one.pk}/change/",
            move_url=f"{self.list_url}{one.pk}/move/?{self._back}",
            version=one.version,
            detail=" · ".join(text for text in (beside, services) if text),
            state=str(one.get_state_display()),
            attention=one.attention,
            is_free=True,
        )

    @cached_property
    def _back(self) -> str:
        return urlencode({"back": self.address()})

    def _event_card(self, one: CalendarEvent, column: Column, beside: str) -> Card | None:
        part = part_of(Interval(one.start, one.end), column.day, self.zone)
        if part is None:
            return None
        url = reverse("admin:appointments_calendarevent_change", args=[one.pk])
        return Card(_("Closed"), part, self._times(one.start, one.end), url=url, detail=one.text or beside)

    def _busy_card(self, one: Taken, column: Column, beside: str) -> Card | None:
        part = part_of(one.interval, column.day, self.zone)
        if part is None:
            return None
        title = str(BusyInterval.Kind(one.source[0]).label)
        return Card(title, part, self._times(*one.interval), url=url_of(one.source), detail=one.note or beside)

    def _times(self, start, end) -> str:
        return f"{start.astimezone(self.zone):%H:%M}–{end.astimezone(self.zone):%H:%M}"


def _lay(column: Column, window: Window) -> None:
    """Each card's place, those that share a time beside each other."""
    column.cards.sort(key=lambda card: card.part)
    beside = lanes([card.part for card in column.cards])
    for card, (lane, among) in zip(column.cards, beside, strict=True):
        card.place = window.place(card.part, lane=lane, among=among)
    column.cards = [card for card in column.cards if card.place]


def _step(calendars: Iterable[Calendar]) -> int:
    """On which minutes a card is let go."""
    return 15 if all(each.slot_step % 15 == 0 for each in calendars) else 5
