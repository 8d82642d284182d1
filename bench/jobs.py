"""python -m bench.jobs [--jobs N] [--rounds N]: a deep page of jobs against the first, and the dispatch board.

In this process alone, without a server: what is compared is the same code with itself.
"""

import argparse
import logging
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from bench.__main__ import prepare
from tests import throwaway

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
PEOPLE, BOARD_JOBS = 50, 1000
# One made a minute; each of the people does twenty a week.
FILL = """
INSERT INTO scheduling_job (created_at, updated_at, version, uid, organization_id, type_id, contact_id, reference,
       order_number, description, planned_duration, custom_values, internal_comment, contact_comment, status,
       status_modified_at, resources_comment, result, resource_id, planned_start_at, planned_end_at, calendar_sequence)
SELECT %(first)s + n * interval '1 minute', now(), 1, gen_random_uuid(), %(place)s, %(type)s, %(contact)s,
       'BS-' || lpad(n::text, 7, '0'), '', '', 60, '{}', '', '', 'scheduled', %(first)s + n * interval '1 minute', '',
       '', %(crew)s + n %% %(people)s, start, start + interval '1 hour', 0
  FROM (SELECT n, %(first)s + (n / %(people)s) * interval '8 hours 24 minutes' AS start
          FROM generate_series(0, %(jobs)s - 1) AS n) AS numbers
"""
TAKE = """
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
SELECT organization_id, resource_id, 0, planned_start_at, planned_end_at, 'job', id, false FROM scheduling_job
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.jobs", description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    options.broker = ""
    with closing(throwaway.Workspace()) as workspace:
        prepare(workspace, options)
        run(options)


def run(options: argparse.Namespace) -> None:
    from django.core.management import call_command  # needs the settings

    logging.disable()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    caller, staff = fill(options.jobs)
    pages = {"first page": first_page(), "deep page": deep_page(caller, options.jobs)}
    actions: dict[str, Callable] = {name: lambda path=path: caller.get(path) for name, path in pages.items()}
    actions["board of a week"] = lambda: staff.get("/admin/scheduling/job/dispatch/?view=week&day=2026-01-07")
    times = measure(actions, options.rounds)
    print(
        f"{options.jobs} jobs; the board: {PEOPLE} people, {BOARD_JOBS} jobs in its week; medians of {options.rounds}"
    )
    for name, milliseconds in times.items():
        print(f"  {name:<16} {milliseconds:8.1f} ms")
    print(f"  deep ÷ first     {times['deep page'] / times['first page']:8.2f}")


def fill(jobs: int):
    """The client of the customer who has them all, and a browser of its staff."""
    from django.db import connection
    from django.test import Client

    from core.models import Role
    from tests.factories import make_member, make_organization
    from tests.job_factories import make_contact, make_job_type, make_resource
    from tests.scheduling.jobs_calls import jobs_program

    place = make_organization()
    crews = [make_resource(place) for _ in range(PEOPLE)]
    ids = {"place": place.pk, "type": make_job_type(place).pk, "contact": make_contact(place).pk, "crew": crews[0].pk}
    with connection.cursor() as cursor:
        cursor.execute(FILL, {**ids, "first": FIRST, "people": PEOPLE, "jobs": jobs})
        cursor.execute(TAKE)
        cursor.execute("VACUUM ANALYZE")
    # A host that production's settings know here.
    browser, caller = Client(SERVER_NAME="127.0.0.1"), jobs_program(place)
    caller.client = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(make_member(place, Role.ADVANCED_STAFF))
    return caller, browser


def first_page() -> str:
    return f"/v1/jobs?createdAtFrom={FIRST:%Y-%m-%dT%H:%M:%SZ}&createdAtTo=2100-01-01T00:00:00Z"


def deep_page(caller, jobs: int) -> str:
    """The address of the page that nine tenths of the jobs stand before, from page to page as a client comes there."""
    path = first_page()
    cursor = caller.get(f"{path}&pageSize=1000").json()["nextCursor"]
    for _ in range(jobs * 9 // 10 // 1000):
        cursor = caller.get(f"{path}&pageSize=1000&cursor={cursor}").json()["nextCursor"] or cursor
    return f"{path}&cursor={cursor}"


def measure(actions: dict[str, Callable], rounds: int) -> dict[str, float]:
    """Median milliseconds, each in turn; the first round warms up."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds + 1):
        for name, action in actions.items():
            start = time.perf_counter()
            response = action()
            taken[name].append((time.perf_counter() - start) * 1000)
            if response.status_code != 200:
                raise SystemExit(f"{name}: {response.status_code}")
    return {name: statistics.median(values[1:]) for name, values in taken.items()}


if __name__ == "__main__":
    main()
