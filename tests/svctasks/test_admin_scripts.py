"""Scripts, worker sites and what is told on every page, in the back office."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from core.crypto import decrypt
from core.models import Role, User
from svctasks.models import DispatcherBeat, ServiceScript, WorkerSite
from tests.back_office import PASSWORD, browser, errors_of, messages_of, organization, person, press, url
from tests.svctask_factories import make_script, make_site, make_task
from tests.svctasks.desk import SCRIPT, SITE, Desk

pytestmark = pytest.mark.django_db
CALL = {"name": "Call", "code": "call", "handler": "call_url", "timeout_seconds": "60"}


@pytest.fixture
def desk(settings):
    settings.OUTBOUND_HOSTS = ["dialer.example.org"]
    return Desk()


def shown_secret(page) -> str:
    return "".join(re.findall(r"whsec_[A-Za-z0-9+/=]+", page.content.decode()))


# -- scripts ------------------------------------------------------------------------------------------------


def test_a_script_names_a_handler_and_its_parameters(desk):
    page = desk.client.get(url(SCRIPT, "add"))
    assert "Deletes what is expired or past its retention" in page.content.decode()
    values = {"name": "Log-ins", "code": "logins", "handler": "run_command", "params": '{"command": "clearsessions"}'}
    assert desk.add(SCRIPT, **values).status_code == 302
    script = ServiceScript.objects.get(code="logins")
    assert (script.handler, script.params, bytes(script.secret)) == ("run_command", {"command": "clearsessions"}, b"")
    assert "New secret" not in desk.page(script)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"handler": "run_command", "params": '{"command": "flush"}'}, "params"),
        ({"handler": "run_command", "params": "{"}, "params"),
        ({"handler": "run_command", "params": "[]"}, "params"),
        ({"handler": "nothing", "params": "{}"}, "handler"),
        ({"handler": "purge_archived", "params": "{}", "code": "nightly"}, "__all__"),
        ({"handler": "purge_archived", "params": "{}", "timeout_seconds": "0"}, "timeout_seconds"),
    ],
)
def test_what_a_handler_cannot_do_is_refused_at_its_field(desk, values, field):
    page = desk.add(SCRIPT, **{"name": "A", "code": "a", **values})
    assert field in errors_of(page)
    assert list(ServiceScript.objects.values_list("code", flat=True)) == ["nightly"]


@pytest.mark.parametrize(
    "body",
    [
        "NaN",
        "1e400",
        "1e300",
        "9" * 30,
        "9" * 5000,
        r'"\u0000"',
        r'"\ud800"',
        "[" * 40 + "]" * 40,
        "[" * 3000 + "]" * 3000,
    ],
    ids=["NaN", "infinite", "huge", "past 64 bits", "endless", "NUL", "half a character", "deep", "endlessly deep"],
)
def test_parameters_that_the_api_could_not_show_are_refused_and_come_back_as_written(desk, body):
    params = f'{{"url": "https://dialer.example.org/", "body": {{"a": {body}}}}}'
    page = desk.add(SCRIPT, **CALL, params=params)
    assert page.status_code == 200
    assert list(errors_of(page)) == ["params"]
    assert params in unescape(page.content.decode())
    assert not ServiceScript.objects.filter(code="call").exists()


def test_the_secret_is_shown_once_and_kept_encrypted(desk):
    page = desk.client.post(
        url(SCRIPT, "add"), {**CALL, "params": '{"url": "https://dialer.example.org/"}'}, follow=True
    )
    secret = shown_secret(page)
    script = ServiceScript.objects.get(code="call")
    assert secret.startswith("whsec_")
    assert decrypt(bytes(script.secret))
    assert "no-store" in page["Cache-Control"]
    assert shown_secret(desk.client.get(url(SCRIPT, "secret", script.pk))) == ""
    assert secret not in desk.page(script)


def test_a_new_secret_ends_the_old_one(desk):
    script = make_script(desk.town, handler="call_url", params={"url": "https://dialer.example.org/"})
    desk.save(script, name="Other")
    script.refresh_from_db()
    old = bytes(script.secret)
    assert old
    assert url(SCRIPT, "renew", script.pk) in desk.page(script)
    page = desk.client.post(url(SCRIPT, "renew", script.pk), follow=True)
    assert shown_secret(page).startswith("whsec_")
    script.refresh_from_db()
    assert bytes(script.secret) != old


def test_who_may_not_change_a_script_sees_no_secret(desk):
    script = make_script(desk.town, handler="call_url", secret=b"x")
    for page in ("secret", "renew"):
        assert desk.reader.get(url(SCRIPT, page, script.pk)).status_code == 403
        assert desk.reader.post(url(SCRIPT, page, script.pk)).status_code == 403
    other = make_script(organization("Lyon"), handler="call_url", secret=b"x")
    assert desk.client.post(url(SCRIPT, "renew", other.pk)).status_code == 404
    assert desk.client.get(url(SCRIPT, "renew", desk.script.pk)).status_code == 404
    assert "call_url" in desk.page(script, desk.reader)
    assert "_save" not in desk.page(script, desk.reader)


def test_what_came_with_the_product_keeps_its_handler_and_stays(desk):
    script = make_script(desk.town, "dialByCallList", handler="dial_by_call_list", is_system=True)
    form = desk.client.get(url(SCRIPT, "change", script.pk)).context["adminform"].form
    assert not {"code", "handler"} & set(form.fields)
    saved = desk.client.post(
        url(SCRIPT, "change", script.pk),
        {"name": "Dial", "params": '{"url": "https://dialer.example.org/"}', "timeout_seconds": "30", "version": "1"},
        follow=True,
    )
    assert shown_secret(saved)
    script.refresh_from_db()
    assert script.params == {"url": "https://dialer.example.org/"}
    assert desk.client.post(url(SCRIPT, "delete", script.pk), {"post": "yes"}).status_code == 403


def test_a_script_that_a_task_runs_is_not_deleted(desk):
    make_task(desk.town, desk.script)
    page = press(desk.client, SCRIPT, desk.script.pk, "delete")
    assert "A service task runs this script" in page.content.decode() or "protected" in page.content.decode()
    assert ServiceScript.objects.filter(pk=desk.script.pk).exists()


# -- worker sites -------------------------------------------------------------------------------------------


@pytest.fixture
def root():
    return browser(User.objects.create_superuser("root", PASSWORD, email="root@example.org"))


def test_a_site_that_is_away_is_forgotten_by_a_superuser_alone(desk, root):
    away = make_site("north", seen_at=timezone.now() - timedelta(hours=1))
    assert "Away" in desk.page(away)
    assert "There" in desk.page(desk.site)
    ada = browser(person("ada", Role.ADMINISTRATOR, desk.town))
    for client in (ada, desk.client):
        assert desk.buttons(away, client) == []
        assert client.post(url(SITE, "do", away.pk, "forget")).status_code == 403
    assert desk.buttons(desk.site, root) == []
    assert "its workers are there" in messages_of(root.post(url(SITE, "do", desk.site.pk, "forget"), follow=True))
    page = root.post(url(SITE, "do", away.pk, "forget"), follow=True)
    assert "Forget: 1 done" in messages_of(page)
    assert list(WorkerSite.objects.values_list("name", flat=True)) == ["main"]


# -- on every page ------------------------------------------------------------------------------------------


def test_a_silent_dispatcher_is_told_on_every_page(desk):
    told = "Nothing starts the service tasks"
    DispatcherBeat.objects.create(pk=1, seen_at=timezone.now())
    assert told not in desk.client.get("/admin/").content.decode()
    DispatcherBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    for address in ("/admin/", url("scheduling_close", "changelist"), url(SCRIPT, "add")):
        assert told in desk.client.get(address).content.decode()
    assert told not in desk.client.get("/admin/login/").content.decode()


def test_where_there_never_was_one_it_is_told_once_a_task_waits_for_it(desk):
    told = "Nothing starts the service tasks"
    assert told not in desk.client.get("/admin/").content.decode()
    task = make_task(desk.town, desk.script, is_enabled=True)
    assert told not in desk.client.get("/admin/").content.decode()
    type(task).objects.update(wake_at=timezone.now() - timedelta(minutes=2))
    assert told in desk.client.get("/admin/").content.decode()
