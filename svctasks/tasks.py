"""Celery's door: beat wakes the dispatcher, and the queue of a site brings its runs. The rows are the truth."""

import socket

from celery import current_task, shared_task

from core.context import acting
from svctasks import runner
from svctasks.dispatcher import round_of_dispatch

# Under beat's second, so that rounds do not pile up.
DISPATCH_SECONDS = 0.9


@shared_task
def dispatch_service_tasks() -> None:
    with acting(door="celery"):
        round_of_dispatch(DISPATCH_SECONDS)


@shared_task
def run_service_task(pk: int) -> None:
    name = current_task.request.hostname or socket.gethostname()
    runner.execute(pk, name, door="celery")
