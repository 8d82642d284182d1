"""A closed-loop HTTP load generator: some connections kept alive, one request at a time on each, loopback only."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

import uvloop

HOST = "127.0.0.1"
MOST_REQUESTS = 200_000
PATIENCE = 20.0


@dataclass
class Load:
    """What was answered: seconds of the whole, statuses, and each request's own seconds."""

    seconds: float = 0.0
    statuses: Counter = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    def unexpected(self, expects: Callable[[int], bool]) -> int:
        return sum(count for status, count in self.statuses.items() if not expects(status))


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP/1.1 request; `_` in a header's name stands for `-`."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{n.replace('_', '-')}: {v}" for n, v in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def measure(port: int, make: Callable[[], bytes], seconds: float, connections: int = 8) -> Load:
    """Requests from `make()` for so many seconds, MOST_REQUESTS at most."""
    return run(_measure(port, make, seconds, connections))


def ask(port: int, message: bytes) -> tuple[int, bytes]:
    """One request's status and body."""
    return run(_ask(port, message))


def run(work: Coroutine):
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _measure(port: int, make: Callable[[], bytes], seconds: float, connections: int) -> Load:
    load = Load()
    started = time.perf_counter()
    lines = [_repeat(port, make, started + seconds, load) for _ in range(connections)]
    await asyncio.wait_for(asyncio.gather(*lines), seconds + PATIENCE)
    load.seconds = time.perf_counter() - started
    return load


async def _repeat(port: int, make: Callable[[], bytes], until: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    while (began := time.perf_counter()) < until and len(load.times) < MOST_REQUESTS:
        writer.write(make())
        status, _ = await _answer(reader)
        load.times.append(time.perf_counter() - began)
        load.statuses[status] += 1
    writer.close()


async def _ask(port: int, message: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(message)
    answer = await _answer(reader)
    writer.close()
    return answer


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    place = head.lower().index(b"content-length:") + len(b"content-length:")
    length = int(head[place : head.index(b"\r\n", place)])
    return int(head[9:12]), await reader.readexactly(length)
