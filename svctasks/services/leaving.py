"""Runs that wait at a site whose workers left before they took them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from core.errors import StateConflict
from core.locks import atomic
from svctasks import queues
from svctasks.models import RunState, ServiceRun, WorkerSite
from svctasks.models.site import AWAY_AFTER
from svctasks.services import running
from svctasks.services.sites import EACH, Sites

MOST_MOVED = 200
FORGOTTEN = _("No worker serves its site any more")


def move_waiting(now: datetime | None = None) -> int:
    """To a site that is there, where their task asks for any one; how many. The others wait for their site."""
    now = now or timezone.now()
    away = list(WorkerSite.objects.filter(seen_at__lte=now - AWAY_AFTER).values_list("name", flat=True))
    if not away:
        return 0
    sites, waiting = Sites(now), _waiting_at(away).exclude(task__site_mode__in=EACH)
    return sum(_move(run, sites) for run in waiting[:MOST_MOVED])


def forget(name: str) -> None:
    """A site that is no more: tasks of all sites go on without it, and what waited there ends or goes elsewhere."""
    WorkerSite.objects.filter(name=name).delete()
    sites = Sites(timezone.now())
    for run in _waiting_at([name]):
        if run.task.site_mode in EACH or not _move(run, sites):
            _end(run)


def _waiting_at(names: list[str]):
    rows = ServiceRun.objects.filter(state=RunState.WAITING, site__in=names)
    return rows.select_related("task__script", "task__organization").order_by("id")


@atomic
def _move(run: ServiceRun, sites: Sites) -> bool:
    """False where there is no other site, where the moment has a run there, and where somebody took the run."""
    site = next(iter(sites.targets(run.task).alive), None)
    same = ServiceRun.objects.filter(task=run.task_id, due_at=run.due_at).exclude(state=RunState.SKIPPED)
    if site is None or same.filter(site=site).exists():
        return False
    here = ServiceRun.objects.filter(pk=run.pk, state=RunState.WAITING, site=run.site)
    if not here.update(site=site, sent_at=timezone.now()):
        return False
    transaction.on_commit(lambda: queues.hand_over(run.pk, site, run.task.timeout), robust=True)
    return True


def _end(run: ServiceRun) -> None:
    try:
        running.cancel_run(run.pk, FORGOTTEN)
    except StateConflict:
        # It was taken, and has ended.
        return
