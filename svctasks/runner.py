"""Runs a claimed run: its handler, what it reports meanwhile, and its end."""

import json
import logging
import re
import time
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.utils import timezone

from core.context import acting
from core.crypto import InvalidToken, decrypt
from core.free_json import holds_huge_number
from core.mail.delivery import storable
from core.service_scripts import Stopped, handler_named
from svctasks.models import RunState, ServiceRun, ServiceScript
from svctasks.pulse import pulse
from svctasks.services import running

logger = logging.getLogger("dutyboard.svctasks")

# How often progress is written, in seconds: each time costs a statement.
REPORT_EVERY = 0.5
LOG_TAIL = 16_000
LONGEST_RESULT = 16_000
LONGEST_TEXT = 250
# As JSON writes one; behind an odd backslash it is a text that only looks like it.
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class TimeOver(Stopped):
    """It took longer than its script allows."""


class LiveRun:
    """core.service_scripts.Run, of a row that this worker has claimed."""

    def __init__(self, run: ServiceRun, script: ServiceScript) -> None:
        self.row, self.organization, self.params = run, run.organization, script.params
        self.key = str(run.public_id)
        self.secret = secret_of(script)
        self.timeout = script.timeout_seconds
        self.deadline = time.monotonic() + script.timeout_seconds
        self.reported: dict[str, Any] = {}
        self._lines = run.log
        self._told = 0.0

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        if time.monotonic() >= self.deadline:
            raise TimeOver
        told = {"progress_done": done, "progress_total": total, "progress_text": storable(text)[:LONGEST_TEXT]}
        self.reported = told
        if time.monotonic() - self._told < REPORT_EVERY:
            return
        self._told = time.monotonic()
        if not running.renew(self.row, log=self.tail, **told) or running.mine(self.row).filter(is_cancel_asked=True):
            raise Stopped

    def log(self, text: str) -> None:
        self._lines = f"{self._lines}{running.log_line(text)}"[-LOG_TAIL:]

    @property
    def tail(self) -> str:
        return self._lines


def secret_of(script: ServiceScript) -> bytes:
    try:
        return decrypt(bytes(script.secret)) if script.secret else b""
    except InvalidToken:
        raise LookupError("ENCRYPTION_KEY does not decrypt the script's secret") from None


def execute(pk: int, worker: str, door: str) -> RunState | None:
    """Claim the run and see it through: how it ended, or None where it was not to be had."""
    run = running.claim(pk, worker)
    if run is None:
        return None
    with acting(door=door):
        return see_through(run)


def see_through(run: ServiceRun) -> RunState | None:
    script = run.task.script
    if script is None:
        return _end(run, None, RunState.FAILED, error="The task has no script")
    live = None
    try:
        live = LiveRun(run, script)
        pulse.take(run, timezone.now() + timedelta(seconds=script.timeout_seconds))
        result = _called(live, script)
    except (TimeOver, SoftTimeLimitExceeded):
        _give_up_statement()
        return _end(run, live, RunState.FAILED, error=took_too_long(script))
    except Stopped:
        return _end(run, live, RunState.CANCELLED)
    except Exception as error:
        logger.exception("run %s of task %s", run.pk, run.task_id)
        return _end(run, live, RunState.FAILED, error=f"{type(error).__name__}: {error}")
    finally:
        pulse.give_back(run)
    return _end(run, live, RunState.SUCCEEDED, result=result)


def took_too_long(script: ServiceScript) -> str:
    return f"It took longer than {script.timeout_seconds} s"


def _give_up_statement() -> None:
    """Where the time limit struck in the middle of one; SQLite's are never left half done."""
    if give_up := getattr(connection, "give_up", None):
        give_up()


def _called(live: LiveRun, script: ServiceScript) -> Any:
    """What the handler answers, as JSON has it."""
    handler = handler_named(script.handler)
    if handler is None:
        raise LookupError(f"no handler is named {script.handler!r}")
    handler.check(script.params)
    text = json.dumps(handler.function(live), default=str, ensure_ascii=False, allow_nan=False)
    if len(text) > LONGEST_RESULT:
        raise ValueError(f"the result is longer than {LONGEST_RESULT} characters")
    result = json.loads(NUL.sub(r"\1", storable(text)))
    if holds_huge_number(result):
        raise ValueError("the result holds a number past 64 bits")
    return result


def _end(run: ServiceRun, live: LiveRun | None, state: RunState, **told) -> RunState | None:
    # Its last report too, which may have come too soon after another to be written.
    reported = {"log": live.tail, **live.reported} if live else {}
    try:
        return running.finish(run, state, **reported, **told)
    except SoftTimeLimitExceeded:
        # It came when the handler was done, and comes once.
        _give_up_statement()
        return running.finish(run, state, **reported, **told)
