"""What is measured: each case's requests, and the goals that PERFORMANCE sets for it."""

import itertools
import json
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.data import SECRET, WRITTEN, Client, Sample, set_close_states
from bench.load import request

SERVICES = "/v2/community_services"


@dataclass(frozen=True)
class Goals:
    """(must, aim): requests a second as a share of another contestant's, CPU in ms a request; None for no goal."""

    fastapi: tuple[float, float] | None = None
    pgbench: tuple[float, float] | None = None
    cpu: tuple[float, float] | None = None


@dataclass(frozen=True)
class Case:
    """`build(client)` gives one request; `prepare` is done before each measurement; status 0: any 2xx is right."""

    name: str
    title: str
    build: Callable[[Any], bytes]
    clients: Callable[[Sample], list]
    goals: Goals = field(default_factory=Goals)
    prepare: Callable[[Sample], None] = lambda sample: None
    status: int = 0

    def expects(self, status: int) -> bool:
        return status == self.status if self.status else 200 <= status < 300

    def requests(self, sample: Sample) -> Iterator[bytes]:
        clients = itertools.cycle(self.clients(sample))
        return (self.build(client) for client in clients)


_numbers = itertools.count()


def service_body(client: Client, close_id: int) -> bytes:
    """The seed's request: a supervisor, a close, the day after tomorrow."""
    day = datetime.now(UTC) + timedelta(days=2)
    values = {
        "close_id": str(close_id),
        "duration": "14400",
        "occupation": "Regarder Shrek, en entier, avec Mathieu Trentin",
        "schedule_at": f"{day:%Y-%m-%d} 09:00:00 UTC",
        "tiger_id": str(client.supervisor_id),
    }
    return json.dumps({"community_service": values}).encode()


def create(client: Client, **headers: str) -> bytes:
    # Each close in turn, so that no request waits for another one's lock.
    body = service_body(client, client.close_id + next(_numbers) // WRITTEN % client.closes)
    return request("POST", SERVICES, body, Authorization=bearer(client), **headers)


def create_with_key(client: Client) -> bytes:
    return create(client, Idempotency_Key=uuid.uuid4().hex)


def list_of(size: int) -> Callable[[Client], bytes]:
    return lambda client: request("GET", f"{SERVICES}?per_page={size}", Authorization=bearer(client))


def mint(client: Client) -> bytes:
    fields = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": SECRET}
    return request("POST", "/oauth/token", json.dumps(fields).encode())


def bearer(client: Client) -> str:
    return f"Bearer {random.choice(client.tokens)}"


def readers(sample: Sample) -> list[Client]:
    return sample.readers


def writers(sample: Sample) -> list[Client]:
    return sample.writers


def all_unclosed(sample: Sample) -> None:
    set_close_states(sample.writers, "unclose")


def all_closed(sample: Sample) -> None:
    set_close_states(sample.writers, "close")


CREATE = {"fastapi": (0.7, 1.2), "pgbench": (0.20, 0.40)}
CASES = [
    Case("create", "POST create", create, writers, Goals(**CREATE), all_unclosed),
    Case(
        "create-key",
        "POST create, Idempotency-Key",
        create_with_key,
        writers,
        Goals(**CREATE, cpu=(3.5, 2.5)),
        all_unclosed,
    ),
    Case("create-unclose", "POST create that uncloses, Idempotency-Key", create_with_key, writers, Goals(), all_closed),
    Case("list-20", "GET list of 20", list_of(20), readers, Goals((0.7, 1.2), (0.08, 0.18), (2.0, 1.0))),
    Case("list-100", "GET list of 100", list_of(100), readers, Goals((0.7, 1.4), (0.12, 0.28), (2.5, 1.1))),
    Case("token", "POST token", mint, readers),
]
