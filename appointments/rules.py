"""The rules of a booking, each a verdict with its numbers: the same for listing, booking, moving and explaining.

Order and meaning: contract 40. A rule that is not set is off: its verdict passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.availability import CalendarTime, Judgement, judge
from appointments.calendar_time import Wanted, seconds
from appointments.models import Appointment, BookingSettings, Customer

# Rule → what is said when it fails. Values in minutes are told as such.
FAILURES = {
    "min_notice": _("Too soon: %(notice)s min of notice are asked for, the start is in %(asked)s min"),
    "horizon": _("Too far away: %(horizon)s min ahead at most, the start is in %(asked)s min"),
    "same_time": _("The customer has an appointment at this time"),
    "min_between": _("Too close to another appointment of the customer: %(between)s min apart, here %(asked)s min"),
    "max_upcoming": _("The customer has %(upcoming)s appointments ahead, and %(most)s is the most"),
    "cancel_notice": _("Too late: %(notice)s min of notice are asked for, the start is in %(asked)s min"),
    "max_moves": _("Moved %(moves)s times already, and %(most)s is the most"),
    "opening_hours": _("Not within the opening hours"),
    "step": _("Not at a start that is offered: every %(step)s min from the opening on"),
    "closed": _("The calendar is closed or its resource is taken at this time"),
    "places": _("No place is left: %(taken)s of %(places)s are taken"),
}
# What is stored can be shown in any time zone, and what begins then, with the days around it, lies in all calendars.
FIRST, LAST = datetime(1, 1, 5, tzinfo=UTC), datetime(9999, 11, 30, tzinfo=UTC)
NOT_AVAILABLE = _("This time slot is not available anymore")
PAST = _("The start is in the past")
CLOSED_DAY = _("Closed on this day: %(day)s")
# What does not bind staff [contract 40].
FOR_CUSTOMERS = {
    *("min_notice", "horizon", "same_time", "min_between", "max_upcoming"),
    *("opening_hours", "step", "cancel_notice", "max_moves"),
}


@dataclass(frozen=True)
class Verdict:
    code: str
    passed: bool
    values: dict[str, Any] = field(default_factory=dict)
    # In place of what is usually said; a day that is closed as a whole does not bind staff, as its hours do not.
    closed_day: str = ""

    @property
    def message(self) -> Any:
        if self.closed_day:
            return CLOSED_DAY
        return PAST if self.code == "min_notice" and self.values["asked"] < 0 else FAILURES[self.code]

    @property
    def text(self) -> str:
        return str(self.message) % {**self.values, "day": self.closed_day} if not self.passed else ""

    def binds(self, is_staff: bool) -> bool:
        return not (is_staff and (self.code in FOR_CUSTOMERS or self.closed_day))


@dataclass(frozen=True)
class Asked:
    """A booking or a move that is asked for. `customer`: one that is there already; `moved`: what does not count."""

    settings: BookingSettings
    wanted: Wanted
    start: datetime
    now: datetime
    is_staff: bool
    customer: Customer | None = None
    moved: Appointment | None = None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.wanted.need.length)


def check_start(asked: Asked) -> None:
    """A start that the clock on the wall can name, in whole seconds."""
    if not FIRST <= asked.start <= LAST:
        raise ValidationError({"start": ValidationError(_("is too far away"), code="out_of_range")})
    local = asked.start.astimezone(asked.settings.organization.zone)
    if local.fold:
        raise ValidationError({"start": ValidationError(_("is in the second pass of a doubled hour"), code="unnamed")})
    if asked.start.microsecond:
        raise ValidationError({"start": ValidationError(_("must be a whole second"), code="fraction")})


# -- of the booking -----------------------------------------------------------------------------------------


def booking_verdicts(asked: Asked) -> list[Verdict]:
    """In the order in which they refuse. One query, for a customer who is there already."""
    others = [] if asked.customer is None else list(_others(asked))
    return [
        _notice(asked),
        _horizon(asked),
        _same_time(asked, others),
        _between(asked, others),
        _upcoming(asked, others),
    ]


def _others(asked: Asked) -> QuerySet:
    """(start, end) of the customer's appointments that this one may clash with or that lie ahead."""
    between = timedelta(minutes=asked.settings.min_time_between or 0)
    rows = Appointment.objects.alive().filter(customer=asked.customer, end__gt=min(asked.now, asked.start - between))
    if asked.moved:
        rows = rows.exclude(pk=asked.moved.pk)
    return rows.order_by("start", "id").values_list("start", "end")


def _notice(asked: Asked) -> Verdict:
    """A start that is not after now is too soon, rule or no rule."""
    first, _last = bookable(asked.settings, asked.now)
    values = {"notice": asked.settings.min_notice or 0, "asked": _minutes(asked.start - asked.now)}
    return Verdict("min_notice", asked.start >= first, values)


def _horizon(asked: Asked) -> Verdict:
    _first, last = bookable(asked.settings, asked.now)
    values = {"horizon": asked.settings.booking_horizon, "asked": _minutes(asked.start - asked.now)}
    return Verdict("horizon", last is None or asked.start <= last, values)


def bookable(settings: BookingSettings, now: datetime) -> tuple[datetime, datetime | None]:
    """The first and the last start, both included, that notice and horizon leave to customers; None: no last."""
    notice, horizon = settings.min_notice, settings.booking_horizon
    first = max(now + timedelta(microseconds=1), now + timedelta(minutes=notice or 0))
    return first, None if horizon is None else now + timedelta(minutes=horizon)


def cancel_notice(settings: BookingSettings, start: datetime, now: datetime) -> Verdict:
    """Whether a customer may still cancel or move what starts then."""
    ahead, notice = start - now, settings.min_cancel_notice or 0
    passed = ahead > timedelta(0) and ahead >= timedelta(minutes=notice)
    return Verdict("cancel_notice", passed, {"notice": notice, "asked": _minutes(ahead)})


def _same_time(asked: Asked, others: Sequence[tuple[datetime, datetime]]) -> Verdict:
    return Verdict("same_time", not any(start < asked.end and asked.start < end for start, end in others))


def _between(asked: Asked, others: Sequence[tuple[datetime, datetime]]) -> Verdict:
    """From the end of one to the start of the other; those that overlap are of another rule."""
    between = asked.settings.min_time_between
    apart = [start - asked.end if start >= asked.end else asked.start - end for start, end in others]
    least = min((each for each in apart if each >= timedelta(0)), default=None)
    passed = between is None or least is None or least >= timedelta(minutes=between)
    return Verdict("min_between", passed, {"between": between, "asked": None if least is None else _minutes(least)})


def _upcoming(asked: Asked, others: Sequence[tuple[datetime, datetime]]) -> Verdict:
    most = asked.settings.max_upcoming
    upcoming = sum(end > asked.now for _start, end in others)
    return Verdict("max_upcoming", most is None or upcoming < most, {"upcoming": upcoming, "most": most})


def _minutes(length: timedelta) -> int:
    """Whole minutes, rounded down."""
    return length // timedelta(minutes=1)


# -- of a calendar ------------------------------------------------------------------------------------------


def calendar_verdicts(asked: Asked, time: CalendarTime) -> list[Verdict]:
    """Of this start in a calendar whose time is known around it."""
    return verdicts_of(judge(time, asked.wanted.need, seconds(asked.start)), time)


def verdicts_of(judgement: Judgement, time: CalendarTime) -> list[Verdict]:
    places, free = len(time.seats), len(judgement.free_seats)
    return [
        Verdict("opening_hours", judgement.is_open),
        Verdict("step", judgement.is_on_step, {"step": time.step // 60}),
        Verdict("closed", not judgement.is_closed),
        Verdict("places", free > 0, {"places": places, "taken": places - free}),
    ]


def told_of_closed_day(verdicts: Sequence[Verdict], day: str) -> list[Verdict]:
    """Of a start outside of opening hours: that its day is closed as a whole, rather than what follows from it."""
    failed = {verdict.code for verdict in verdicts if not verdict.passed}
    if "opening_hours" not in failed:
        return list(verdicts)
    follows = {"opening_hours", "step"}
    told = [replace(verdict, passed=True) if verdict.code in follows else verdict for verdict in verdicts]
    closed = Verdict("closed", False, closed_day=day)
    # What takes the time itself binds staff too, and is told as it is.
    return [closed if verdict.code == "closed" and verdict.passed else verdict for verdict in told]


def broken(verdicts: Sequence[Verdict], is_staff: bool) -> list[Verdict]:
    """Those that refuse."""
    return [verdict for verdict in verdicts if not verdict.passed and verdict.binds(is_staff)]


def passed_over(verdicts: Sequence[Verdict], is_staff: bool) -> list[Verdict]:
    """Those that would have refused a customer."""
    return [verdict for verdict in verdicts if not verdict.passed and not verdict.binds(is_staff)]


def refusal(verdict: Verdict) -> ValidationError:
    message = verdict.message
    return ValidationError({"start": ValidationError(message, code=verdict.code, params=verdict.values)})


def not_available() -> ValidationError:
    return ValidationError({"start": ValidationError(NOT_AVAILABLE, code="not_available")})
