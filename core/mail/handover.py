"""Tell whoever sends that a message waits. Nothing depends on it: the sweep finds what was not handed over."""

import logging
import threading
import time

from celery import current_app
from django.conf import settings
from kombu import pools

logger = logging.getLogger("dutyboard.mail")

# Set for the embedded thread (core.embedded), where there is no broker.
wake = threading.Event()

PUBLISH_TIMEOUT = 0.3
IMPATIENT = {"socket_connect_timeout": PUBLISH_TIMEOUT, "socket_timeout": PUBLISH_TIMEOUT, "max_retries": 0}
REST_AFTER_FAILURE = 5.0
_resting_until = 0.0


def hand_over(row_id: int) -> None:
    """Publish the id, or wake the embedded thread. Never raises, and never holds the request for long."""
    if not settings.REDIS_URL:
        wake.set()
    elif time.monotonic() >= _resting_until:
        _try_to_publish(row_id)


def _try_to_publish(row_id: int) -> None:
    global _resting_until
    try:
        _publish(row_id)
    except Exception as error:
        # One request in five seconds meets a dead broker, not each of them.
        _resting_until = time.monotonic() + REST_AFTER_FAILURE
        logger.warning("broker: %s; message %s waits for the sweep", error, row_id)


def _publish(row_id: int) -> None:
    connection = current_app.connection_for_write(settings.CELERY_BROKER_URL, transport_options=IMPATIENT)
    with pools.producers[connection].acquire(block=True, timeout=PUBLISH_TIMEOUT) as producer:
        current_app.send_task("core.tasks.send_message", (row_id,), producer=producer, retry=False)
