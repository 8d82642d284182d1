"""What follows for a task when a run of it ended: in the run's transaction."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.events import record
from svctasks import emails, events, queues
from svctasks.models import WENT_WRONG, RunState, ServiceRun, ServiceTask
from svctasks.services.dispatching import spend

# A task that goes on failing is told of once a day; one that fails now and then, once an hour.
TELL_AGAIN, TELL_ANEW = timedelta(days=1), timedelta(hours=1)


def hold_task(run: ServiceRun, state: RunState) -> None:
    """Lock the task before its run, where `settle` will change it: as whoever deletes a task with its runs does."""
    if state in WENT_WRONG or not run.task.is_regular or run.task.failures_in_row:
        ServiceTask.objects.select_for_update(of=("self",)).filter(pk=run.task_id).first()


def settle(run: ServiceRun, state: RunState, error: str) -> None:
    """Failures in a row, who is told, the end of a single task, and the turn of the next run."""
    if state in WENT_WRONG:
        _count_failure(run, error)
    elif state == RunState.SUCCEEDED and run.task.failures_in_row:
        ServiceTask.objects.filter(pk=run.task_id).update(failures_in_row=0)
    if not run.task.is_regular:
        _spend_if_over(run.task_id)
    if not run.task.overlap:
        _hand_over_next(run.task_id)


def _count_failure(run: ServiceRun, error: str) -> None:
    rows = ServiceTask.objects.filter(pk=run.task_id)
    rows.update(failures_in_row=F("failures_in_row") + 1)
    task = rows.select_for_update(of=("self",)).select_related("organization").first()
    if task is None:
        return
    record(events.RUN_FAILED, task, task.public_id)
    now = timezone.now()
    paused = task.pause_after and task.failures_in_row >= task.pause_after and task.is_enabled
    if paused:
        _pause(task)
    if paused or _is_news(task, now):
        rows.update(failure_told_at=now)
        emails.queue_run_failed(run, task)


def _pause(task: ServiceTask) -> None:
    with translation.override(task.organization.language):
        note = _("Paused after %(number)d failed runs in a row") % {"number": task.failures_in_row}
    task.changed(is_enabled=False, pause_note=note, wake_at=None).save()
    record(events.PAUSED, task, task.public_id)


def _is_news(task: ServiceTask, now: datetime) -> bool:
    pause = TELL_ANEW if task.failures_in_row == 1 else TELL_AGAIN
    return task.failure_told_at is None or task.failure_told_at <= now - pause


def _spend_if_over(pk: int) -> None:
    """A single task is switched off once none of its runs is to come."""
    task = ServiceTask.objects.select_for_update(of=("self",)).filter(pk=pk, is_spent=True, is_enabled=True).first()
    if task and not task.runs.active().exists():
        spend(task)


def _hand_over_next(pk: int) -> None:
    waiting = ServiceRun.objects.filter(task_id=pk, state=RunState.WAITING).select_related("task__script")
    if following := waiting.order_by("id").first():
        seconds = following.task.timeout
        transaction.on_commit(lambda: queues.hand_over(following.pk, following.site, seconds), robust=True)
