"""How many cases tests made by themselves: told at the end of the run, and too few are a failure.

A run's processes share the count by a file in its workspace.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.scale import scaled
from tests.servers import state

# Cases over all operations of the OpenAPI document, in `make soak`; a tenth in CI.
LEAST = scaled(30_000)


class Count:
    cases = 0


def _file() -> Path:
    return Path(state()["workspace"]) / "cases"


@contextmanager
def counted(operations: int) -> Iterator[Count]:
    """One of so many operations, whose cases are counted in the block."""
    count = Count()
    yield count
    with _file().open("a") as file:
        file.write(f"{operations} {count.cases}\n")


def total() -> tuple[int, int, int]:
    """Operations run, operations there are, cases."""
    lines = [line.split() for line in _file().read_text().splitlines()] if _file().exists() else []
    return len(lines), max((int(of) for of, _ in lines), default=0), sum(int(cases) for _, cases in lines)


def too_few() -> bool:
    """Where all operations ran: a run of a few of them is no complaint."""
    run, there, cases = total()
    return 0 < there <= run and cases < LEAST


def is_controller() -> bool:
    return "PYTEST_XDIST_WORKER" not in os.environ


def pytest_itemcollected(item):
    """All tests that schemathesis makes of one function would have one id."""
    operation = getattr(item, "operation_label", None)
    if operation and not item.nodeid.endswith(item.name):
        item._id = item._id.parse(f"{item.nodeid}[{operation}]")


def pytest_collection_modifyitems(items):
    """Of several tests with one id pytest-xdist runs one alone, and says nothing."""
    twice = [name for name, number in Counter(item.nodeid for item in items).items() if number > 1]
    if twice:
        raise pytest.UsageError(
            f"tests with the same id, of which a parallel run would leave all but one out: {twice[:3]}"
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if is_controller() and too_few() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    run, there, cases = total()
    if run:
        terminalreporter.write_line(f"OpenAPI: {cases} cases over {run} of {there} operations, {LEAST} are asked for")
    if too_few():
        terminalreporter.write_line("TOO FEW CASES made from the OpenAPI document", red=True, bold=True)
