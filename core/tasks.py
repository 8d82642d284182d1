"""Celery's door to the outbox and to webhooks. A lost task costs nothing: the rows say what is to be done."""

from celery import shared_task

from core import mail
from core.context import acting
from core.webhooks import sending

# Under beat's ten seconds, so that sweeps do not pile up.
SWEEP_SECONDS = 8.0


@shared_task
def send_message(row_id: int) -> None:
    with acting(door="celery"):
        mail.send(row_id)


@shared_task
def sweep_outbox() -> None:
    with acting(door="celery"):
        mail.drain(seconds=SWEEP_SECONDS)


@shared_task
def deliver_event(row_id: int) -> None:
    with acting(door="celery"):
        sending.send(row_id)


@shared_task
def sweep_webhooks() -> None:
    with acting(door="celery"):
        sending.drain(seconds=SWEEP_SECONDS)
