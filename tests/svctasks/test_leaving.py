"""Runs that wait at a site whose workers left before they took them [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from svctasks.models import ServiceRun
from svctasks.services import leaving
from tests.factories import make_organization
from tests.svctasks.works import again, enabled_task, look, register, single_task, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        register()
        yield clock


@pytest.fixture
def town(clock):
    return make_organization()


def waiting_in_the_north(town, clock, mode: str, **values) -> ServiceRun:
    """Of a task of each hour; the workers of the north are then heard no more, those of the south are."""
    task = enabled_task(town, starts_at=NOW + HOUR, site_mode=mode, **values)
    clock.shift(HOUR)
    look("north", "south")
    return task.runs.get(site="north")


@pytest.mark.parametrize(
    ("mode", "named"), [("any", []), ("first", []), ("any_listed", ["north", "south"])], ids=lambda value: str(value)
)
def test_one_that_any_site_may_take_goes_to_another_when_its_site_is_away(town, clock, mode, named):
    look("north", "south")
    run = waiting_in_the_north(town, clock, mode, sites=named)
    clock.shift(MINUTE)
    look("south")
    assert again(run).site == "north"
    clock.shift(MINUTE)
    look("south")
    assert (again(run).site, again(run).state) == ("south", "waiting")
    assert work() == ["succeeded"]


def test_so_a_task_that_may_not_overlap_does_not_stand_still(town, clock):
    run = waiting_in_the_north(town, clock, "any", overlap=False)
    for span in (2 * MINUTE, 58 * MINUTE, HOUR):
        clock.shift(span)
        look("south")
        work()
    found = run.task.runs.order_by("due_at").values_list("due_at__hour", "site", "state")
    assert list(found) == [(hour, "south", "succeeded") for hour in (10, 11, 12)]


def test_one_of_each_site_waits_for_its_own(town, clock):
    run = waiting_in_the_north(town, clock, "all")
    clock.shift(HOUR)
    look("south")
    assert (again(run).site, again(run).state) == ("north", "waiting")


def test_where_no_site_is_there_it_waits_on(town, clock):
    look("north")
    run = waiting_in_the_north(town, clock, "first")
    clock.shift(HOUR)
    assert leaving.move_waiting() == 0
    assert again(run).site == "north"


def test_when_its_site_is_forgotten_it_ends_or_goes_elsewhere(town, clock):
    of_each = waiting_in_the_north(town, clock, "all", overlap=False)
    clock.shift(MINUTE)
    of_any = waiting_in_the_north(town, clock, "first")
    clock.shift(HOUR)
    look("south")
    leaving.forget("north")
    assert (again(of_each).state, again(of_each).error) == ("cancelled", "No worker serves its site any more")
    assert (again(of_any).site, again(of_any).state) == ("south", "waiting")


def test_a_single_task_whose_site_is_forgotten_is_over(town, clock):
    look("north")
    task = single_task(town, site_mode="all")
    look("north")
    clock.shift(HOUR)
    leaving.forget("north")
    task.refresh_from_db()
    assert (task.is_spent, task.is_enabled) == (True, False)
