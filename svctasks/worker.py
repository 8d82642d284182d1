"""What a Celery worker does besides its tasks: it says that its sites are served [contract 50]."""

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.db import connection

from svctasks.models.site import AWAY_AFTER
from svctasks.queue_names import sites_of
from svctasks.services import sites

logger = logging.getLogger("dutyboard.svctasks")

SIGN_OF_LIFE_EVERY = (AWAY_AFTER / 4).total_seconds()
_stop = threading.Event()


def _give_signs_of_life(served: list[str]) -> None:
    while True:
        try:
            sites.declare(served)
        except Exception:
            logger.exception("the sites of this worker")
        finally:
            # What is forked from here takes no connection along.
            connection.close()
        if _stop.wait(SIGN_OF_LIFE_EVERY):
            return


@worker_ready.connect
def start(sender: Any, **_about) -> None:
    # Started with -Q it may take from the queues of some sites alone, or of none.
    served = sites_of(sender.app.amqp.queues.consume_from)
    _stop.clear()
    threading.Thread(target=_give_signs_of_life, args=(served,), name="signs-of-life", daemon=True).start()


@worker_shutdown.connect
def stop(**_about) -> None:
    _stop.set()
