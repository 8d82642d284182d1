"""Real processes that work on the running test's own database, each told by its standard input what to do next."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError

ROOT = Path(__file__).resolve().parents[2]
Answer = object


@contextmanager
def dispatchers(number: int) -> Iterator[list[subprocess.Popen]]:
    """So many processes that have Django loaded and wait."""
    from tests.servers import database_env

    command = [sys.executable, "-m", "tests.concurrency.dispatchers"]
    environment = {**database_env(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=environment, **pipes)) for _ in range(number)
        ]
        stack.callback(lambda: [process.stdin.close() for process in processes])
        together(processes, *(["wake"] for _ in processes))
        yield processes


def together(processes: list[subprocess.Popen], *orders: list) -> list[Answer]:
    """Each process does its order, all at once: what each answers."""
    for process, order in zip(processes, orders, strict=True):
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
    return [json.loads(process.stdout.readline()) for process in processes]


# -- the other side ---------------------------------------------------------------------------------------------------


def wake() -> str:
    from django.db import connection

    connection.ensure_connection()
    return "ready"


def schedule(job: int, resource: int, start: str, vehicle: int | None = None) -> str:
    from scheduling.models import Resource
    from scheduling.services.job_planning import schedule_job

    found = Resource.objects.in_bulk([pk for pk in (resource, vehicle) if pk])
    plan = {"resource": found[resource], "vehicle": found.get(vehicle)}
    schedule_job(job, **plan, planned_start_at=datetime.fromisoformat(start))
    return "scheduled"


def create(job_type: int, contact: int, count: int) -> str:
    from scheduling.models import Contact, JobType
    from scheduling.services.jobs import create_job

    for _ in range(count):
        kind = JobType.objects.select_related("organization").get(pk=job_type)
        create_job(kind.organization, {"type": kind, "contact": Contact.objects.get(pk=contact)})
    return "created"


def change(references: list, times: int) -> str:
    """All in one change, each time by the next number behind the reference."""
    from scheduling.services.jobs import JobUpdate, update_jobs

    for number in range(times):
        update_jobs([JobUpdate(pk, {"reference": f"{reference}{number}"}) for pk, reference in references])
    return "changed"


def make() -> list:
    from scheduling.services.job_occurrences import make_due

    return [[one.outcome, one.reason] for one in make_due()]


ORDERS: dict[str, Callable] = {order.__name__: order for order in (wake, schedule, create, change, make)}


def answer(name: str, *words) -> Answer:
    try:
        return ORDERS[name](*words)
    except ValidationError as error:
        return {"refused": sorted(error.message_dict)}
    except Exception as error:
        return {"failed": repr(error)}


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
