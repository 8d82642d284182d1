import json
import logging
import signal
import threading
from dataclasses import asdict

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from core import mail
from core.context import acting
from core.mail import Drained

logger = logging.getLogger("dutyboard.mail")

PAUSE = 2.0
ROUND_SECONDS = 10.0


class Command(BaseCommand):
    help = "Send the e-mails that are due: once, or for ever with --loop (where no worker runs)."

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="go on until interrupted or terminated")
        parser.add_argument("--json", action="store_true", help="print one JSON object with the counts")

    def handle(self, *args, loop: bool, json: bool, **options):
        with acting(door="command"):
            done = _loop() if loop else mail.drain()
        self.stdout.write(_as_json(done) if json else _as_text(done))


def _loop() -> Drained:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    total = Drained()
    while not stop.is_set():
        total += _one_round()
        stop.wait(PAUSE)
    return total


def _one_round() -> Drained:
    close_old_connections()
    try:
        return mail.drain(seconds=ROUND_SECONDS)
    except DatabaseError:
        logger.exception("the database does not answer; trying again")
        return Drained()


def _as_json(done: Drained) -> str:
    return json.dumps(asdict(done))


def _as_text(done: Drained) -> str:
    return ", ".join(f"{count} {name}" for name, count in asdict(done).items())
