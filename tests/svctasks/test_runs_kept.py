"""How long the ledger tells of runs, and what every organization comes with."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.models import Organization
from core.organizations import save_organization
from svctasks.models import ServiceRun, ServiceScript, ServiceTask
from svctasks.services.shipping import ship
from svctasks.services.tasks import update_task
from tests.core.purging import purge, purge_twice
from tests.factories import make_organization
from tests.scripts import run_script
from tests.svctask_factories import make_run, make_skips, make_task

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return timezone.now() - days * DAY


def kept(task: ServiceTask) -> list[int]:
    """How many days ago the task's rows were written."""
    return sorted((timezone.now() - row.created_at).days for row in task.runs.all())


def runs_of(organization: Organization, *days: int, is_system: bool = False, **values) -> ServiceTask:
    task = make_task(organization, is_system=is_system)
    for number in days:
        make_run(task, ago(number), created_at=ago(number), **values)
    return task


def test_what_ended_is_told_of_for_ninety_days():
    town = make_organization()
    task, failed = runs_of(town, 1, 89, 91), runs_of(town, 5, 91, is_system=True, state="failed")
    purge_twice(service_runs=2)
    assert (kept(task), kept(failed)) == ([1, 89], [5])


def test_successes_of_shipped_tasks_for_three():
    task = runs_of(make_organization(), 1, 2, 4, 91, is_system=True)
    purge_twice(routine_service_runs=2)
    assert kept(task) == [1, 2]


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_what_goes_on_is_kept(state):
    task = runs_of(make_organization(), 100, state=state)
    purge()
    assert kept(task) == [100]


def test_skips_in_a_row_are_kept_as_long_as_the_last_of_them():
    task = make_task(make_organization())
    make_skips(task, "disabled", ago(200), 24, created_at=ago(200))
    growing = make_skips(task, "disabled", ago(150), 24 * 149, created_at=ago(150))
    purge_twice(service_runs=1)
    assert [row.pk for row in task.runs.all()] == [growing.pk]


def test_an_organizations_cleaning_leaves_the_runs_of_others():
    mine, theirs = runs_of(make_organization(), 91), runs_of(make_organization(), 91)
    assert run_script("purge_archived", mine.organization)["service_runs"] == 1
    assert (kept(mine), kept(theirs)) == ([], [91])


# -- what is shipped ----------------------------------------------------------------------------------------


def test_a_new_organization_has_every_script_and_a_task_for_each_periodic_need():
    town = save_organization(Organization(name="Town", time_zone="Europe/Paris"))
    tasks = ServiceTask.objects.filter(organization=town)
    assert {"cleardata", "dialByCallList", "expireCloses"} <= set(
        ServiceScript.objects.filter(organization=town).values_list("code", flat=True)
    )
    every = {task.script.code: task.interval_seconds for task in tasks}
    assert (every["cleardata"], every["expireCloses"]) == (86400, 60)
    assert all(task.is_enabled and task.is_system and task.wake_at > timezone.now() for task in tasks)


def test_the_daily_cleaning_is_at_three_in_the_night_there():
    town = save_organization(Organization(name="Town", time_zone="Asia/Kolkata"))
    cleaning = ServiceTask.objects.get(organization=town, script__code="cleardata")
    assert f"{cleaning.wake_at.astimezone(town.zone):%H:%M}" == "03:00"


def test_what_people_made_of_them_stays_so_at_the_next_release():
    town = save_organization(Organization(name="Town", time_zone="Europe/Paris"))
    task = ServiceTask.objects.get(organization=town, script__code="expireCloses")
    update_task(task.pk, {"is_enabled": False, "interval_seconds": 7200})
    assert ship(town) == 0
    task.refresh_from_db()
    assert (task.is_enabled, task.interval_seconds) == (False, 7200)
    ServiceTask.objects.filter(script__code="cleardata").delete()
    ServiceScript.objects.filter(code="cleardata").delete()
    assert ship(town) == 1


def test_it_counts_from_when_it_came():
    town = save_organization(Organization(name="Town", time_zone="Europe/Paris"))
    counted = ServiceTask.objects.filter(organization=town).values_list("counted_until", flat=True)
    assert min(counted) > datetime.now(UTC) - DAY
    assert not ServiceRun.objects.exists()
