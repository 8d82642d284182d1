"""What the product's generic handlers do, each in a run of its own, and what they refuse when a script is saved."""

import base64
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from standardwebhooks import Webhook

from core import mail
from core.models import OutboxMessage
from svctasks import runner
from svctasks.models import RunState, ServiceRun, ServiceScript
from svctasks.services import scripts, sites
from svctasks.services.by_hand import run_now
from svctasks.services.shipping import ship
from svctasks.services.tasks import create_task
from tests.appointment_factories import make_appointment, make_calendar, make_customer, make_group, make_service
from tests.dns import hosts
from tests.factories import make_organization
from tests.receiver import Receiver, answer

pytestmark = pytest.mark.django_db
# Sunday; the clocks of Paris went forward that night.
NOW = datetime(2026, 3, 29, 9, tzinfo=UTC)
MESSAGE = {"to": "boss@example.org", "subject": "Week's end", "text": "Lock the <door>.\n\nThank you."}


@pytest.fixture
def place():
    sites.declare(["main"])
    return make_organization(name="Practice")


@pytest.fixture
def dialer(settings):
    settings.OUTBOUND_HOSTS = settings.OUTBOUND_PRIVATE_HOSTS = ["dialer.test"]
    with hosts({"dialer.test": [["127.0.0.1"]]}), Receiver() as server:
        yield server


def script_of(place, handler: str, **params) -> tuple[ServiceScript, str]:
    values = {"code": handler, "name": handler, "handler": handler, "params": params}
    return scripts.create_script(place, values)


def run_of(script: ServiceScript) -> ServiceRun:
    """A run of it that a worker saw through."""
    task = create_task(script.organization, {"name": script.code, "script": script})
    [run] = run_now(task.pk)
    runner.execute(run.pk, "worker", door="celery")
    run.refresh_from_db()
    return run


# -- call_url -----------------------------------------------------------------------------------------------


def test_a_script_posts_its_body_and_the_receiver_verifies_it_with_the_secret_that_was_shown(place, dialer):
    script, secret = script_of(place, "call_url", url=f"http://dialer.test:{dialer.port}/go", body={"do": ["this"]})
    run = run_of(script)
    assert (run.state, run.result) == (RunState.SUCCEEDED, {"status": 200, "answer": "ok"})
    [call] = dialer.received
    assert Webhook(secret).verify(call.body, call.headers) == {"do": ["this"]}
    assert call.headers["webhook-id"] == str(run.public_id)


def test_after_a_new_secret_the_old_one_verifies_no_more(place, dialer):
    script, old = script_of(place, "call_url", url=f"http://dialer.test:{dialer.port}/")
    new = scripts.renew_secret(script.pk)
    script.refresh_from_db()
    run_of(script)
    [call] = dialer.received
    assert Webhook(new).verify(call.body, call.headers) == {}
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(old).verify(call.body, call.headers)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_answer_that_is_no_success_fails_the_run(place, dialer, status):
    dialer.reply = lambda handler: answer(handler, status, b"secret page", Location="http://127.0.0.1/")
    script, _secret = script_of(place, "call_url", url=f"http://dialer.test:{dialer.port}/hidden")
    run = run_of(script)
    assert (run.state, run.error) == (RunState.FAILED, f"CallFailed: dialer.test answered {status}")


def test_a_host_that_is_allowed_no_more_fails_the_run(place, dialer, settings):
    script, _secret = script_of(place, "call_url", url=f"http://dialer.test:{dialer.port}/hidden")
    settings.OUTBOUND_HOSTS = []
    run = run_of(script)
    assert run.state == RunState.FAILED
    assert "dialer.test is not among the hosts that may be called" in run.error
    assert "hidden" not in run.error
    assert dialer.received == []


def test_a_private_address_that_is_not_listed_as_such_fails_the_run(place, dialer, settings):
    settings.OUTBOUND_PRIVATE_HOSTS = []
    script, _secret = script_of(place, "call_url", url=f"http://dialer.test:{dialer.port}/")
    run = run_of(script)
    assert (run.state, run.error) == (
        RunState.FAILED,
        "CallFailed: dialer.test has an address that may not be called",
    )
    assert dialer.received == []


# -- send_message -------------------------------------------------------------------------------------------


def test_a_script_sends_a_message(place):
    script, secret = script_of(place, "send_message", **MESSAGE)
    assert (secret, run_of(script).result) == ("", {"queued": 1})
    mail.drain()
    [sent] = django_mail.outbox
    assert (sent.to, sent.subject) == (["boss@example.org"], "Week's end")
    assert sent.body == "Lock the <door>.\n\nThank you.\n\nPractice\n"
    html = sent.alternatives[0][0]
    assert "<p>Lock the &lt;door&gt;.</p>" in html


def test_a_run_that_comes_again_sends_no_second_message(place):
    script, _secret = script_of(place, "send_message", **MESSAGE)
    run = run_of(script)
    ServiceRun.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    runner.execute(run.pk, "another worker", door="celery")
    run.refresh_from_db()
    assert (run.attempt, run.state, run.result) == (2, RunState.SUCCEEDED, {"queued": 0})
    assert OutboxMessage.objects.count() == 1


def test_the_message_says_what_the_script_said_when_it_ran(place):
    script, _secret = script_of(place, "send_message", **MESSAGE)
    run_of(script)
    scripts.update_script(script.pk, {"params": {**MESSAGE, "subject": "Later"}})
    mail.drain()
    assert [one.subject for one in django_mail.outbox] == ["Week's end"]


# -- run_command --------------------------------------------------------------------------------------------


def test_a_script_runs_a_maintenance_command_and_tells_its_output_to_the_server_alone(place, caplog):
    Session.objects.create(session_key="old", session_data="", expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    script, _secret = script_of(place, "run_command", command="clearsessions")
    run = run_of(script)
    assert (run.state, run.result, run.log) == (RunState.SUCCEEDED, {"command": "clearsessions"}, "")
    assert not Session.objects.exists()
    caplog.set_level("INFO", "dutyboard.svctasks")
    script.params = {"command": "send_outbox"}
    script.code = "another"
    script.save()
    assert run_of(script).state == RunState.SUCCEEDED
    assert "send_outbox: 0 sent" in caplog.text


def test_a_command_that_finds_something_wrong_fails_the_run(place, monkeypatch):
    monkeypatch.setattr("core.doctor._set_up", {"broken": lambda: 1 / 0})
    script, _secret = script_of(place, "run_command", command="doctor")
    run = run_of(script)
    assert run.state == RunState.FAILED
    assert run.error == "CommandError: doctor found something wrong; the server's log has it"


# -- what a script may not say ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("handler", "params"),
    [
        *(("call_url", {}), ("call_url", {"url": "http://other.test/"}), ("call_url", {"url": 5})),
        ("call_url", {"url": "http://dialer.test/", "headers": {}}),
        *(("send_message", {}), ("send_message", {**MESSAGE, "to": "nobody"}), ("send_message", {**MESSAGE, "to": []})),
        *(
            ("send_message", {**MESSAGE, "subject": "a\nBcc: b@example.org"}),
            ("send_message", {**MESSAGE, "text": " "}),
        ),
        *(("send_message", {**MESSAGE, "text": "x" * 20_001}), ("send_message", {**MESSAGE, "cc": "c@example.org"})),
        *(("run_command", {}), ("run_command", {"command": "flush"}), ("run_command", {"command": ["purge"]})),
        *(("run_command", {"command": "purge --dry-run"}), ("run_command", {"command": "purge", "args": []})),
        *(("dial_by_call_list", {}), ("dial_by_call_list", {"url": "http://127.0.0.1/"})),
        ("dial_by_call_list", {"url": "http://dialer.test/", "body": {}}),
    ],
)
def test_parameters_that_a_handler_cannot_use_are_refused_when_the_script_is_saved(place, settings, handler, params):
    settings.OUTBOUND_HOSTS = ["dialer.test"]
    with pytest.raises(ValidationError) as refused:
        script_of(place, handler, **params)
    assert list(refused.value.message_dict) == ["params"]
    assert not ServiceScript.objects.filter(organization=place, code=handler).exists()


# -- dialByCallList -----------------------------------------------------------------------------------------


@pytest.fixture
def practice(dialer):
    """The shipped script, with the dialer's address; Monday's appointments are tomorrow's."""
    with time_machine.travel(NOW, tick=False):
        sites.declare(["main"])
        group = make_group()
        room, consultation = make_calendar(group, name="Room 1"), make_service(group, length=30)
        anne = make_customer(group, firstphone="+33 1 02 03 04 05")
        yield group, room, consultation, anne


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def dial(group, dialer) -> tuple[ServiceRun, dict, str]:
    ship(group)
    script = ServiceScript.objects.get(organization=group, code="dialByCallList")
    script, secret = scripts.update_script(script.pk, {"params": {"url": f"http://dialer.test:{dialer.port}/"}})
    run = run_of(script)
    [call] = dialer.received
    return run, Webhook(secret).verify(call.body, call.headers), secret


def test_the_dialer_is_told_of_tomorrow_as_the_organization_has_it(practice, dialer):
    group, room, consultation, anne = practice
    # Tomorrow in Paris, in summer time: from Sunday 22:00 UTC to Monday 22:00 UTC.
    first = make_appointment(room, anne, consultation, start=at(29, 22))
    last = make_appointment(room, anne, consultation, start=at(30, 21, 59), state="pending")
    for start in (at(29, 21, 59), at(30, 22), at(29, 10), at(31, 10)):
        make_appointment(room, anne, consultation, start=start)
    run, told, secret = dial(group, dialer)
    assert told == {
        "organizationId": group.pk,
        "organization": "Practice",
        "date": "2026-03-30",
        "timeZone": "Europe/Paris",
        "appointments": [
            {
                "id": first.pk,
                "start": "2026-03-29T22:00:00Z",
                "end": "2026-03-29T22:30:00Z",
                "calendar": "Room 1",
                "state": "in_progress",
                "customer": {"name": "Anne Durand", "phone": "+33 1 02 03 04 05"},
            },
            {
                "id": last.pk,
                "start": "2026-03-30T21:59:00Z",
                "end": "2026-03-30T22:29:00Z",
                "calendar": "Room 1",
                "state": "pending",
                "customer": {"name": "Anne Durand", "phone": "+33 1 02 03 04 05"},
            },
        ],
    }
    assert run.result == {"appointments": 2, "status": 200}
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32


def test_only_appointments_of_the_organization_that_stand_are_told(practice, dialer):
    group, room, consultation, anne = practice
    monday = {"start": at(30, 8)}
    make_appointment(room, anne, consultation, **monday, is_deleted=True)
    make_appointment(room, anne, consultation, **monday, state="came")
    make_appointment(room, anne, consultation, **monday, state="not_came")
    other = make_group("Another practice")
    make_appointment(make_calendar(other), make_customer(other), make_service(other), **monday)
    run, told, _secret = dial(group, dialer)
    assert told["appointments"] == []
    assert run.state == RunState.SUCCEEDED
