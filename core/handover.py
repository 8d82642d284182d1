"""Tell Celery that a row waits. Nothing depends on it: sweeps find what was not handed over."""

import logging
import time

from celery import current_app
from django.conf import settings
from kombu import pools

logger = logging.getLogger("dutyboard.handover")

PUBLISH_TIMEOUT = 0.3
IMPATIENT = {"socket_connect_timeout": PUBLISH_TIMEOUT, "socket_timeout": PUBLISH_TIMEOUT, "max_retries": 0}
REST_AFTER_FAILURE = 5.0
_resting_until = 0.0


def hand_over(task: str, row_id: int, **options) -> bool:
    """Publish the id for a task of Celery; whether that was done. Never raises, and never holds the caller for long.

    `options` as Celery's send_task takes them.
    """
    global _resting_until
    if time.monotonic() < _resting_until:
        return False
    try:
        _publish(task, row_id, options)
    except Exception as error:
        # One caller in five seconds meets a dead broker, not each of them.
        _resting_until = time.monotonic() + REST_AFTER_FAILURE
        logger.warning("broker: %s; %s of %s waits for the sweep", error, task, row_id)
        return False
    return True


def _publish(task: str, row_id: int, options: dict) -> None:
    connection = current_app.connection_for_write(settings.CELERY_BROKER_URL, transport_options=IMPATIENT)
    with pools.producers[connection].acquire(block=True, timeout=PUBLISH_TIMEOUT) as producer:
        current_app.send_task(task, (row_id,), producer=producer, retry=False, **options)
