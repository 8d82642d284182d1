"""What is written of moments that do not run: neighbours with the same reason in one row."""

from collections.abc import Iterable

from svctasks.due import Skips
from svctasks.models import RunState, ServiceRun, ServiceTask


def write_skips(task: ServiceTask, skips: Iterable[Skips], site: str = "") -> None:
    """In order; of a regular task, later than what the ledger has."""
    for skip in skips:
        if not _extend(task, skip, site):
            _add(task, skip, site)


def _extend(task: ServiceTask, skip: Skips, site: str) -> bool:
    """Whether the task's last row, here or for all sites, is of the same kind, and now tells of these moments too."""
    last = task.runs.filter(site__in=(site, "")).first() if site else task.runs.first()
    if last is None or last.state != RunState.SKIPPED or (last.reason, last.site) != (skip.reason, site):
        return False
    if skip.first <= (last.last_due_at or last.due_at):
        # Of a single task that was given an earlier start.
        return False
    ServiceRun.objects.filter(pk=last.pk).update(last_due_at=skip.last, count=last.count + skip.count)
    return True


def _add(task: ServiceTask, skip: Skips, site: str) -> None:
    ServiceRun.objects.get_or_create(
        task=task,
        due_at=skip.first,
        site=site,
        state=RunState.SKIPPED,
        defaults={
            "organization_id": task.organization_id,
            "reason": skip.reason,
            "last_due_at": skip.last,
            "count": skip.count,
        },
    )
