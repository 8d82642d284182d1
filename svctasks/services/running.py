"""A run's life at its worker: claimed by one, alive while its lease is renewed, ended once [contract 50]."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from core.errors import StateConflict
from core.locks import atomic
from core.mail.delivery import storable
from svctasks import queues
from svctasks.models import ACTIVE, WENT_WRONG, RunState, ServiceRun, ServiceTask
from svctasks.services import outcome

logger = logging.getLogger("dutyboard.svctasks")

MOST_LOST = 200
LONGEST_ERROR = 4000
NO_SIGN_OF_LIFE = _("The worker gave no sign of life until its lease ended")


def claim(pk: int, worker: str) -> ServiceRun | None:
    """The run, with its task, script and organization, running here from now on; None when it is not to be had."""
    run = _waiting(pk)
    if run is None or not _start(run, worker):
        return None
    run.refresh_from_db(fields=["state", "attempt", "lease_until", "started_at", "worker"])
    return run


def _waiting(pk: int) -> ServiceRun | None:
    related = ("task__script", "organization")
    return ServiceRun.objects.filter(pk=pk, state=RunState.WAITING).select_related(*related).first()


def _start(run: ServiceRun, worker: str) -> bool:
    if run.task.overlap:
        return _take(run, worker)
    with atomic():
        # Of a task that may not overlap one run is started at a time; the next follows when it ends.
        ServiceTask.objects.select_for_update().filter(pk=run.task_id).first()
        if ServiceRun.objects.filter(task_id=run.task_id, state=RunState.RUNNING).exists():
            return False
        return _take(run, worker)


def _take(run: ServiceRun, worker: str) -> bool:
    now = timezone.now()
    values = {
        "state": RunState.RUNNING,
        "attempt": F("attempt") + 1,
        "worker": worker[:120],
        "started_at": now,
        "lease_until": now + settings.SERVICE_RUN_LEASE,
    }
    return bool(ServiceRun.objects.filter(pk=run.pk, state=RunState.WAITING, attempt=run.attempt).update(**values))


def mine(run: ServiceRun):
    """The row, as long as this worker's claim holds."""
    return ServiceRun.objects.filter(pk=run.pk, state=RunState.RUNNING, attempt=run.attempt)


def renew(run: ServiceRun, **values) -> bool:
    """A sign of life, with what there is to tell; False when the run is no longer this worker's."""
    return bool(mine(run).update(lease_until=timezone.now() + settings.SERVICE_RUN_LEASE, **values))


def finish(run: ServiceRun, state: RunState, *, result=None, error: str = "", **values) -> RunState | None:
    """End this worker's claim, with what follows for the task; None, and nothing written, where it holds no more.

    What goes wrong once its cancelling was asked for is cancelled: its error is in its log.
    """
    with atomic():
        outcome.hold_task(run, state)
        if state in WENT_WRONG and _is_cancel_asked(run):
            values["log"] = values.get("log", run.log) + log_line(error[:LONGEST_ERROR])
            state, error = RunState.CANCELLED, ""
        ended = {"state": state, "finished_at": timezone.now(), "lease_until": None, "result": result, **values}
        if not mine(run).update(error=storable(error)[:LONGEST_ERROR], **ended):
            logger.warning("run %s outlived its lease", run.pk)
            return None
        outcome.settle(run, state, error)
    return state


def _is_cancel_asked(run: ServiceRun) -> bool:
    """Of the row as it is now, locked, so that nobody asks between this and its end."""
    return bool(mine(run).select_for_update().values_list("is_cancel_asked", flat=True).first())


def log_line(text: str) -> str:
    return f"{timezone.now():%Y-%m-%dT%H:%M:%SZ} {storable(text)}\n"


def recover_lost(now: datetime | None = None) -> int:
    """End the runs whose worker died, or run them again where their task says so; how many there were."""
    now = now or timezone.now()
    rows = ServiceRun.objects.abandoned(now).select_related("task__organization", "task__script").order_by("id")
    return sum(_recover_unhindered(run, now) for run in rows[:MOST_LOST])


def _recover_unhindered(run: ServiceRun, now: datetime) -> bool:
    """One that cannot be ended stops no other."""
    try:
        return _recover(run, now)
    except Exception:
        logger.exception("run %s, whose worker died", run.pk)
        return False


@atomic
def _recover(run: ServiceRun, now: datetime) -> bool:
    outcome.hold_task(run, RunState.LOST)
    is_cancelled, dead = _is_cancel_asked(run), mine(run).filter(lease_until__lt=now)
    log = Concat(F("log"), Value(log_line(f"try {run.attempt}: {NO_SIGN_OF_LIFE} ({run.worker})")))
    if run.attempt <= run.task.retries and not is_cancelled:
        if not dead.update(state=RunState.WAITING, lease_until=None, sent_at=now, log=log):
            return False
        transaction.on_commit(lambda: queues.hand_over(run.pk, run.site, run.task.timeout), robust=True)
        return True
    state, error = (RunState.CANCELLED, "") if is_cancelled else (RunState.LOST, NO_SIGN_OF_LIFE)
    if not dead.update(state=state, finished_at=now, lease_until=None, error=error, log=log):
        return False
    outcome.settle(run, state, error)
    return True


@atomic
def cancel_run(pk: int, why: str = "") -> ServiceRun:
    """One that waits ends at once; one that runs is asked to, and ends when it next reports. Raises StateConflict."""
    run = ServiceRun.objects.select_related("task__organization").get(pk=pk)
    outcome.hold_task(run, RunState.CANCELLED)
    run = ServiceRun.objects.select_for_update(of=("self",)).select_related("task__organization").get(pk=pk)
    if run.state == RunState.WAITING:
        run.state, run.finished_at, run.error = RunState.CANCELLED, timezone.now(), why
        run.save(update_fields=["state", "finished_at", "error"])
        outcome.settle(run, RunState.CANCELLED, "")
    elif run.state == RunState.RUNNING:
        run.is_cancel_asked = True
        run.save(update_fields=["is_cancel_asked"])
    else:
        check_cancel(run)
    return run


def check_cancel(run: ServiceRun) -> None:
    """Raises StateConflict for what cannot be stopped any more."""
    if run.state not in ACTIVE:
        raise StateConflict(gettext("This run has ended"), [str(state) for state in ACTIVE])


def waiting_at(sites: list[str], number: int, taken: Collection[int] = ()) -> list[int]:
    """The runs that wait at these sites, the oldest first; of a task that may not overlap, none while one runs.

    `taken`: those that were begun, and may still be in this state.
    """
    busy = ServiceTask.objects.filter(overlap=False, runs__state=RunState.RUNNING)
    rows = ServiceRun.objects.filter(state=RunState.WAITING, site__in=sites)
    rows = rows.exclude(task__in=busy).exclude(pk__in=taken)
    return list(rows.order_by("id").values_list("pk", flat=True)[:number])
