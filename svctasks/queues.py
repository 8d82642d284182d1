"""How the workers of a site learn of a run: by its Celery queue, or, without a broker, by a thread that looks."""

import threading
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core import handover
from svctasks.models import RunState, ServiceRun
from svctasks.models.script import DEFAULT_TIMEOUT
from svctasks.queue_names import queue_of

# Set for the embedded runner, where there is no broker.
wake = threading.Event()

TASK = "svctasks.tasks.run_service_task"
# What a handler is given to tidy up in when its time is over; then its process is ended.
GRACE = 30
UNSENT = timedelta(seconds=5)
MOST_RESENT = 500


def hand_over(pk: int, site: str, seconds: int) -> None:
    """`seconds`: how long it may take. Never raises; what could not be handed over now is so by a later round."""
    if not settings.REDIS_URL:
        wake.set()
    elif not handover.hand_over(TASK, pk, **_options(site, seconds)):
        ServiceRun.objects.filter(pk=pk, state=RunState.WAITING).update(sent_at=None)


def _options(site: str, seconds: int) -> dict[str, Any]:
    """A message that nobody took within a lease is void, and sent anew: at most one of a run is on its way."""
    life = settings.SERVICE_RUN_LEASE.total_seconds()
    limits = {"soft_time_limit": seconds, "time_limit": seconds + GRACE}
    return {"queue": queue_of(site), "expires": life, **limits}


def hand_over_again() -> int:
    """The waiting runs whose message was lost, void or never sent; how many."""
    now = timezone.now()
    if not settings.REDIS_URL:
        return 0
    lost = Q(sent_at=None, created_at__lt=now - UNSENT) | Q(sent_at__lt=now - settings.SERVICE_RUN_LEASE)
    rows = ServiceRun.objects.filter(lost, state=RunState.WAITING).order_by("id")
    found = list(rows.values_list("pk", "site", "task__script__timeout_seconds")[:MOST_RESENT])
    for pk, site, seconds in found:
        # Taken before it is sent, so that two who look at once send one message.
        if ServiceRun.objects.filter(lost, pk=pk, state=RunState.WAITING).update(sent_at=now):
            hand_over(pk, site, seconds or DEFAULT_TIMEOUT)
    return len(found)
