"""What is due and what is not, when settings, clocks and processes change under a task [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.organizations import save_organization
from svctasks.models import DispatcherBeat, ServiceTask
from svctasks.services import sites
from svctasks.services.dispatching import dispatch_due
from svctasks.services.tasks import update_task
from tests.factories import make_organization
from tests.svctasks.works import enabled_task, fresh, ledger, look, register, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
# A Monday, 11 o'clock in Paris.
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        register()
        yield clock


@pytest.fixture
def town(clock):
    return make_organization(time_zone="Europe/Paris")


def go(clock, span: timedelta) -> None:
    """Time passes, and a dispatcher and a worker are there when it has."""
    clock.shift(span)
    look()
    work()


def test_a_task_runs_at_its_moments(town, clock):
    task = enabled_task(town, starts_at=NOW - 30 * MINUTE)
    for _ in range(3):
        go(clock, HOUR)
    assert ledger(task) == ["01 09:30 succeeded", "01 10:30 succeeded", "01 11:30 succeeded"]


def test_without_a_start_it_counts_from_its_creation(town, clock):
    task = enabled_task(town)
    go(clock, 59 * MINUTE)
    assert ledger(task) == []
    go(clock, MINUTE)
    assert ledger(task) == ["01 10:00 succeeded"]


def test_its_first_moment_after_a_creation_by_a_running_clock_is_one_interval_later(town):
    with time_machine.travel(NOW, tick=True):
        task = enabled_task(town)
    assert fresh(task).wake_at == task.created_at + HOUR


def test_enabling_does_not_fire_the_past(town, clock):
    task = enabled_task(town, starts_at=NOW, is_enabled=False)
    clock.shift(5 * HOUR + MINUTE)
    update_task(task.pk, {"is_enabled": True})
    go(clock, 30 * MINUTE)
    assert ledger(task) == ["01 10:00 to 01 14:00 disabled 5"]
    go(clock, HOUR)
    assert ledger(task)[1:] == ["01 15:00 succeeded"]


def test_off_and_on_again_within_an_interval_changes_nothing(town, clock):
    task = enabled_task(town, starts_at=NOW)
    clock.shift(20 * MINUTE)
    for is_enabled in (False, True):
        update_task(task.pk, {"is_enabled": is_enabled})
    go(clock, 40 * MINUTE)
    assert ledger(task) == ["01 10:00 succeeded"]


def test_another_start_makes_other_moments_from_now_on(town, clock):
    task = enabled_task(town, starts_at=NOW)
    go(clock, HOUR)
    update_task(task.pk, {"starts_at": NOW - DAY + 15 * MINUTE})
    go(clock, 14 * MINUTE)
    assert ledger(task) == ["01 10:00 succeeded"]
    go(clock, MINUTE)
    assert ledger(task)[1:] == ["01 10:15 succeeded"]


def test_a_start_in_the_future_holds_up_that_task_alone(town, clock):
    later, other = enabled_task(town, starts_at=NOW + 3 * HOUR), enabled_task(town, starts_at=NOW)
    for _ in range(3):
        go(clock, HOUR)
    assert ledger(later) == ["01 12:00 succeeded"]
    assert len(ledger(other)) == 3


def test_what_was_due_under_the_old_settings_is_told_before_they_change(town, clock):
    task = enabled_task(town, starts_at=NOW)
    clock.shift(3 * HOUR)
    sites.declare(["main"])
    update_task(task.pk, {"interval_seconds": 60})
    look()
    assert ledger(task) == ["01 10:00 to 01 11:00 misfire 2", "01 12:00 waiting"]


def test_after_the_end_nothing_is_due(town, clock):
    task = enabled_task(town, starts_at=NOW, stops_at=NOW + 2 * HOUR)
    go(clock, HOUR)
    go(clock, HOUR)
    assert ledger(task) == ["01 10:00 succeeded"]
    assert fresh(task).wake_at is None


# -- clocks -------------------------------------------------------------------------------------------------


def test_another_zone_moves_what_goes_by_the_local_clock(town, clock):
    january = {"interval_seconds": 86400, "starts_at": datetime(2026, 1, 15, 12, tzinfo=UTC)}
    local, steady = enabled_task(town, clock="local", **january), enabled_task(town, clock="utc", **january)
    assert [fresh(task).wake_at.hour for task in (local, steady)] == [11, 12]
    save_organization(town.changed(time_zone="Asia/Kolkata"))
    assert [fresh(task).wake_at.hour for task in (local, steady)] == [12, 12], "no summer time there"


def test_what_was_due_by_the_old_zone_is_told_before_it_changes(town, clock):
    january = datetime(2026, 1, 15, 8, tzinfo=UTC)
    task = enabled_task(town, clock="local", interval_seconds=86400, starts_at=january)
    # 9 o'clock in Paris is 7:00 UTC by now, and 8:00 UTC for who keeps no summer time.
    clock.shift(DAY)
    sites.declare(["main"])
    save_organization(town.changed(time_zone="Africa/Lagos"))
    look()
    assert ledger(task) == ["02 07:00 waiting"]
    work()
    go(clock, DAY)
    assert ledger(task)[1:] == ["03 08:00 succeeded"]


def test_working_hours_are_those_of_the_new_zone(town, clock):
    task = enabled_task(town, starts_at=NOW, schedule="work")
    clock.shift(2 * HOUR)
    sites.declare(["main"])
    save_organization(town.changed(time_zone="Pacific/Apia"))
    look()
    work()
    go(clock, HOUR)
    assert ledger(task) == [
        "01 10:00 to 01 10:00 misfire 1",
        "01 11:00 succeeded",
        "01 12:00 to 01 12:00 outside_schedule 1",
    ]


def test_a_local_task_stays_at_its_hour_when_the_clocks_change(town, clock):
    clock.move_to("2026-10-23T06:00:00Z")
    task = enabled_task(town, clock="local", interval_seconds=86400, starts_at=datetime(2026, 10, 23, 7, tzinfo=UTC))
    for _ in range(5 * 24):
        go(clock, HOUR)
    assert [line[:8] for line in ledger(task)] == ["23 07:00", "24 07:00", "25 08:00", "26 08:00", "27 08:00"]


# -- outages ------------------------------------------------------------------------------------------------


def test_what_was_missed_is_one_late_run_and_no_storm(town, clock):
    task = enabled_task(town, starts_at=NOW)
    clock.shift(10 * HOUR + 20 * MINUTE)
    look()
    assert ledger(task) == ["01 10:00 to 01 18:00 misfire 9", "01 19:00 waiting"]


def test_the_workers_that_were_there_before_everything_was_down_get_the_late_run(town, clock):
    task = enabled_task(town, starts_at=NOW)
    look("main")
    clock.shift(10 * HOUR)
    # A dispatcher is back before the first worker is.
    dispatch_due()
    assert ledger(task) == ["01 10:00 to 01 18:00 misfire 9", "01 19:00 waiting"]


def test_a_worker_that_is_away_while_dispatchers_work_gets_none(town, clock):
    task = enabled_task(town, starts_at=NOW)
    look("main")
    for _ in range(60):
        clock.shift(MINUTE / 2)
        dispatch_due()
        clock.shift(MINUTE / 2)
        dispatch_due()
    assert ledger(task) == ["01 10:00 to 01 10:00 site_away 1"]


def test_older_than_its_patience_is_skipped(town, clock):
    task = enabled_task(town, starts_at=NOW, misfire_seconds=600)
    clock.shift(10 * HOUR + 20 * MINUTE)
    look()
    assert ledger(task) == ["01 10:00 to 01 19:00 misfire 10"]
    go(clock, 40 * MINUTE)
    assert ledger(task)[1:] == ["01 20:00 succeeded"]


def test_an_hourly_task_runs_hourly_though_its_processes_restart_every_ten_seconds(town, clock):
    task = enabled_task(town, starts_at=NOW + 5 * MINUTE)
    for _ in range(390):
        clock.shift(timedelta(seconds=10))
        # All that a new process knows is in the database.
        look()
        work()
    assert ledger(task) == ["01 09:05 succeeded", "01 10:05 succeeded"]


# -- one at a time ------------------------------------------------------------------------------------------


def test_a_moment_is_skipped_while_a_run_is_active_where_runs_may_not_overlap(town, clock):
    alone, among_others = enabled_task(town, starts_at=NOW, overlap=False), enabled_task(town, starts_at=NOW)
    for _ in range(3):
        clock.shift(HOUR)
        look()
    assert ledger(alone) == ["01 10:00 waiting", "01 11:00 to 01 12:00 overlap 2"]
    assert len(ledger(among_others)) == 3
    work()
    go(clock, HOUR)
    assert ledger(alone)[2:] == ["01 13:00 succeeded"]


def test_outside_its_schedule_a_moment_is_skipped_and_not_put_off(town, clock):
    task = enabled_task(town, starts_at=NOW + 4 * HOUR, interval_seconds=3 * 3600, schedule="work")
    for _ in range(8):
        go(clock, 3 * HOUR)
    assert ledger(task) == ["01 13:00 succeeded", "01 16:00 to 02 04:00 outside_schedule 5", "02 07:00 succeeded"]


# -- whose it is --------------------------------------------------------------------------------------------


def test_nothing_runs_for_an_organization_that_is_not_active(town, clock):
    task = enabled_task(town, starts_at=NOW)
    save_organization(town.changed(is_active=False))
    go(clock, 2 * HOUR)
    assert ledger(task) == ["01 10:00 to 01 11:00 disabled 2"]
    save_organization(town.changed(is_active=True))
    go(clock, HOUR)
    assert ledger(task)[1:] == ["01 12:00 succeeded"]


def test_another_organizations_tasks_are_left_alone(town, clock):
    theirs = enabled_task(make_organization(time_zone="Europe/Paris"), clock="local", interval_seconds=86400)
    before = ServiceTask.objects.filter(pk=theirs.pk).values().get()
    enabled_task(town, starts_at=NOW)
    save_organization(town.changed(time_zone="Asia/Kolkata"))
    go(clock, HOUR)
    assert ServiceTask.objects.filter(pk=theirs.pk).values().get() == before


# -- the dispatcher itself ----------------------------------------------------------------------------------


def test_it_says_that_it_lives(town, clock):
    for seconds in (0, 1, 10):
        clock.shift(timedelta(seconds=seconds))
        dispatch_due()
    assert [beat.seen_at for beat in DispatcherBeat.objects.all()] == [timezone.now()]


def test_more_than_a_batch_is_due(town, clock):
    tasks = [enabled_task(town, starts_at=NOW) for _ in range(55)]
    clock.shift(HOUR)
    sites.declare(["main"])
    assert dispatch_due() == 55
    assert all(ledger(task) == ["01 10:00 waiting"] for task in tasks)
