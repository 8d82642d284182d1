"""Tasks that run once, late if need be [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core.errors import StateConflict
from core.organizations import save_organization
from scheduling.models import Workday
from svctasks.models import ServiceTask
from svctasks.services.by_hand import run_now
from svctasks.services.running import cancel_run
from svctasks.services.tasks import update_task
from tests.factories import make_organization
from tests.svctasks.works import fresh, ledger, look, register, single_task, work

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


def go(clock, span: timedelta, *names: str) -> None:
    clock.shift(span)
    look(*names)
    work()


def is_over(task: ServiceTask) -> bool:
    row = fresh(task)
    return row.is_spent and not row.is_enabled and row.wake_at is None


def test_it_runs_at_its_start_and_is_switched_off(town, clock):
    task = single_task(town, starts_at=NOW + HOUR)
    go(clock, 59 * MINUTE)
    assert ledger(task) == []
    go(clock, MINUTE)
    assert ledger(task) == ["01 10:00 succeeded"]
    assert is_over(task)
    go(clock, DAY)
    assert len(ledger(task)) == 1


def test_without_a_start_it_runs_at_once(town, clock):
    task = single_task(town)
    go(clock, MINUTE)
    assert ledger(task) == ["01 09:00 succeeded"]


def test_it_stays_on_until_its_run_ends(town, clock):
    task = single_task(town, starts_at=NOW)
    look()
    assert fresh(task).is_enabled
    work()
    assert is_over(task)


def test_one_that_is_enabled_late_runs_late(town, clock):
    task = single_task(town, starts_at=NOW, is_enabled=False)
    go(clock, 3 * DAY)
    assert ledger(task) == []
    update_task(task.pk, {"is_enabled": True})
    go(clock, MINUTE)
    assert ledger(task) == ["01 09:00 succeeded"]


def test_after_its_end_it_is_no_longer_run(town, clock):
    task = single_task(town, starts_at=NOW, stops_at=NOW + HOUR, is_enabled=False)
    clock.shift(HOUR)
    update_task(task.pk, {"is_enabled": True})
    look()
    assert ledger(task) == ["01 09:00 to 01 09:00 misfire 1"]
    assert is_over(task)


def test_one_that_has_run_is_armed_again_by_another_start_alone(town, clock):
    task = single_task(town, starts_at=NOW)
    go(clock, MINUTE)
    with pytest.raises(StateConflict):
        update_task(task.pk, {"is_enabled": True})
    update_task(task.pk, {"starts_at": NOW + HOUR, "is_enabled": True})
    go(clock, HOUR)
    assert ledger(task) == ["01 09:00 succeeded", "01 10:00 succeeded"]


def test_back_at_a_start_at_which_it_has_run_it_is_over(town, clock):
    task = single_task(town, starts_at=NOW)
    go(clock, MINUTE)
    update_task(task.pk, {"starts_at": NOW + DAY, "is_enabled": True})
    update_task(task.pk, {"starts_at": NOW})
    go(clock, MINUTE)
    assert ledger(task) == ["01 09:00 succeeded"]
    assert is_over(task)


def test_it_waits_for_a_site(town, clock):
    look("main")
    task = single_task(town, starts_at=NOW + HOUR, site_mode="listed", sites=["main"])
    go(clock, HOUR - MINUTE, "elsewhere")
    go(clock, 5 * MINUTE, "elsewhere")
    assert ledger(task) == []
    go(clock, MINUTE, "main")
    assert ledger(task) == ["01 10:00 succeeded"]


def test_it_waits_for_its_schedule(town, clock):
    task = single_task(town, starts_at=NOW + 8 * HOUR, schedule="work")
    for _ in range(21):
        go(clock, HOUR)
    assert ledger(task) == []
    assert fresh(task).is_enabled
    go(clock, HOUR)
    assert ledger(task) == ["01 17:00 succeeded"], "at 9:00 of the next day"
    assert task.runs.get().created_at == NOW + DAY - 2 * HOUR


def test_hours_that_change_while_it_waits_are_seen(town, clock):
    task = single_task(town, starts_at=NOW + 8 * HOUR, schedule="work")
    go(clock, 8 * HOUR)
    own = {"kind": "own_hours", "periods": [{"start": 20 * 60, "stop": 21 * 60}]}
    Workday.objects.create(organization=town, day="2026-06-01", **own)
    go(clock, HOUR)
    assert ledger(task) == ["01 17:00 succeeded"]


def test_it_waits_for_its_organization(town, clock):
    save_organization(town.changed(is_active=False))
    task = single_task(town, starts_at=NOW)
    go(clock, HOUR)
    assert ledger(task) == []
    save_organization(town.changed(is_active=True))
    go(clock, MINUTE)
    assert ledger(task) == ["01 09:00 succeeded"]


def test_it_waits_for_a_run_of_its_own_that_is_still_active(town, clock):
    task = single_task(town, starts_at=NOW + HOUR, overlap=False)
    look()
    run_now(task.pk)
    clock.shift(HOUR)
    look()
    assert ledger(task) == ["01 09:00 waiting"]
    work()
    go(clock, MINUTE)
    assert ledger(task) == ["01 09:00 succeeded", "01 10:00 succeeded"]
    assert is_over(task)


def test_one_whose_run_was_cancelled_is_over(town, clock):
    task = single_task(town, starts_at=NOW)
    look()
    cancel_run(task.runs.get().pk)
    assert ledger(task) == ["01 09:00 cancelled"]
    assert is_over(task)


def test_an_earlier_start_that_is_missed_as_well_is_a_row_of_its_own(town, clock):
    task = single_task(town, starts_at=NOW + HOUR, stops_at=NOW + 2 * HOUR)
    go(clock, 3 * HOUR)
    for earlier in (NOW - HOUR, NOW + HOUR):
        update_task(task.pk, {"is_enabled": True, "starts_at": earlier})
        go(clock, MINUTE)
    assert ledger(task) == ["01 08:00 to 01 08:00 misfire 1", "01 10:00 to 01 10:00 misfire 1"]
