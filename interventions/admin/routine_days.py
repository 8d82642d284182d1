"""What a routine's page shows of its rule: the days that come, and what became of those that came."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from core.admin.display import EMPTY, local_time, pill
from interventions.admin.display import OUTCOME, link_to, status_pill
from interventions.models import Routine, RoutineOccurrence
from interventions.services.routine_runs import counted, upcoming

# So many of the next days, and of the last ones.
SHOWN = 10
FAR = timedelta(days=3653)


def coming_days(routine: Routine) -> Iterator[datetime]:
    """The next days that the rule names; counted from the last visit, one alone is known."""
    now = timezone.now()
    start_at, first = counted(routine)
    is_fixed = routine.base == Routine.Base.DUE_DATE
    return islice(upcoming(routine, start_at, max(first, now), now + FAR), SHOWN if is_fixed else 1)


def days_of(routine: Routine) -> str:
    """As HTML: the next ones, and what became of the last ones."""
    now, rows = timezone.now(), routine.occurrences.select_related("intervention")
    made = {row.due_at: row for row in rows.filter(due_at__gte=now).order_by("due_at")}
    ahead = sorted({*made, *coming_days(routine)} if not routine.archived_at else made)
    past = rows.filter(due_at__lt=now).order_by("-due_at")[:SHOWN]
    context = {
        "routine": routine,
        "ahead": [_line(routine, day, made.get(day)) for day in ahead[:SHOWN]],
        "past": [_line(routine, row.due_at, row) for row in past],
    }
    return render_to_string("admin/interventions/routine_days.html", context)


def _line(routine: Routine, day: datetime, row: RoutineOccurrence | None) -> dict:
    visit = row.intervention if row else None
    return {
        "when": local_time(day, routine.organization.zone),
        "outcome": pill(row.get_outcome_display(), OUTCOME[row.outcome]) if row else pill(_("Ahead")),
        "visit": link_to(visit),
        "status": status_pill(visit) if visit else EMPTY,
    }
