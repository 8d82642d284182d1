"""Which client calls what: counted in memory, written every ten seconds, so that a call pays for a dictionary alone.

A process that is killed loses the counts of its last ten seconds; a database that is away loses none, until
MOST_WAITING different ones wait for it.
"""

import atexit
import logging
import os
import re
import threading
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.contrib.admindocs.views import simplify_regex
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import purge
from core.context import current_actor
from core.locks import atomic
from core.models import ClientUsage, Organization
from core.retention import Kind

logger = logging.getLogger("dutyboard.usage")

PAUSE = 10.0
MOST_WAITING = 20_000
KEEP = timedelta(days=400)
COUNTS = Kind("client_usage", _("Counts of clients' calls"), fixed=_("400 days"))
# One statement for both databases, for calls without a key and for those with one.
WRITE = """
INSERT INTO core_clientusage AS old (day, application_id, api_key_id, method, route, status, calls, last_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, application_id, method, route, status{key}) WHERE api_key_id IS {condition}
DO UPDATE SET calls = old.calls + EXCLUDED.calls,
   last_at = CASE WHEN EXCLUDED.last_at > old.last_at THEN EXCLUDED.last_at ELSE old.last_at END
"""
WITHOUT_KEY = WRITE.format(key="", condition="NULL")
WITH_KEY = WRITE.format(key=", api_key_id", condition="NOT NULL")


class What(NamedTuple):
    """What is counted apart; `key_id` 0 for none."""

    day: date
    application_id: int
    key_id: int
    method: str
    route: str
    status: int


class Count(NamedTuple):
    calls: int
    last_at: datetime


class Counter:
    """The counts that wait to be written, of all threads of this process."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.waiting: dict[What, Count] = {}
        self.dropped = 0

    def add(self, what: What, count: Count) -> None:
        with self.guard:
            self._add(what, count)

    def take(self) -> dict[What, Count]:
        """All of them, which wait no more."""
        with self.guard:
            taken, self.waiting = self.waiting, {}
            return taken

    def give_back(self, taken: dict[What, Count]) -> None:
        with self.guard:
            for what, count in taken.items():
                self._add(what, count)

    def _add(self, what: What, count: Count) -> None:
        before = self.waiting.get(what)
        if before is None and len(self.waiting) >= MOST_WAITING:
            self.dropped += count.calls
        elif before is None:
            self.waiting[what] = count
        else:
            self.waiting[what] = Count(before.calls + count.calls, max(before.last_at, count.last_at))


counter = Counter()


def count(request: HttpRequest, status: int) -> None:
    """One call of the client that it turned out to be of, answered or refused; none is known of a 401. Never raises."""
    actor = current_actor()
    if actor.application_id is None or request.resolver_match is None:
        return
    try:
        now, route = datetime.now(UTC), route_of(request.resolver_match.route)
        what = What(now.date(), actor.application_id, actor.key_id or 0, str(request.method)[:10], route, status)
        counter.add(what, Count(1, now))
    except Exception:
        logger.exception("a call was not counted")


@cache
def route_of(pattern: str) -> str:
    """The route as the documentation spells it: /v2/community_services/{pk}"""
    path = simplify_regex(pattern).replace("<", "{").replace(">", "}")
    return re.sub(r"(?<=.)/\Z", "", path)[:200]


def flush() -> int:
    """Write what waits; how many calls that were. Raises what the database raises, and then they wait on."""
    taken = counter.take()
    try:
        _write(taken)
    except Exception:
        counter.give_back(taken)
        raise
    return sum(each.calls for each in taken.values())


@atomic
def _write(counts: dict[What, Count]) -> None:
    # In one order in every process, so that two never wait for each other.
    ordered = sorted(counts)
    with connection.cursor() as cursor:
        for statement, has_key in ((WITHOUT_KEY, False), (WITH_KEY, True)):
            rows = [_values(what, counts[what]) for what in ordered if bool(what.key_id) is has_key]
            if rows:
                cursor.executemany(statement, rows)


def _values(what: What, told: Count) -> tuple:
    day = connection.ops.adapt_datefield_value(what.day)
    last_at = connection.ops.adapt_datetimefield_value(told.last_at)
    return day, what.application_id, what.key_id or None, what.method, what.route, what.status, told.calls, last_at


# -- the thread that writes -----------------------------------------------------------------------------------


def start() -> None:
    """In each process that serves requests: called where a server loads the application."""
    os.register_at_fork(after_in_child=_start_anew)
    atexit.register(flush_quietly)
    _start_thread()


def _start_anew() -> None:
    """A process that was forked has no thread of its own yet, and nothing of its parent's to write."""
    global counter
    counter = Counter()
    _start_thread()


def _start_thread() -> None:
    threading.Thread(target=_write_for_ever, name="usage", daemon=True).start()


def _write_for_ever() -> None:
    pause = threading.Event()
    while True:
        pause.wait(PAUSE)
        flush_quietly()
        # Between its rounds it has no connection.
        connection.close()


def flush_quietly() -> None:
    """As flush; what fails is logged, and so is what was too much."""
    try:
        if counter.waiting:
            flush()
    except Exception as error:
        logger.warning("usage: %s; the counts of %s kinds of calls wait", type(error).__name__, len(counter.waiting))
    if counter.dropped:
        logger.error("usage: %s calls were not counted, as too many kinds of them waited", counter.dropped)
        counter.dropped = 0


# -- its end --------------------------------------------------------------------------------------------------


def purge_usage(dry_run: bool, organization: Organization | None = None) -> int:
    before = timezone.now().date() - KEEP
    return purge.delete_in_batches(ClientUsage.objects.filter(day__lt=before), dry_run)


purge.register("client_usage", purge_usage, COUNTS)
