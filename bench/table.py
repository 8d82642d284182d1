"""What a run says, as Markdown."""

import platform
from importlib.metadata import version
from pathlib import Path

import psutil
from django.utils import timezone

HEADINGS = (
    *("", "ours/s", "FastAPI/s", "pgbench/s", "ours ÷ FastAPI", "ours ÷ pgbench"),
    *("CPU ms", "FastAPI's CPU ms", "p95 ms", "FastAPI's p95 ms"),
)
PACKAGES = ("django", "djangorestframework", "psycopg", "granian", "fastapi", "asyncpg", "uvicorn")


def machine(connection) -> str:
    """The date, the machine without its name, the versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        server, fsync = cursor.fetchone()
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{timezone.now():%Y-%m-%d}; {processor()}, {psutil.cpu_count()} cores, {memory:.0f} GiB; "
        f"Python {platform.python_version()}, PostgreSQL {server} (fsync {fsync}), {versions}.\n"
    )


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(cases: list, results: dict) -> str:
    rows = [row(case, results[case.name]) for case in cases]
    lines = ["| " + " | ".join(HEADINGS) + " |", "| --- |" + " ---: |" * (len(HEADINGS) - 1), *rows]
    bad = {case.name: sum(one.unexpected for one in results[case.name].values()) for case in cases}
    failed = [f"{name}: {count} answers were not as expected" for name, count in bad.items() if count]
    return "\n".join([*lines, "", "In brackets the goals: must, aim.", *failed])


def row(case, figures: dict) -> str:
    ours, fastapi, pgbench = (figures[name] for name in ("dutyboard", "fastapi", "pgbench"))
    goals = case.goals
    cells = [
        case.title,
        f"{ours.rate:.0f}",
        f"{fastapi.rate:.0f}",
        f"{pgbench.rate:.0f}",
        with_goal(ours.rate / fastapi.rate, goals.fastapi),
        with_goal(ours.rate / pgbench.rate, goals.pgbench),
        with_goal(ours.cpu_ms, goals.cpu),
        f"{fastapi.cpu_ms:.2f}",
        f"{ours.slow_ms:.0f}",
        f"{fastapi.slow_ms:.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def storm(refused: str, booked: str, goal: tuple[float, float], results: dict) -> str:
    """How many are refused a second where all ask for one slot, as a share of those that are booked where none does."""
    if not {refused, booked} <= set(results):
        return ""
    shares = {name: results[refused][name].rate / results[booked][name].rate for name in ("dutyboard", "fastapi")}
    ours = with_goal(shares["dutyboard"], goal)
    return f"\nRefused storm ÷ uncontended create: ours {ours}, FastAPI {shares['fastapi']:.2f}."


def with_goal(value: float, goal: tuple[float, float] | None) -> str:
    return f"{value:.2f} ({goal[0]:g}, {goal[1]:g})" if goal else f"{value:.2f}"
