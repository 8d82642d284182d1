"""Runs that people ask for: now, or of moments that are past [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from core.errors import StateConflict
from svctasks.api.run_shapes import RUN
from svctasks.models import ServiceRun
from svctasks.services import by_hand
from svctasks.services.by_hand import backfill, missed_moments, run_now
from svctasks.services.dispatching import dispatch_due
from tests.factories import make_organization
from tests.svctasks.works import enabled_task, fresh, ledger, look, register, single_task, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
# A Monday, 11 o'clock in Paris.
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        register()
        yield clock


@pytest.fixture
def town(clock):
    return make_organization(time_zone="Europe/Paris")


def hourly(town, clock, **values):
    """It was away for five hours, and ran late once; the next moment is not yet."""
    look()
    task = enabled_task(town, starts_at=NOW, **values)
    clock.shift(5 * HOUR)
    look()
    work()
    return task


def of_hours(*hours: int) -> list[datetime]:
    return [NOW.replace(hour=hour) for hour in hours]


def refusal(task, first: datetime, last: datetime) -> tuple[str, str]:
    with pytest.raises(ValidationError) as refused:
        missed_moments(task, first, last)
    [(field, [error])] = refused.value.error_dict.items()
    return field, error.code


# -- now ----------------------------------------------------------------------------------------------------


def test_a_run_now_is_beside_the_moments(town, clock):
    task = enabled_task(town, starts_at=NOW)
    clock.shift(10 * MINUTE)
    look()
    [run] = run_now(task.pk)
    assert (run.cause, run.site, run.state) == ("by_hand", "main", "waiting")
    work()
    clock.shift(50 * MINUTE)
    look()
    assert ledger(task) == ["01 09:10 succeeded", "01 10:00 waiting"]


def test_a_disabled_task_outside_its_schedule_runs_too(town, clock):
    clock.shift(12 * HOUR)
    look()
    task = enabled_task(town, starts_at=NOW, is_enabled=False, schedule="work")
    assert len(run_now(task.pk)) == 1
    assert not fresh(task).is_enabled


def test_one_at_each_site(town, clock):
    look("north", "south")
    task = enabled_task(town, starts_at=NOW)
    assert [run.site for run in run_now(task.pk)] == ["north", "south"]


def test_not_while_a_run_is_active_where_runs_may_not_overlap(town, clock):
    look()
    task = enabled_task(town, starts_at=NOW, overlap=False)
    run_now(task.pk)
    with pytest.raises(StateConflict):
        run_now(task.pk)


def test_not_without_a_site(town, clock):
    task = enabled_task(town, starts_at=NOW)
    with pytest.raises(StateConflict, match="No worker"):
        run_now(task.pk)


# -- the past -----------------------------------------------------------------------------------------------


def test_what_was_missed_is_listed_and_then_run(town, clock):
    task = hourly(town, clock)
    assert ledger(task) == ["01 10:00 to 01 13:00 misfire 4", "01 14:00 succeeded"]
    assert missed_moments(task, NOW, NOW + 5 * HOUR) == of_hours(9, 10, 11, 12, 13)
    runs = backfill(task.pk, NOW + HOUR, NOW + 3 * HOUR)
    assert [(run.due_at, run.cause) for run in runs] == [(moment, "backfill") for moment in of_hours(10, 11, 12)]
    assert work() == ["succeeded"] * 3
    assert missed_moments(task, NOW, NOW + 5 * HOUR) == of_hours(9, 13)
    assert backfill(task.pk, NOW + HOUR, NOW + 3 * HOUR) == []


def test_what_was_skipped_as_its_site_was_away_can_be_run_there(town, clock):
    look("north")
    task = enabled_task(town, starts_at=NOW)
    look("south")
    for _ in range(60):
        clock.shift(MINUTE)
        look("south")
    work()
    assert ledger(task) == ["01 10:00 succeeded", "01 10:00 to 01 10:00 site_away 1"]
    clock.shift(5 * HOUR)
    look("north", "south")
    runs = backfill(task.pk, NOW + 2 * HOUR, NOW + 2 * HOUR)
    assert [run.site for run in runs] == ["north", "south"]


def test_a_moment_at_which_no_site_was_there_can_be_run(town, clock):
    look("north")
    task = enabled_task(town, starts_at=NOW)
    for _ in range(60):
        clock.shift(MINUTE)
        dispatch_due()
    assert ledger(task) == ["01 10:00 to 01 10:00 site_away 1"]
    look("north")
    [run] = backfill(task.pk, NOW + HOUR, NOW + HOUR)
    assert (run.site, run.due_at) == ("north", NOW + HOUR)


def test_within_the_schedule_alone(town, clock):
    look()
    task = enabled_task(town, starts_at=NOW, schedule="work")
    clock.shift(20 * HOUR)
    assert missed_moments(task, NOW, NOW + 20 * HOUR) == of_hours(9, 10, 11, 12, 13, 14, 15)


def test_they_run_one_after_the_other_where_runs_may_not_overlap(town, clock):
    task = hourly(town, clock, overlap=False)
    runs = backfill(task.pk, NOW + HOUR, NOW + 3 * HOUR)
    assert [run.state for run in runs] == ["waiting"] * 3
    assert work() == ["succeeded"] * 3


def test_what_cannot_be_filled(town, clock):
    look()
    task = hourly(town, clock)
    assert refusal(task, NOW + HOUR, NOW) == ("to", "order")
    assert refusal(task, NOW, NOW + 6 * HOUR) == ("to", "future")
    assert refusal(single_task(town, starts_at=NOW), NOW, NOW + HOUR) == ("from", "single")


@pytest.mark.parametrize(("number", "is_refused"), [(1000, False), (1001, True)])
def test_a_thousand_moments_at_most(town, clock, number, is_refused):
    look()
    task = enabled_task(town, starts_at=NOW, interval_seconds=1)
    clock.shift(HOUR)
    asked = NOW, NOW + timedelta(seconds=number - 1)
    if is_refused:
        assert refusal(task, *asked) == ("from", "too_many")
    else:
        assert len(missed_moments(task, *asked)) == 1000


def test_a_past_of_more_than_ten_years_is_too_long(town, clock):
    look()
    task = enabled_task(town, starts_at=NOW - 9000 * DAY, interval_seconds=3600 * 24 * 365, schedule="work")
    assert refusal(task, NOW - 9000 * DAY, NOW) == ("from", "too_many")
    since = enabled_task(town, starts_at=NOW - DAY, script={"code": "since"})
    assert len(missed_moments(since, NOW - 9000 * DAY, NOW)) == 25


def test_so_many_moments_are_looked_at_and_no_more(town, clock, monkeypatch):
    monkeypatch.setattr(by_hand, "MOST_LOOKED_AT", 1500)
    task = enabled_task(town, starts_at=NOW - HOUR, interval_seconds=1)
    row = {"task": task, "organization": town, "site": "main", "state": "succeeded"}
    ServiceRun.objects.bulk_create(ServiceRun(due_at=NOW - HOUR + n * SECOND, **row) for n in range(3000))
    assert missed_moments(task, NOW - HOUR, NOW - HOUR + 1000 * SECOND) == []
    assert refusal(task, NOW - HOUR, NOW - HOUR + 2999 * SECOND) == ("from", "too_many")


def test_what_is_filled_is_told_without_a_query_for_each_run(town, clock, django_assert_num_queries):
    task = hourly(town, clock)
    runs = backfill(task.pk, NOW, NOW + 4 * HOUR)
    with django_assert_num_queries(0):
        assert {RUN.of(run)["svctaskid"] for run in runs} == {str(task.public_id)}
