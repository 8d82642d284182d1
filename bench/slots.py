"""python -m bench.slots [--rounds N]: free slots of 30 days, 200 appointments a calendar, for 1 and for 50 calendars.

In this process alone, without a server: the query, what it gives laid out, and the sweep.
"""

import argparse
import logging
import statistics
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from bench.__main__ import prepare
from tests import throwaway

FIRST = datetime(2027, 1, 4, tzinfo=UTC)
DAYS, APPOINTMENTS, CALENDARS = 30, 200, 50
# Milliseconds: must, aim.
GOALS = {1: (8, 1.5), 50: (35, 20)}
# Twenty minutes each, around the clock, one every 215 minutes.
TAKE = """
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
SELECT resource.organization_id, resource.id, 0, start, start + interval '20 minutes', 'appointment', n, true
  FROM scheduling_resource AS resource, generate_series(0, %(appointments)s - 1) AS n,
       LATERAL (SELECT %(first)s + n * interval '215 minutes' + resource.id %% 7 * interval '1 minute' AS start) AS s
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.slots", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    options.broker = ""
    with closing(throwaway.Workspace()) as workspace:
        prepare(workspace, options)
        run(options.rounds)


def run(rounds: int) -> None:
    from django.core.management import call_command  # needs the settings

    logging.disable()
    call_command("migrate", verbosity=0)
    group, service, calendars = fill()
    print("| calendars | free slots | median ms | must | aim |\n| ---: | ---: | ---: | ---: | ---: |")
    for number, (must, aim) in GOALS.items():
        found, median = measure(group, service, calendars[:number], rounds)
        print(f"| {number} | {found} | {median:.1f} | {must} | {aim} |")


def fill() -> tuple:
    from django.db import connection

    from tests.appointment_factories import make_calendar, make_group, make_service

    group = make_group()
    service = make_service(group, length=30)
    hours = [("08:00", "12:30"), ("13:30", "18:00")]
    opening = [{"day": day, "start": start, "end": end, "services": []} for day in range(1, 6) for start, end in hours]
    calendars = [make_calendar(group, service, opening_hours=opening) for _number in range(CALENDARS)]
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"first": FIRST, "appointments": APPOINTMENTS})
        cursor.execute("ANALYZE")
    return group, service, calendars


def measure(group, service, calendars: list, rounds: int) -> tuple[int, float]:
    """How many free slots there are, and the median of the milliseconds that finding them takes."""
    from appointments.services.slots import free_slots
    from scheduling.intervals import Interval

    window = Interval(FIRST, FIRST + timedelta(days=DAYS))
    times, found = [], []
    for _round in range(rounds):
        started = time.perf_counter()
        found = free_slots(group, [service], calendars, window, is_staff=False)
        times.append(time.perf_counter() - started)
    return len(found), statistics.median(times) * 1000


if __name__ == "__main__":
    main()
