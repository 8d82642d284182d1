"""Many requests at once over real connections to real server processes."""

import http.client
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import connection

from tests.web import serving

CONNECTIONS = 32
FORM = "application/x-www-form-urlencoded"


class Ask(NamedTuple):
    """`body` goes as JSON, unless a header says that it is a form."""

    method: str
    path: str
    body: dict
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """`body` of a page is empty."""

    status: int
    body: dict


@contextmanager
def servers(number: int) -> Iterator[list[int]]:
    """So many granian servers on the running test's database: their ports."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving("granian")) for _number in range(number)]


def send_all(ports: Sequence[int], asks: Sequence[Ask], connections: int = CONNECTIONS) -> list[Answer]:
    """Each ask's answer, in order; every connection is kept alive and has its share."""
    shares = [list(range(number, len(asks), connections)) for number in range(connections)]
    answers: dict[int, Answer] = {}

    def send_share(number: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", ports[number % len(ports)], timeout=120)
        for place in shares[number]:
            answers[place] = send(line, asks[place])
        line.close()

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(send_share, range(connections)))
    return [answers[number] for number in range(len(asks))]


def send(line: http.client.HTTPConnection, ask: Ask) -> Answer:
    headers = {"Content-Type": "application/json", **ask.headers}
    text = urlencode(ask.body) if headers["Content-Type"] == FORM else json.dumps(ask.body)
    line.request(ask.method, ask.path, text.encode(), headers)
    response = line.getresponse()
    body, is_json = response.read(), "json" in response.headers.get("Content-Type", "")
    return Answer(response.status, json.loads(body) if is_json else {})


def deadlocks() -> int:
    """How many PostgreSQL has broken in this database; 0 elsewhere, where there are none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
