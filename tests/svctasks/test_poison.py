"""Rows that cannot be handled: they stop no other, and tell why [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core.errors import Busy
from core.locks import BUSY
from svctasks.models import ServiceTask
from svctasks.services import dispatching, sites
from svctasks.services.dispatching import POISON_REST
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


@pytest.mark.parametrize(
    "nonsense",
    [
        {"schedule": "individual", "periods": ["Monday"]},
        {"clock": "local", "interval_seconds": 5},
        {"interval_seconds": 0},
        {"sites": 7, "site_mode": "listed"},
    ],
    ids=["periods", "part of a day", "no interval", "sites"],
)
def test_a_row_that_cannot_be_read_stops_no_other_and_tells_its_problem(town, clock, nonsense):
    poison, healthy = enabled_task(town, starts_at=NOW), [enabled_task(town, starts_at=NOW) for _ in range(3)]
    ServiceTask.objects.filter(pk=poison.pk).update(wake_at=NOW + MINUTE, **nonsense)
    go(clock, HOUR)
    assert [ledger(task) for task in healthy] == [["01 10:00 succeeded"]] * 3
    assert fresh(poison).problem.split(":")[0] in ("TypeError", "ZeroDivisionError")
    assert fresh(poison).wake_at == NOW + HOUR + POISON_REST
    update_task(
        poison.pk,
        {
            "schedule": "always",
            "periods": [],
            "clock": "utc",
            "interval_seconds": 1800,
            "sites": [],
            "site_mode": "all",
        },
    )
    assert fresh(poison).problem == ""
    go(clock, HOUR)
    assert fresh(poison).problem == ""
    assert ledger(poison)[-1] == "01 11:00 succeeded"


def test_one_that_mends_itself_is_looked_at_again(town, clock):
    poison = enabled_task(town, starts_at=NOW)
    ServiceTask.objects.filter(pk=poison.pk).update(interval_seconds=0)
    go(clock, HOUR)
    ServiceTask.objects.filter(pk=poison.pk).update(interval_seconds=3600)
    go(clock, POISON_REST)
    assert (fresh(poison).problem, ledger(poison)) == ("", ["01 10:00 succeeded"])


def test_an_organization_in_an_unknown_zone_stops_no_other(town, clock):
    lost = make_organization(time_zone="Europe/Atlantis")
    ServiceTask.objects.filter(pk=enabled_task(lost, starts_at=NOW, interval_seconds=60).pk).update(clock="local")
    task = enabled_task(town, starts_at=NOW)
    go(clock, HOUR)
    assert ledger(task) == ["01 10:00 succeeded"]


def test_a_task_that_meets_a_lock_has_no_problem_and_runs_in_the_next_round(town, clock, monkeypatch):
    task, advance = enabled_task(town, starts_at=NOW), dispatching.advance

    def meets_a_lock(*about):
        raise Busy(BUSY)

    monkeypatch.setattr(dispatching, "advance", meets_a_lock)
    clock.shift(HOUR)
    sites.declare(["main"])
    dispatching.dispatch_due(0)
    assert (fresh(task).problem, fresh(task).wake_at) == ("", NOW + HOUR)
    monkeypatch.setattr(dispatching, "advance", advance)
    dispatching.dispatch_due(0)
    assert ledger(task) == ["01 10:00 waiting"]
