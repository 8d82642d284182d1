"""What became of a task's moments in the last days: a bar for each day of the organization's calendar."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.zones import local_moment
from svctasks.models import WENT_WRONG, RunState, ServiceRun, ServiceTask

DAYS = 7
HEIGHT, WIDTH, GAP, TOP = 96, 64, 26, 18
# Of the rows before the first day, those that may last into it: the last one of each site.
SITES = 10
# Of a share that would else be too thin to be seen.
LEAST = 4
KINDS: tuple[tuple[str, str | Promise, str], ...] = (
    ("succeeded", _("Succeeded"), "green"),
    ("failed", _("Failed"), "red"),
    ("skipped", _("Skipped"), "amber"),
    ("other", _("Other"), "grey"),
)


@dataclass
class Day:
    """How many moments of it ended how; `other`: cancelled, waiting or running."""

    day: date
    succeeded: int = 0
    failed: int = 0
    skipped: int = 0
    other: int = 0
    parts: list[dict] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.succeeded + self.failed + self.skipped + self.other

    @property
    def name(self) -> str:
        return date_format(self.day, "D j")


def strip_of(task: ServiceTask) -> str:
    """As HTML: a drawing, its key, and the same in numbers."""
    days = days_of(task, timezone.now())
    _draw(days)
    totals = [(label, tone, sum(getattr(day, name) for day in days)) for name, label, tone in KINDS]
    context = {
        "days": [{"day": day, "x": number * (WIDTH + GAP)} for number, day in enumerate(days)],
        "key": [(label, tone, total) for label, tone, total in totals if total or tone != "grey"],
        "is_empty": not any(day.total for day in days),
        "bar": WIDTH,
        "width": DAYS * (WIDTH + GAP) - GAP,
        "height": TOP + HEIGHT + 22,
        "base": TOP + HEIGHT,
    }
    return render_to_string("admin/svctasks/strip.html", context)


def days_of(task: ServiceTask, now: datetime) -> list[Day]:
    """The last seven, today among them, the oldest first."""
    today = task.organization.local_date(now)
    days = {day: Day(day) for day in (today - timedelta(days=back) for back in range(DAYS - 1, -1, -1))}
    start = local_moment(min(days), time(0), task.organization.zone)
    _count_runs(task, days, start)
    _count_skips(task, days, start)
    return list(days.values())


def _count_runs(task: ServiceTask, days: dict[date, Day], start: datetime) -> None:
    rows = task.runs.filter(due_at__gte=start).exclude(state=RunState.SKIPPED).order_by()
    counted = rows.annotate(day=TruncDate("due_at", tzinfo=task.organization.zone)).values_list("day", "state")
    for day, state, number in counted.annotate(Count("id")):
        if day in days:
            name = "failed" if state in WENT_WRONG else "succeeded" if state == RunState.SUCCEEDED else "other"
            setattr(days[day], name, getattr(days[day], name) + number)


def _count_skips(task: ServiceTask, days: dict[date, Day], start: datetime) -> None:
    """A row of several is spread evenly over its time."""
    rows = [*task.runs.filter(due_at__gte=start, state=RunState.SKIPPED), *task.runs.filter(due_at__lt=start)[:SITES]]
    zone = task.organization.zone
    ends = {day: local_moment(day + timedelta(days=1), time(0), zone) for day in days}
    for row in rows:
        if row.state != RunState.SKIPPED:
            continue
        before = _until(row, start)
        for day, end in ends.items():
            after = _until(row, end)
            days[day].skipped += after - before
            before = after


def _until(row: ServiceRun, moment: datetime) -> int:
    """How many of the row's moments are earlier than this one."""
    if moment <= row.due_at:
        return 0
    if row.last_due_at is None or moment > row.last_due_at:
        return row.count
    step = (row.last_due_at - row.due_at) / max(row.count - 1, 1)
    return min(row.count, -(-(moment - row.due_at) // step)) if step else row.count


def _draw(days: list[Day]) -> None:
    """Where each day's shares stand, one on the other, as high as they are many."""
    most = max((day.total for day in days), default=0) or 1
    for day in days:
        shares = [(number, tone) for name, _label, tone in KINDS if (number := getattr(day, name))]
        room, y = max(0, round(HEIGHT * day.total / most) - LEAST * len(shares)), TOP + HEIGHT
        for number, tone in shares:
            height = LEAST + round(room * number / day.total)
            y -= height
            day.parts.append({"y": y, "height": height, "tone": tone})
