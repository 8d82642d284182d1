"""python -m bench.svctasks [--sizes 10 1000 100000] [--seconds S]: what the dispatcher costs, and how late runs start.

The dispatcher alone first, in this process, with so many tasks defined; then clocks, dispatchers and workers as real
processes on PostgreSQL and Redis, with 50 runs due a second.
"""

import argparse
import logging
import os
import statistics
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import redis

from bench.__main__ import prepare
from tests import throwaway

DUE, ROUNDS, PER_SECOND = 100, 7, 50
BATCH = 5000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.svctasks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 1000, 100_000], help="tasks defined")
    parser.add_argument("--seconds", type=int, default=60, help="of runs due; 0 measures the dispatcher alone")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    options.broker = True
    with closing(throwaway.Workspace()) as workspace:
        prepare(workspace, options)
        run(options, workspace.path)


def run(options: argparse.Namespace, folder: Path) -> None:
    from django.core.management import call_command  # needs the settings

    logging.disable()
    call_command("migrate", verbosity=0)
    script = make_script(folder)
    print(f"{'tasks defined':>14} {'idle tick ms':>13} {'ms a due task':>14}; medians of {ROUNDS}, {DUE} due")
    for size in sorted(options.sizes):
        define(script, size)
        idle, due = measure(script)
        print(f"{size:>14} {idle:>13.2f} {due:>14.2f}", flush=True)
    if options.seconds:
        print(lateness(script, options.seconds, folder))


def make_script(folder: Path):
    from tests.concurrency.service_workers import script_of
    from tests.factories import make_organization

    return script_of(make_organization(), "note_start", notes=str(folder / "notes"))


def define(script, size: int) -> None:
    """So many tasks in all, none of them due."""
    from django.db import connection
    from django.utils import timezone

    from svctasks.models import ServiceTask
    from tests.concurrency.service_workers import task_of

    later, missing = timezone.now() + timedelta(days=1), size - ServiceTask.objects.count()
    for start in range(0, missing, BATCH):
        number = min(BATCH, missing - start)
        ServiceTask.objects.bulk_create(task_of(script, later, is_regular=True) for _ in range(number))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure(script) -> tuple[float, float]:
    """Milliseconds of a tick that finds nothing, and of a due task."""
    from svctasks.dispatcher import round_of_dispatch
    from svctasks.services import sites

    idle, due = [], []
    for _ in range(ROUNDS + 1):
        sites.declare(["main"])
        idle.append(timed(round_of_dispatch))
        tasks = make_due(script)
        due.append(timed(round_of_dispatch) / DUE)
        tasks.delete()
    return statistics.median(idle[1:]), statistics.median(due[1:])


def timed(action) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def make_due(script):
    from django.utils import timezone

    from svctasks.models import ServiceTask
    from tests.concurrency.service_workers import task_of

    soon = timezone.now() + timedelta(seconds=0.5)
    rows = ServiceTask.objects.bulk_create(task_of(script, soon, is_regular=True) for _ in range(DUE))
    time.sleep(0.6)
    return ServiceTask.objects.filter(pk__in=[row.pk for row in rows])


def lateness(script, seconds: int, folder: Path) -> str:
    """From when a run is due until its handler begins."""
    from svctasks.models import ServiceRun
    from tests.concurrency.service_workers import due_a_second, fleet, late_starts, wait_until

    # What the dispatcher alone sent is not to stand before these.
    redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()
    with fleet(folder, "clock1", "dispatch1", "run1", "run2"):
        number = len(due_a_second(script, PER_SECOND, seconds))
        wait_until(lambda: len(late_starts(folder / "notes")) >= number, 120 + 10 * seconds)
        late = late_starts(folder / "notes")
    lost = ServiceRun.objects.active().count()
    shares = ", ".join(f"p{share} {late[len(late) * share // 100]:.2f} s" for share in (50, 95, 99))
    return f"{number} runs, {PER_SECOND} due a second: started late by {shares}; {lost} not ended"


if __name__ == "__main__":
    main()
