"""Whatever happens, each due moment is in the ledger once: run, or skipped for a reason that holds [contract 50]."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine

from svctasks.models import RunState, ServiceTask
from tests.scale import scaled
from tests.svctasks.ledger_world import SITES, World
from tests.svctasks.works import register

pytestmark = pytest.mark.django_db
DAYS = scaled(60)


@pytest.fixture(params=["2026-03-29T01:00:00+00:00", "2026-10-25T01:00:00+00:00"], ids=["spring", "autumn"])
def world(request, own_handlers):
    """It has lived for some days around a change of the clocks."""
    register()
    change = datetime.fromisoformat(request.param)
    with time_machine.travel(change - timedelta(days=DAYS / 2), tick=False) as clock:
        world = World(change.month, clock)
        world.run(change + timedelta(days=DAYS / 2))
        yield world


def test_each_due_moment_is_in_the_ledger_once_and_what_is_told_of_it_is_so(world):
    reasons = Counter()
    for task in ServiceTask.objects.filter(pk__in=[task.pk for task in world.tasks]):
        due = world.due(task)
        assert [ledger == Counter(due.keys()) for ledger in ledgers(task, due)] in ([True], [True, True]), task.name
        reasons += told_rightly(task, due)
    assert set(reasons) >= {"run", "misfire", "outside_schedule", "disabled", "overlap", "site_away"}


def ledgers(task: ServiceTask, due) -> list[Counter]:
    """The moments that the ledger tells of: at each site, where the task runs at all of them."""
    places = [[site] for site in SITES] if task.site_mode == "all" else [SITES]
    return [Counter(moment for row in rows_at(task, place) for moment in covered(row, due)) for place in places]


def rows_at(task: ServiceTask, place: list[str]):
    return task.runs.filter(site__in=[*place, ""])


def covered(row, due) -> list[datetime]:
    """A run's moment, or those of a row of skips, whose count says how many they are."""
    if row.state != RunState.SKIPPED:
        return [row.due_at]
    between = [moment for moment in due if row.due_at <= moment <= row.last_due_at]
    if row.site:
        # What lies between may have been skipped for all sites at once.
        between = [moment for moment in between if not skipped_for_all(row.task, moment)]
    assert row.count == len(between), row
    return between


def skipped_for_all(task: ServiceTask, moment: datetime) -> bool:
    return task.runs.filter(state=RunState.SKIPPED, site="", due_at__lte=moment, last_due_at__gte=moment).exists()


def told_rightly(task: ServiceTask, due) -> Counter:
    """How often the task's moments were run, or skipped for each reason."""
    seen = Counter()
    for row in task.runs.all():
        for moment in covered(row, due):
            assert is_so(row, due[moment], moment), (row.reason or row.state, due[moment])
            seen[row.reason or "run"] += 1
    return seen


def is_so(row, span, moment: datetime) -> bool:
    if row.reason == "disabled":
        return not span.is_enabled
    if row.reason == "outside_schedule":
        return span.is_enabled and not span.is_open(moment)
    return span.is_enabled and span.is_open(moment)
