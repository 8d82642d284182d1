"""The doctor's checks of the service tasks, and the dispatcher's part of /readyz."""

from collections.abc import Iterable, Iterator

from django.utils import timezone

from core import health
from core.doctor import Finding, Level, error, of_ids, of_rows, of_unreadable, ok, register
from core.models import Organization
from core.service_scripts import handlers
from svctasks import heartbeat
from svctasks.models import ServiceScript, ServiceTask, WorkerSite
from svctasks.services.sites import NAMED


def check_dispatcher() -> Iterator[Finding]:
    silence = heartbeat.silence()
    if not heartbeat.is_stale():
        yield ok("it looks for due tasks" if silence else "not yet at work")
        return
    since = f"for {round(silence.total_seconds())} s" if silence else "ever"
    mend = "Start a worker and beat, or, without a broker, the server: nothing periodic is done meanwhile."
    yield error(f"no dispatcher has looked for due service tasks {since}", mend)


def check_system_tasks() -> Iterator[Finding]:
    """What came with the product and was switched off is not done by anything else."""
    rows = ServiceTask.objects.filter(is_system=True, is_enabled=False, organization__is_active=True)
    mend = "Enable it, unless this is meant: what it does is not done."
    yield from of_rows(Level.WARNING, rows, "a service task that came with the product is off", mend)


def check_shipped_scripts() -> Iterator[Finding]:
    """Every organization has them [contract 50]."""
    codes = {handler.ships.code for handler in handlers() if handler.ships}
    there: dict[int, set[str]] = {pk: set() for pk in Organization.objects.values_list("pk", flat=True)}
    for organization, code in ServiceScript.objects.filter(code__in=codes).values_list("organization", "code"):
        there[organization].add(code)
    lacking = [pk for pk in sorted(there) if codes - there[pk]]
    what = "an organization lacks service scripts that came with the product"
    yield from of_ids(Level.ERROR, lacking, what, "manage.py migrate (it gives each what it lacks)")


def check_secrets() -> Iterator[Finding]:
    rows = ServiceScript.objects.exclude(secret=b"")
    mend = "Add the earlier key behind the present one in ENCRYPTION_KEY, or renew the secret on the script's page."
    yield from of_unreadable(rows, "secret", "a service script's secret cannot be decrypted", mend)


def check_problems() -> Iterator[Finding]:
    rows = ServiceTask.objects.exclude(problem="").filter(wake_at__isnull=False)
    yield from of_rows(
        Level.ERROR, rows, "a service task cannot be handled", "See its problem on its page in the admin."
    )


def check_sites() -> Iterator[Finding]:
    """Enabled tasks that no living worker can run, or not wherever they should."""
    alive = set(WorkerSite.objects.alive(timezone.now()).values_list("name", flat=True))
    known = list(WorkerSite.objects.values_list("name", flat=True))
    enabled = ServiceTask.objects.filter(wake_at__isnull=False, is_enabled=True, organization__is_active=True)
    rows = enabled.filter(site_mode__in=NAMED).values_list("pk", "site_mode", "sites").iterator()
    mend = "Start a worker with it in WORKER_SITES, or take it out of the task."
    away = (pk for pk, mode, sites in rows if _is_away(mode, sites, alive))
    yield from of_ids(Level.WARNING, away, "no worker serves a site that a service task needs", mend)
    if gone := sorted(set(known) - alive):
        yield from _of_gone(gone)


def _is_away(mode: str, sites: list, alive: set[str]) -> bool:
    served = [name in alive for name in sites]
    return not all(served) if mode == ServiceTask.SiteMode.LISTED else not any(served)


def _of_gone(names: Iterable[str]) -> Iterator[Finding]:
    """Tasks of all sites skip their moments there."""
    if ServiceTask.objects.filter(site_mode=ServiceTask.SiteMode.ALL, wake_at__isnull=False).exists():
        mend = "Start a worker there, or forget the site in the admin."
        yield Finding(Level.WARNING, f"no worker serves {', '.join(names)}, where tasks of all sites run", mend)


def check_ready() -> str:
    """For /readyz: raises RuntimeError where no dispatcher is at work."""
    silence = heartbeat.silence()
    if heartbeat.is_stale():
        raise RuntimeError("no dispatcher looks for due service tasks")
    return "not yet" if silence is None else f"last look: {round(silence.total_seconds())} s ago"


register("dispatcher", check_dispatcher)
register("system_tasks", check_system_tasks)
register("shipped_scripts", check_shipped_scripts)
register("script_secrets", check_secrets)
register("service_task_problems", check_problems)
register("worker_sites", check_sites)
health.register("dispatcher", check_ready)
