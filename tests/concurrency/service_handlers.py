"""Handlers for real workers, which import this by `--include`: they note their start, and then take their time."""

import json
import os
import time
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection

from core.service_scripts import service_script


def _anything(params: dict) -> None:
    """These are the tests' own."""


def _note(run) -> None:
    """A whole line at once, which no kill can take back."""
    row = run.row
    told = {"run": row.pk, "try": row.attempt, "at": time.time(), "lease": row.lease_until.timestamp()}
    told["process"] = os.getpid()
    told["connection"] = connection.connection.info.backend_pid
    notes = os.open(run.params["notes"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(notes, json.dumps(told).encode() + b"\n")
    os.close(notes)


@service_script("note_start", title="Notes its start", check=_anything)
def note_start(run) -> None:
    _note(run)
    time.sleep(run.params.get("seconds", 0))


@service_script("wait_for_gate", title="Notes its start and waits until a file is there", check=_anything)
def wait_for_gate(run) -> None:
    _note(run)
    while not Path(run.params["gate"]).exists():
        time.sleep(0.05)


@service_script("hang", title="Never ends by itself", check=_anything)
def hang(run) -> None:
    while True:
        time.sleep(60)


@service_script("ask_for_long", title="Waits for its database", check=_anything)
def ask_for_long(run) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


@service_script("hold_on", title="Never ends, whatever it is told", check=_anything)
def hold_on(run) -> None:
    _note(run)
    while True:
        try:
            time.sleep(60)
        except SoftTimeLimitExceeded:
            continue
