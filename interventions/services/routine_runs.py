"""The visits that routines make: each occurrence within sixty days once, however often this runs [contract 30].

Each in a transaction of its own, under its routine's lock; a failure stops its routine alone, until its cause is gone.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import Busy, StateConflict
from core.locks import atomic
from core.models import Organization
from interventions.models import Intervention, InterventionStatus, Routine, RoutineOccurrence
from interventions.services.ending import cancel_intervention
from interventions.services.planning import Notice, create_from_routine, update_intervention
from scheduling import recurrences

logger = logging.getLogger("dutyboard.routines")

AHEAD = timedelta(days=60)
Outcome, S = RoutineOccurrence.Outcome, InterventionStatus
UNCONFIRMED = (S.DRAFT, S.PROPOSED, S.REFUSED)
DONE = (S.EXECUTED, S.VERIFIED)


def make_due(organization: Organization | None = None) -> int:
    """Every routine, of one organization or of all, that makes its visits itself; how many occurrences were judged."""
    routines = Routine.objects.due_to_run().filter(organization__is_active=True)
    routines = routines.filter(organization=organization) if organization else routines
    found = list(routines.order_by("pk").values_list("pk", "organization__language"))
    return sum(_run(pk, language) for pk, language in found)


def _run(pk: int, language: str) -> int:
    """What stops it is told in the language of those who mend it."""
    judged = 0
    with translation.override(language):
        try:
            while _judge_next(pk):
                judged += 1
            _note_problem(pk, "")
        except (ValidationError, StateConflict) as error:
            texts = error.messages if isinstance(error, ValidationError) else [str(error)]
            _note_problem(pk, " ".join(texts))
            logger.warning("routine %s makes no visit: %s", pk, " ".join(texts))
        except Busy:
            logger.info("routine %s is being changed, its turn comes again", pk)
        except Exception:
            logger.exception("routine %s makes no visit", pk)
            _note_problem(pk, _("failed unexpectedly: the log says why"))
    return judged


def _note_problem(pk: int, text: str) -> None:
    Routine.objects.filter(pk=pk).exclude(problem=text).update(problem=text)


@atomic
def _judge_next(pk: int) -> bool:
    """The next occurrence that nobody has judged; False when there is none."""
    routine = (
        Routine.objects.due_to_run()
        .select_related("organization")
        .select_for_update(of=("self",))
        .filter(pk=pk)
        .first()
    )
    if routine is None:
        return False
    now = timezone.now()
    due_at = next(_unjudged(routine, now), None)
    if due_at is None:
        return False
    _judge(routine, due_at, now)
    return True


def _judge(routine: Routine, due_at: datetime, now: datetime) -> None:
    """Made, or found made by hand within its window; missed where that window is past."""
    visit = _made_by_hand(routine, due_at)
    is_missed = visit is None and due_at + timedelta(days=routine.late_days) < now
    if visit is None and not is_missed:
        visit = _make(routine, due_at)
    outcome = Outcome.MISSED if is_missed else Outcome.MADE
    RoutineOccurrence.objects.create(routine=routine, due_at=due_at, outcome=outcome, intervention=visit)


def _make(routine: Routine, due_at: datetime) -> Intervention:
    values = {
        "scheduled_start": due_at,
        "scheduled_end": due_at + timedelta(minutes=routine.duration),
        "creation_status": routine.creation_status,
    }
    return create_from_routine(routine, values, created_by=None, is_automatic=True)


def _made_by_hand(routine: Routine, due_at: datetime) -> Intervention | None:
    """A visit that somebody planned within the window, and that stands for no other occurrence."""
    first, last = due_at - timedelta(days=routine.early_days), due_at + timedelta(days=routine.late_days)
    rows = routine.interventions.filter(occurrence=None, is_automatic=False, scheduled_start__range=(first, last))
    return rows.exclude(status=S.CANCELLED).order_by("scheduled_start", "pk").first()


# -- which ones ---------------------------------------------------------------------------------------------


def _unjudged(routine: Routine, now: datetime) -> Iterator[datetime]:
    """In order, at most one a local day, so that another hour or time zone makes no second visit on it.

    Counted from the last visit there is at most one, and none while a visit is open.
    """
    is_counted = routine.base == Routine.Base.COMPLETION
    if is_counted and _has_open_visit(routine):
        return
    start_at, first = counted(routine)
    local_date = routine.organization.local_date
    judged = routine.occurrences.filter(due_at__gte=first - timedelta(days=2)).values_list("due_at", flat=True)
    done = {local_date(due_at) for due_at in judged}
    for due_at in upcoming(routine, start_at, first, now + AHEAD):
        if local_date(due_at) not in done:
            yield due_at


def counted(routine: Routine) -> tuple[datetime, datetime]:
    """From when its rule counts, and the first moment that may be one of its days."""
    anchor = _last_done(routine) if routine.base == Routine.Base.COMPLETION else None
    start_at = _from_visit(routine, anchor) if anchor else routine.start_at
    # The day of the visit itself is past; the next one may be 23 hours later.
    first = start_at + timedelta(seconds=1) if anchor else start_at
    return start_at, max(first, routine.judged_from or first)


def upcoming(routine: Routine, start_at: datetime, first: datetime, last: datetime) -> Iterator[datetime]:
    return recurrences.between(routine.rrule, start_at, routine.organization.zone, first, last)


def _has_open_visit(routine: Routine) -> bool:
    made = routine.interventions.filter(occurrence__isnull=False)
    return made.exclude(status__in=(*DONE, S.CANCELLED)).exists()


def _last_done(routine: Routine) -> datetime | None:
    done = routine.interventions.filter(status__in=DONE, actual_end__isnull=False)
    return done.order_by("-actual_end").values_list("actual_end", flat=True).first()


def _from_visit(routine: Routine, done_at: datetime) -> datetime:
    """The day of the visit, at the hour at which the routine comes."""
    zone = routine.organization.zone
    local = routine.start_at.astimezone(zone)
    return datetime.combine(done_at.astimezone(zone).date(), local.time(), zone).astimezone(routine.start_at.tzinfo)


# -- another rule -------------------------------------------------------------------------------------------


def replan(routine: Routine) -> None:
    """Its rule is new: the coming visits that nobody confirmed move to the new days, in order; those too many are
    cancelled. The rule counts from now, and from after the last visit that is confirmed, so that none comes twice.
    """
    now = timezone.now()
    coming = list(routine.occurrences.filter(due_at__gte=now).select_related("intervention").order_by("due_at"))
    movable = [one for one in coming if one.intervention and one.intervention.status in UNCONFIRMED]
    # What was cancelled does not come again on its own day, and holds up no other.
    cancelled = {one.due_at for one in coming if one.intervention and one.intervention.status == S.CANCELLED}
    fixed = [one.due_at for one in coming if one not in movable and one.due_at not in cancelled]
    since = max([now, *(due_at + timedelta(seconds=1) for due_at in fixed)])
    Routine.objects.filter(pk=routine.pk).update(judged_from=since)
    routine.judged_from = since
    days: list[datetime] = []
    if routine.base != Routine.Base.COMPLETION:
        local_date = routine.organization.local_date
        kept = {local_date(due_at) for due_at in (*fixed, *cancelled)}
        named = upcoming(routine, routine.start_at, since, now + AHEAD)
        days = [day for day in named if local_date(day) not in kept]
    RoutineOccurrence.objects.filter(pk__in=[one.pk for one in movable]).delete()
    visits = [one.intervention for one in movable if one.intervention]
    for visit, due_at in zip_longest(visits, days[: len(visits)]):
        _move(routine, visit, due_at)


def _move(routine: Routine, visit: Intervention, due_at: datetime | None) -> None:
    if due_at is None:
        cancel_intervention(visit.pk)
        return
    dates = {"scheduled_start": due_at, "scheduled_end": due_at + timedelta(minutes=routine.duration)}
    update_intervention(visit.pk, dates, notice=Notice())
    RoutineOccurrence.objects.create(routine=routine, due_at=due_at, outcome=Outcome.MADE, intervention=visit)
