"""One Idempotency-Key from many requests at once, on every POST of every dialect, over real server processes.

One does the work; the others are told its answer, or to come again [contract 00].
"""

import http.client
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.concurrency.storm import deadlocks
from tests.everywhere.operations import POSTS, Operation
from tests.everywhere.requests import Request
from tests.everywhere.worlds import WORLDS, Scene
from tests.scale import scaled
from tests.scheduling.test_malformed import count_rows
from tests.web import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]
SERVERS = ("granian", "granian", "gunicorn")
REQUESTS = scaled(50)
# An id that names what a pair of runs shares with nobody else.
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


class Answer(NamedTuple):
    status: int
    body: bytes
    is_replay: bool
    retry_after: str


def send(port: int, request: Request, start: threading.Barrier) -> Answer:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.connect()
    start.wait()
    line.request(request.method, request.path, request.body, {"Content-Type": request.kind, **request.headers})
    response = line.getresponse()
    headers, body = response.headers, response.read()
    line.close()
    return Answer(response.status, body, headers.get("Idempotent-Replayed") == "true", headers.get("Retry-After", ""))


def send_at_once(ports: Sequence[int], request: Request) -> list[Answer]:
    start = threading.Barrier(REQUESTS)
    with ThreadPoolExecutor(REQUESTS) as pool:
        return list(pool.map(lambda number: send(ports[number % len(ports)], request, start), range(REQUESTS)))


def written_by(act: Callable[[], object]) -> dict[str, int]:
    """Table → how many rows more it has afterwards."""
    before = count_rows()
    act()
    return {name: count - before[name] for name, count in count_rows().items() if count != before[name]}


def complaints(answers: list[Answer]) -> list[str]:
    done = [answer for answer in answers if 200 <= answer.status < 300]
    told_to_wait = [answer for answer in answers if answer.status == 409 and answer.retry_after == "1"]
    first = [answer for answer in done if not answer.is_replay]
    wrong = [] if len(first) == 1 else [f"{len(first)} did the work"]
    wrong += [] if len({(answer.status, answer.body) for answer in done}) == 1 else ["the replays differ"]
    others = [answer for answer in answers if answer not in done and answer not in told_to_wait]
    return wrong + [f"{answer.status} {answer.body[:200]!r}" for answer in others[:3]]


def judged(operation: Operation, ports: Sequence[int]) -> list[str]:
    """What is wrong when many ask at once, beside what one alone writes in a world of its own."""
    alone, together = (Scene(operation, WORLDS[operation.dialect]()) for _ in range(2))
    by_one = written_by(alone.good.having(Idempotency_Key=KEY).send)
    answers: list[Answer] = []
    by_many = written_by(lambda: answers.extend(send_at_once(ports, together.good.having(Idempotency_Key=KEY))))
    wrong = complaints(answers)
    return wrong if by_many == by_one else [*wrong, f"one writes {by_one}, many wrote {by_many}"]


@pytest.mark.parametrize("dialect", sorted({one.dialect for one in POSTS}))
def test_of_many_requests_with_one_key_one_does_the_work_on_every_route(dialect):
    before = deadlocks()
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(name)) for name in SERVERS]
        found = {str(operation): judged(operation, ports) for operation in POSTS if operation.dialect == dialect}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert deadlocks() == before
