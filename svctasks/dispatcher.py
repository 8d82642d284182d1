"""One round of the dispatcher, whoever wakes it."""

import logging
from collections.abc import Callable

from svctasks import queues
from svctasks.services import dispatching, leaving, running

logger = logging.getLogger("dutyboard.svctasks")


def round_of_dispatch(seconds: float = 5.0) -> int:
    """Runs of dead workers, runs whose site left or that nobody was told of, due tasks; how many tasks were due."""
    _unhindered(running.recover_lost)
    _unhindered(leaving.move_waiting)
    _unhindered(queues.hand_over_again)
    return dispatching.dispatch_due(seconds)


def _unhindered(step: Callable[[], int]) -> None:
    try:
        if number := step():
            logger.info("%s: %s", step.__name__, number)
    except Exception:
        # What is due is dispatched all the same.
        logger.exception(step.__name__)
