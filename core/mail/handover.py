"""Tell whoever sends that a message waits."""

import threading

from django.conf import settings

from core import handover

# Set for the embedded thread (core.embedded), where there is no broker.
wake = threading.Event()


def hand_over(row_id: int) -> None:
    """Publish the id, or wake the embedded thread. Never raises, and never holds the request for long."""
    if settings.REDIS_URL:
        handover.hand_over("core.tasks.send_message", row_id)
    else:
        wake.set()
