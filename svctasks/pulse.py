"""The signs of life of the runs in this process, by one thread for all of them."""

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from svctasks.models import ServiceRun
from svctasks.services import running

logger = logging.getLogger("dutyboard.svctasks")


class Pulse:
    """Renews the lease of each run that it was given, until it is taken back or its time is over."""

    def __init__(self) -> None:
        self._runs: dict[int, tuple[ServiceRun, datetime]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def take(self, run: ServiceRun, until: datetime) -> None:
        with self._lock:
            self._runs[run.pk] = run, until
            # A process that was forked has no thread of its parent's.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
                self._thread.start()

    def give_back(self, run: ServiceRun) -> None:
        with self._lock:
            self._runs.pop(run.pk, None)

    def _beat(self) -> None:
        while not self._stop.wait((settings.SERVICE_RUN_LEASE / 4).total_seconds()):
            try:
                close_old_connections()
                self.renew_all()
            except Exception:
                logger.exception("signs of life of runs")
            finally:
                self._let_go()

    def renew_all(self) -> None:
        now = timezone.now()
        with self._lock:
            living = [run for run, until in self._runs.values() if until > now]
        for run in living:
            self._renew(run)

    def _renew(self, run: ServiceRun) -> None:
        """One whose row is not to be had costs no other its lease."""
        try:
            running.renew(run)
        except Exception:
            logger.exception("sign of life of run %s", run.pk)

    def _let_go(self) -> None:
        """Between runs it keeps no connection."""
        if not self._runs:
            connection.close()


pulse = Pulse()
