"""How long runs are told of: what succeeded of the product's own tasks, which come each minute, not for long."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from core.models import Organization
from core.purge import of, register
from svctasks.models import ACTIVE, RunState, ServiceRun

KEEP, KEEP_ROUTINE = timedelta(days=90), timedelta(days=3)
BATCH = 1000
ROUTINE = Q(task__is_system=True, state=RunState.SUCCEEDED)


def purge_runs(dry_run: bool, organization: Organization | None = None) -> int:
    return _purge(KEEP, dry_run, organization, ~ROUTINE)


def purge_routine_runs(dry_run: bool, organization: Organization | None = None) -> int:
    """Those of shipped tasks that went well."""
    return _purge(KEEP_ROUTINE, dry_run, organization, ROUTINE)


def _purge(keep: timedelta, dry_run: bool, organization: Organization | None, which: Q) -> int:
    before = timezone.now() - keep
    # A row of skips grows.
    ended = Q(last_due_at=None) | Q(last_due_at__lt=before)
    rows = ServiceRun.objects.filter(which, ended, created_at__lt=before, **of(organization)).exclude(state__in=ACTIVE)
    if dry_run:
        return rows.count()
    deleted = 0
    while pks := list(rows.order_by("id").values_list("pk", flat=True)[:BATCH]):
        deleted += ServiceRun.objects.filter(pk__in=pks)._raw_delete(rows.db)
    return deleted


register("service_runs", purge_runs)
register("routine_service_runs", purge_routine_runs)
