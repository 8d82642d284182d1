"""What the doctor and /readyz say of the service tasks."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.crypto import encrypt
from core.organizations import save_organization
from svctasks.models import DispatcherBeat, ServiceScript, ServiceTask, WorkerSite
from svctasks.services import leaving, sites
from svctasks.services.dispatching import dispatch_due
from svctasks.services.shipping import ship
from svctasks.services.tasks import pause_task, update_task
from tests.api import Caller
from tests.core.examining import as_it_is, examine, healthy_organization, only_finding, stand_alone
from tests.svctask_factories import make_script
from tests.svctasks.works import enabled_task, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    stand_alone(settings, tmp_path)


@pytest.fixture
def town():
    return healthy_organization()


def ago(span: timedelta) -> None:
    DispatcherBeat.objects.update_or_create(pk=1, defaults={"seen_at": timezone.now() - span})


def readiness() -> tuple[str, dict]:
    answer = Caller().get("/readyz").json()
    return answer["status"], answer["checks"]["dispatcher"]


def test_all_is_well_with_a_dispatcher_at_work(town):
    dispatch_due()
    assert examine() == (0, [])
    status, part = readiness()
    assert (status, part["ok"]) == ("ok", True)
    assert part["detail"].startswith("last look: ")


def test_a_fresh_installation_is_not_yet_at_work_and_well(town):
    assert examine() == (0, [])
    assert readiness()[1]["detail"] == "not yet"


def test_a_dispatcher_that_stopped(town):
    ago(61 * timedelta(seconds=1))
    since = re.search(r"for (\d+) s", only_finding("dispatcher", "error")["what"])
    assert since
    assert int(since[1]) >= 61
    status, part = readiness()
    assert (status, part["ok"]) == ("degraded", False)
    ago(30 * timedelta(seconds=1))
    assert examine() == (0, [])


def test_tasks_that_wait_for_a_dispatcher_that_never_was(town):
    ServiceTask.objects.update(wake_at=timezone.now() - 2 * MINUTE)
    assert "ever" in only_finding("dispatcher", "error")["what"]
    assert readiness()[0] == "degraded"


def test_a_system_task_that_is_off(town):
    task = ServiceTask.objects.get(script__code="cleardata")
    pause_task(task.pk, "while we look into it")
    assert f"(id {task.pk})" in only_finding("system_tasks", "warning")["what"]
    save_organization(town.changed(is_active=False))
    assert examine() == (0, [])


def test_an_organization_without_its_scripts(town):
    ServiceTask.objects.filter(script__code="cleardata").delete()
    ServiceScript.objects.filter(code="cleardata").delete()
    code, [finding] = as_it_is()
    assert (code, finding["check"]) == (1, "shipped_scripts")
    assert f"(id {town.pk})" in finding["what"]
    ship(town)
    assert as_it_is() == (0, [])


def test_a_task_that_cannot_be_handled(town):
    register()
    task = enabled_task(town)
    ServiceTask.objects.filter(pk=task.pk).update(problem="TypeError: no list")
    assert f"(id {task.pk})" in only_finding("service_task_problems", "error")["what"]


@pytest.mark.parametrize(("mode", "is_ill"), [("listed", True), ("any_listed", False), ("any", False)])
def test_a_site_away_that_a_task_needs(town, mode, is_ill):
    ServiceTask.objects.update(is_system=True)
    register()
    sites.declare(["north", "south"])
    task = enabled_task(town, site_mode=mode, sites=["north", "south"])
    assert examine() == (0, [])
    WorkerSite.objects.filter(name="south").update(seen_at=timezone.now() - 10 * MINUTE)
    if is_ill:
        assert f"(id {task.pk})" in only_finding("worker_sites", "warning")["what"]
        update_task(task.pk, {"is_enabled": False})
    assert examine() == (0, [])


def test_a_site_that_is_gone_where_tasks_of_all_sites_run(town):
    register()
    enabled_task(town, site_mode="all")
    sites.declare(["old"])
    WorkerSite.objects.update(seen_at=timezone.now() - 10 * MINUTE)
    assert "no worker serves old" in only_finding("worker_sites", "warning")["what"]
    leaving.forget("old")
    assert examine() == (0, [])


def test_a_script_whose_secret_no_present_key_decrypts(town, settings):
    script = make_script(town, secret=encrypt(b"32 bytes"))
    assert examine() == (0, [])
    settings.ENCRYPTION_KEYS = ["another key"]
    assert f"(id {script.pk})" in only_finding("script_secrets", "error")["what"]
