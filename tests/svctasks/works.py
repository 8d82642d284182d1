"""Service tasks as these tests set them to work: through the services, with handlers of the tests' own."""

from datetime import timedelta

from core.models import Organization
from core.service_scripts import service_script
from svctasks.dispatcher import round_of_dispatch
from svctasks.models import ACTIVE, RunState, ServiceRun, ServiceTask
from svctasks.runner import execute
from svctasks.services import sites
from svctasks.services.tasks import create_task
from tests.svctask_factories import make_script

HANDLER = "test_work"


def register(function=lambda run: None, name: str = HANDLER, **about) -> str:
    """A handler for as long as the fixture `own_handlers` lasts."""
    service_script(name, title=name, **about)(function)
    return name


def enabled_task(organization: Organization, *, handler: str = HANDLER, script: dict | None = None, **values):
    """A regular one of each hour, unless told else."""
    script = make_script(organization, handler=handler, **(script or {}))
    usual = {"name": "Work", "is_enabled": True, "is_regular": True, "interval_seconds": 3600}
    return create_task(organization, {**usual, "script": script, **values})


def single_task(organization: Organization, **values) -> ServiceTask:
    return enabled_task(organization, **{"is_regular": False, "interval_seconds": 0, **values})


def look(*names: str) -> None:
    """A dispatcher's round, with workers at these sites."""
    sites.declare(names or ["main"])
    round_of_dispatch()


def work(worker: str = "worker") -> list[str]:
    """A worker sees every waiting run through; how they ended."""
    waiting = ServiceRun.objects.filter(state=RunState.WAITING).order_by("id").values_list("pk", flat=True)
    return [str(ended) for pk in waiting if (ended := execute(pk, worker, door="celery"))]


def ledger(task: ServiceTask, form: str = "%d %H:%M") -> list[str]:
    """The task's rows, oldest first: "01 10:00 succeeded", "01 11:00 to 01 14:00 misfire 4"."""
    return [_line(row, form) for row in task.runs.order_by("due_at", "id")]


def _line(row: ServiceRun, form: str) -> str:
    if row.state != RunState.SKIPPED:
        return f"{row.due_at:{form}} {row.state}"
    return f"{row.due_at:{form}} to {row.last_due_at:{form}} {row.reason} {row.count}"


def active(task: ServiceTask) -> int:
    return task.runs.filter(state__in=ACTIVE).count()


def fresh(task: ServiceTask) -> ServiceTask:
    return ServiceTask.objects.select_related("organization", "script").get(pk=task.pk)


def due_run(town, clock, function=lambda run: None, *, params: dict | None = None, **values) -> ServiceRun:
    """A run of an hourly task that waits for its worker."""
    register(function, check=lambda params: None)
    task = enabled_task(town, script={"params": params or {}}, **values)
    clock.shift(timedelta(hours=1))
    look()
    return task.runs.get()


def again(run: ServiceRun) -> ServiceRun:
    return ServiceRun.objects.get(pk=run.pk)
