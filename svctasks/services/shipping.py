"""The scripts and tasks that every organization has: one for each periodic need of the product [contract 50]."""

from datetime import time, timedelta

from django.utils import timezone

from core.locks import atomic
from core.models import Organization
from core.service_scripts import Handler, Shipped, handlers
from core.zones import local_moment
from svctasks.models import ServiceScript, ServiceTask
from svctasks.services.dispatching import arm

DAY = timedelta(days=1)


@atomic
def ship(organization: Organization) -> int:
    """Give it what it has not yet; what is there stays as people set it. How many scripts were new."""
    there = set(ServiceScript.objects.filter(organization=organization).values_list("code", flat=True))
    missing = [(one, one.ships) for one in handlers() if one.ships and one.ships.code not in there]
    for handler, shipped in missing:
        _give(organization, handler, shipped)
    return len(missing)


def _give(organization: Organization, handler: Handler, shipped: Shipped) -> None:
    script = ServiceScript(
        organization=organization, code=shipped.code, name=shipped.name, handler=handler.name, is_system=True
    )
    script.save()
    if shipped.every:
        _task(organization, script, shipped, shipped.every).save()


def _task(organization: Organization, script: ServiceScript, shipped: Shipped, every: timedelta) -> ServiceTask:
    """Once in all, wherever workers are."""
    now = timezone.now()
    is_daily = every >= DAY
    task = ServiceTask(
        organization=organization,
        script=script,
        name=shipped.name,
        is_enabled=True,
        is_regular=True,
        is_system=True,
        overlap=False,
        site_mode=ServiceTask.SiteMode.ANY,
        interval_seconds=int(every.total_seconds()),
        clock=ServiceTask.Clock.LOCAL if is_daily else ServiceTask.Clock.UTC,
        created_at=now,
        counted_until=now,
    )
    day = organization.local_date(now)
    task.starts_at = (
        local_moment(day, time(shipped.hour), organization.zone) if is_daily else now.replace(microsecond=0)
    )
    arm(task, now)
    return task
