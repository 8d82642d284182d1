"""As tests/factories.py, for service tasks. Straight into the tables: no rule, and nobody is told."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from core.models import Organization
from svctasks.models import RunState, ServiceRun, ServiceScript, ServiceTask, WorkerSite
from svctasks.services.dispatching import arm

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
_numbers = count(1)


def make_site(name: str = "main", **fields) -> WorkerSite:
    """Alive, unless `seen_at` says else."""
    return WorkerSite.objects.update_or_create(name=name, defaults={"seen_at": timezone.now(), **fields})[0]


def make_script(organization: Organization, code: str = "", **fields) -> ServiceScript:
    code = code or f"script{next(_numbers)}"
    defaults = {"name": code, "handler": "purge_archived"}
    return ServiceScript.objects.create(organization=organization, code=code, **{**defaults, **fields})


def make_task(organization: Organization, script: ServiceScript | None = None, **fields: Any) -> ServiceTask:
    """An hourly one, which is disabled; an enabled one is due from now on."""
    now = timezone.now()
    defaults = {
        "name": f"Task {next(_numbers)}",
        "script": script or make_script(organization),
        "is_regular": True,
        "interval_seconds": 3600,
        "starts_at": START,
        "counted_until": now,
    }
    task = ServiceTask(organization=organization, **{**defaults, **fields})
    arm(task, now)
    task.save()
    return task


def make_run(task: ServiceTask, due_at: datetime = START, **fields: Any) -> ServiceRun:
    defaults = {"site": "main", "state": RunState.SUCCEEDED}
    return ServiceRun.objects.create(organization=task.organization, task=task, due_at=due_at, **{**defaults, **fields})


def make_skips(task: ServiceTask, reason: str, first: datetime, number: int = 1, **fields: Any) -> ServiceRun:
    """So many moments in a row."""
    last = first + (number - 1) * timedelta(seconds=task.interval_seconds)
    about = {"state": RunState.SKIPPED, "reason": reason, "last_due_at": last, "count": number, "site": ""}
    return make_run(task, first, **{**about, **fields})
