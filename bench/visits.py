"""python -m bench.visits [--rounds N] [--seconds S]: interventions made and listed, through granian.

Our server alone, two workers: there is no other contestant to compare it with.
"""

import argparse
import itertools
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing

from bench.__main__ import prepare
from tests import throwaway

# Each create takes one.
OPEN_ANOMALIES = 100_000
FILL_OPEN = """
INSERT INTO interventions_anomaly (organization_id, created_at, updated_at, version, kind, status, number, title,
       description, risk, site_id, location, comment, resolution_delay, observed_at, reporter, already_reported,
       outside_ids, resolved_comment)
SELECT %(town)s, now(), now(), 1, 'observation', 'open', 10000000 + n, 'Door ' || n, '', 'low', 1000000 + n %% 50, '',
       '', '', now(), '', false, '{}', ''
  FROM generate_series(1, %(anomalies)s) AS n RETURNING id
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.visits", description=__doc__)
    parser.add_argument("--visits", type=int, default=100_000, help="to list among")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of one measurement")
    parser.add_argument("--connections", type=int, default=8)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    options.broker = ""
    with closing(throwaway.Workspace()) as workspace:
        prepare(workspace, options)
        run(options, workspace.path)


def run(options: argparse.Namespace, place) -> None:
    from django.core.management import call_command  # needs the settings

    from bench.cases import Case
    from bench.run import WARM_UP_SECONDS, Figures, measure_server
    from bench.serving import OURS, serve

    logging.disable()
    call_command("migrate", verbosity=0)
    register, anomalies = fill(options.visits)
    builds = {"POST curative": curative(register, anomalies), "GET list of 20": listed(register)}
    cases = [Case(title, title, build, lambda sample: sample) for title, build in builds.items()]
    figures = {case.name: Figures() for case in cases}
    with serve("dutyboard", OURS, place / "server.log") as server:
        for number, case in itertools.product(range(options.rounds + 1), cases):
            # The first round warms up.
            seconds, found = (options.seconds, figures[case.name]) if number else (WARM_UP_SECONDS, Figures())
            measure_server(found, server, case, [register], seconds, options.connections)  # type: ignore[arg-type]
    tell(options, figures)


def fill(visits: int):
    """A register with so many visits, and the anomalies that no visit has yet."""
    from django.db import connection

    from tests.interventions.test_api_scale import FILL, FIRST
    from tests.interventions.visits import Visits

    register = Visits()
    values = {"town": register.town.pk, "provider": register.provider.pk, "first": FIRST, "number": visits}
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, values)
        cursor.execute(FILL_OPEN, {**values, "anomalies": OPEN_ANOMALIES})
        anomalies = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("VACUUM ANALYZE")
    return register, iter(anomalies)


def curative(register, anomalies: Iterator[int]) -> Callable:
    """The seed's request: the provider is told by e-mail."""
    from bench.load import request
    from tests.interventions.visits import CURATIVE

    def build(_register) -> bytes:
        more = {"description": "Ring twice", "assignedCompanyContactId": register.provider.pk}
        body = json.dumps(register.body(anomalyIds=[next(anomalies)], **more)).encode()
        return request("POST", CURATIVE, body, **tokens(register))

    return build


def listed(register) -> Callable:
    from bench.load import request
    from tests.interventions.visits import RS

    message = request("GET", f"{RS}?pageSize=20&sort=id", Content_Type="application/json", **tokens(register))
    return lambda _register: message


def tokens(register) -> dict[str, str]:
    return {"Authorization": f"Bearer {register.staff.token}", "x_session_token": register.staff.session}


def tell(options: argparse.Namespace, figures: dict) -> None:
    print(f"{options.visits} interventions; {options.rounds} rounds of {options.seconds} s, medians")
    print("| | requests/s | CPU ms | p95 ms | unexpected |\n| --- | ---: | ---: | ---: | ---: |")
    for name, one in figures.items():
        print(f"| {name} | {one.rate:.0f} | {one.cpu_ms:.2f} | {one.slow_ms:.1f} | {one.unexpected} |")


if __name__ == "__main__":
    main()
