"""How long runs are told of: what succeeded of the product's own tasks, which come each minute, not for long."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Organization
from core.purge import register
from core.retention import Kind, deadlines
from svctasks.models import ACTIVE, RunState, ServiceRun

RUNS = Kind("service_runs", _("Runs of service tasks"), default=90, highest=3650)
ROUTINE_RUNS = Kind("routine_service_runs", _("Successful runs of shipped service tasks"), default=3, highest=3650)
BATCH = 1000
ROUTINE = Q(task__is_system=True, state=RunState.SUCCEEDED)


def purge_runs(dry_run: bool, organization: Organization | None = None) -> int:
    return _purge(RUNS, dry_run, organization, ~ROUTINE)


def purge_routine_runs(dry_run: bool, organization: Organization | None = None) -> int:
    """Those of shipped tasks that went well."""
    return _purge(ROUTINE_RUNS, dry_run, organization, ROUTINE)


def _purge(kind: Kind, dry_run: bool, organization: Organization | None, which: Q) -> int:
    return sum(_purge_before(before, dry_run, which, place) for place, before in deadlines(kind, organization))


def _purge_before(before: datetime, dry_run: bool, which: Q, organization_id: int) -> int:
    # A row of skips grows.
    ended = Q(last_due_at=None) | Q(last_due_at__lt=before)
    old = ServiceRun.objects.filter(which, ended, created_at__lt=before, organization=organization_id)
    rows = old.exclude(state__in=ACTIVE)
    if dry_run:
        return rows.count()
    deleted = 0
    while pks := list(rows.order_by("id").values_list("pk", flat=True)[:BATCH]):
        deleted += ServiceRun.objects.filter(pk__in=pks)._raw_delete(rows.db)
    return deleted


register("service_runs", purge_runs, RUNS)
register("routine_service_runs", purge_routine_runs, ROUTINE_RUNS)
