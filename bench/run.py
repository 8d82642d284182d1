"""The interleaved run: for each round, each case, each contestant in a turning order."""

import argparse
import itertools
import logging
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from django.core.management import call_command
from django.db import connection

from bench import pgbench, table
from bench.booking_cases import CASES as BOOKING
from bench.booking_cases import STORM
from bench.cases import CASES, Case
from bench.data import Sample, fill
from bench.load import ask, measure
from bench.serving import FASTAPI, OURS, Server, serve

WARM_UP_SECONDS = 0.7
TABLES = (
    "scheduling_communityservice",
    "scheduling_historicalcommunityservice",
    "scheduling_historicalclose",
    "appointments_customer",
    "appointments_historicalcustomer",
    "appointments_appointment",
    "appointments_historicalappointment",
    "appointments_appointmentline",
    "scheduling_busyinterval",
    "core_outboxmessage",
    "core_idempotencykey",
    "oauth2_provider_accesstoken",
)
RANDOM = {"access_token", "key", "email"}


@dataclass
class Figures:
    """One contestant's rounds of one case."""

    per_second: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    unexpected: int = 0

    @property
    def rate(self) -> float:
        return statistics.median(self.per_second)

    @property
    def cpu_ms(self) -> float | None:
        return statistics.median(self.cpu) if self.cpu else None

    @property
    def slow_ms(self) -> float | None:
        """The median round's 95th percentile."""
        return statistics.median(self.slow) if self.slow else None


Results = dict[str, dict[str, Figures]]


def run(options: argparse.Namespace, workspace: Path) -> None:
    logging.disable()
    call_command("migrate", verbosity=0)
    sample = fill(options.services)
    cases = [case for case in (*CASES, *BOOKING) if not options.names or case.name in options.names]
    scripts = {case.name: write_scripts(case, sample, workspace) for case in cases}
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serve(name, words, workspace / f"{name}.log"))
            for name, words in (("dutyboard", OURS), ("fastapi", FASTAPI))
        ]
        for case in cases:
            check_same(case, sample, servers)
        results = measure_rounds(options, cases, sample, servers, scripts)
    print(table.machine(connection))
    print(table.table(cases, results))
    print(table.storm(*STORM, results))


def write_scripts(case: Case, sample: Sample, workspace: Path) -> list[Path]:
    clients = case.clients(sample)[:8]
    case.prepare(sample)
    paths = [workspace / f"{case.name}-{number}.sql" for number in range(len(clients))]
    for path, client in zip(paths, clients, strict=True):
        path.write_text(pgbench.script(case, client))
    return paths


def check_same(case: Case, sample: Sample, servers: list[Server]) -> None:
    """They must do the same: status, rows written, shape of the JSON; for a list the whole of it, in its order."""
    seen = [observed(case, sample, server) for server in servers]
    if any(one != seen[0] for one in seen):
        raise SystemExit(f"{case.name}: the servers differ\n" + "\n".join(map(str, seen)))


def observed(case: Case, sample: Sample, server: Server) -> tuple:
    case.prepare(sample)
    before = row_counts()
    message = case.build(case.clients(sample)[0])
    status, body = ask(server.port, message)
    written = {name: count - before[name] for name, count in row_counts().items()}
    if status >= 500:
        raise SystemExit(f"{case.name}: {server.name} answered {status}\n{server.log.read_text()[-2000:]}")
    answer = orjson.loads(body)
    return status, written, orjson.dumps(answer) if message.startswith(b"GET") else shape(answer)


def row_counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {name})" for name in TABLES))
        return dict(zip(TABLES, cursor.fetchone(), strict=True))


def shape(value: object) -> object:
    """A JSON value without what must differ: its numbers, moments and random texts."""
    if isinstance(value, dict):
        return [(name, shape(member)) for name, member in value.items() if name not in RANDOM]
    if isinstance(value, list):
        return [shape(member) for member in value]
    return value if isinstance(value, str) and not value[:4].isdigit() else type(value).__name__


def measure_rounds(options, cases: list[Case], sample: Sample, servers: list[Server], scripts: dict) -> Results:
    contestants = [*(server.name for server in servers), "pgbench"]
    results: Results = {case.name: {name: Figures() for name in contestants} for case in cases}
    by_name = {server.name: server for server in servers}
    for number, case in itertools.product(range(options.rounds + 1), cases):
        # The first round warms up: connections, prepared statements, caches.
        seconds = options.seconds if number else WARM_UP_SECONDS
        for name in turned(contestants, number):
            case.prepare(sample)
            figures = results[case.name][name] if number else Figures()
            if name == "pgbench":
                rate = pgbench.run(os.environ["DATABASE_URL"], scripts[case.name], seconds, options.connections)
                figures.per_second.append(rate)
            else:
                measure_server(figures, by_name[name], case, sample, seconds, options.connections)
            if number:
                print(f"round {number} {case.name} {name}: {figures.per_second[-1]:.0f}/s", file=sys.stderr)
    return results


def turned(names: list[str], number: int) -> Iterator[str]:
    return itertools.islice(itertools.cycle(names), number % len(names), number % len(names) + len(names))


def measure_server(
    figures: Figures, server: Server, case: Case, sample: Sample, seconds: float, connections: int
) -> None:
    requests = case.requests(sample)
    before = server.cpu_seconds()
    load = measure(server.port, lambda: next(requests), seconds, connections)
    figures.per_second.append(load.per_second)
    figures.cpu.append((server.cpu_seconds() - before) / len(load.times) * 1000)
    figures.slow.append(statistics.quantiles(load.times, n=20)[-1] * 1000)
    figures.unexpected += load.unexpected(case.expects)
