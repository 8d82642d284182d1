"""The queues that a worker takes from when it is told no others."""

from collections.abc import Iterable

from kombu import Exchange, Queue

from svctasks.queue_names import queue_of

# A worker takes from all in turn: the sweep does not stand in line behind a backlog until it expires.
HERE = ("dutyboard", "periodic", "webhooks")


def queues_at(sites: Iterable[str]) -> list[Queue]:
    """Those of this installation, and one for the runs at each of these sites."""
    return [Queue(name, Exchange(name), name) for name in (*HERE, *map(queue_of, sites))]
