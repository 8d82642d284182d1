"""At which sites a moment runs, in each mode, and what is told of the others [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from svctasks.models import WorkerSite
from svctasks.services import leaving, sites
from svctasks.services.sites import Sites, Targets
from svctasks.services.tasks import update_task
from tests.factories import make_organization
from tests.svctask_factories import make_run, make_task
from tests.svctasks.works import enabled_task, look, register, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def town(clock):
    return make_organization()


def targets(town, mode: str, named: list[str]) -> Targets:
    return Sites(NOW).targets(make_task(town, site_mode=mode, sites=named))


@pytest.mark.parametrize(
    ("mode", "named", "alive", "away"),
    [
        ("all", [], ["east", "north"], ["south"]),
        ("any", [], ["east"], []),
        ("listed", ["north", "south"], ["north"], ["south"]),
        ("listed", ["south", "gone"], [], ["south", "gone"]),
        ("any_listed", ["north", "south"], ["north"], []),
        ("any_listed", ["south"], [], [""]),
        ("first", [], ["east"], []),
    ],
)
def test_the_sites_of_a_moment_where_the_south_is_away(town, clock, mode, named, alive, away):
    sites.declare(["north", "east", "south"])
    WorkerSite.objects.filter(name="south").update(seen_at=NOW - HOUR)
    assert targets(town, mode, named) == Targets(alive, away)


@pytest.mark.parametrize("mode", ["all", "any", "first"])
def test_where_there_is_no_site_the_moment_is_told_of_once(town, clock, mode):
    assert targets(town, mode, []) == Targets([], [""])


def test_one_of_all_is_the_one_with_the_least_to_do(town, clock):
    sites.declare(["east", "north"])
    make_run(make_task(town), site="east", state="running")
    seen, task = Sites(NOW), make_task(town, site_mode="any")
    assert [seen.targets(task).alive for _ in range(3)] == [["north"], ["east"], ["north"]]


def test_each_site_runs_it_and_the_one_away_is_told(town, clock):
    register()
    look("north", "south")
    task = enabled_task(town, starts_at=NOW)
    for _ in range(60):
        clock.shift(timedelta(minutes=1))
        look("north")
    told = task.runs.order_by("site").values_list("site", "state", "reason")
    assert list(told) == [("north", "waiting", ""), ("south", "skipped", "site_away")]


def test_a_site_that_is_forgotten_is_missed_no_more(town, clock):
    register()
    look("north", "south")
    task = enabled_task(town, starts_at=NOW)
    leaving.forget("south")
    clock.shift(HOUR)
    look("north")
    assert list(task.runs.values_list("site", "state")) == [("north", "waiting")]


def test_what_a_site_misses_before_and_after_other_skips_is_told_apart(town, clock):
    register()
    look("north", "south")
    task = enabled_task(town, starts_at=NOW)
    for is_enabled in (False, True, None):
        for span in (59 * MINUTE, MINUTE):
            clock.shift(span)
            look("north")
        work()
        if is_enabled is not None:
            update_task(task.pk, {"is_enabled": is_enabled})
    skips = task.runs.filter(state="skipped").order_by("due_at", "id")
    assert list(skips.values_list("due_at__hour", "site", "reason", "count")) == [
        (10, "south", "site_away", 1),
        (11, "", "disabled", 1),
        (12, "south", "site_away", 1),
    ]
