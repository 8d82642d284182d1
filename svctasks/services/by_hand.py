"""Runs that people ask for: now, or of moments that are past."""

from datetime import datetime
from itertools import islice

from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import refuse
from core.errors import StateConflict
from core.locks import atomic
from svctasks.due import INSTANT
from svctasks.models import RunState, ServiceRun, ServiceTask
from svctasks.preview import HORIZON, open_between
from svctasks.services.dispatching import write_run
from svctasks.services.sites import Sites

MOST_BACKFILLED, MOST_LOOKED_AT, AT_ONCE = 1000, 100_000, 1000
Cause = ServiceRun.Cause


@atomic
def run_now(pk: int) -> list[ServiceRun]:
    """One run at each site where the task runs, whatever its schedule; a disabled task too. Raises StateConflict."""
    task, sites = _locked(pk)
    if not task.overlap and task.runs.active().exists():
        raise StateConflict(_("A run of this task is still active"), [])
    return _written(task, [timezone.now()], sites, Cause.BY_HAND)


def missed_moments(task: ServiceTask, first: datetime, last: datetime) -> list[datetime]:
    """The due moments in [first, last] within the schedule that were not run: what a back-fill makes up for."""
    if not task.is_regular:
        refuse("from", "single", _("a single task has no past to be filled"))
    if last < first:
        refuse("to", "order", _("must be after the start"))
    if last > timezone.now():
        refuse("to", "future", _("must be past"))
    first = max(first, task.anchor)
    if last - first > HORIZON:
        refuse("from", "too_many", _("more than %(most)d days: take a shorter time"), most=HORIZON.days)
    moments, found, looked_at = open_between(task, first - INSTANT, last + INSTANT), [], 0
    while some := list(islice(moments, AT_ONCE)):
        found += _not_run(task, some)
        looked_at += len(some)
        for number, most in ((len(found), MOST_BACKFILLED), (looked_at, MOST_LOOKED_AT)):
            if number > most:
                refuse("from", "too_many", _("more than %(most)d moments: take a shorter time"), most=most)
    return found


def _not_run(task: ServiceTask, moments: list[datetime]) -> list[datetime]:
    runs = task.runs.exclude(state=RunState.SKIPPED).filter(due_at__range=(moments[0], moments[-1]))
    ran = set(runs.values_list("due_at", flat=True))
    return [moment for moment in moments if moment not in ran]


@atomic
def backfill(pk: int, first: datetime, last: datetime) -> list[ServiceRun]:
    """Run each missed moment of [first, last]; a task that may not overlap takes them one after the other."""
    task, sites = _locked(pk)
    return _written(task, missed_moments(task, first, last), sites, Cause.BACKFILL)


def check_script(task: ServiceTask) -> None:
    """Raises StateConflict for a task that has nothing to run."""
    if task.script is None:
        raise StateConflict(_("A task without a script cannot be run"), [])


def _locked(pk: int) -> tuple[ServiceTask, list[str]]:
    task = ServiceTask.objects.select_related("organization", "script").locked(pk)
    check_script(task)
    sites = Sites(timezone.now()).targets(task).alive
    if not sites:
        raise StateConflict(_("No worker serves a site of this task at the moment"), [])
    return task, sites


def _written(task: ServiceTask, moments: list[datetime], sites: list[str], cause: ServiceRun.Cause) -> list[ServiceRun]:
    pks = [pk for moment in moments for site in sites if (pk := write_run(task, moment, site, cause))]
    return list(ServiceRun.objects.filter(pk__in=pks).select_related("task").order_by("due_at", "id"))
