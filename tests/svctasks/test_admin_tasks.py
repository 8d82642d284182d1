"""Service tasks in the back office: the list, the form in words, the buttons, what the page tells."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from svctasks.models import RunState, ServiceRun, ServiceTask, SkipReason
from tests.back_office import errors_of, messages_of, organization, url
from tests.svctask_factories import make_run, make_site, make_skips, make_task
from tests.svctasks.desk import RUN, TASK, Desk, execute

pytestmark = pytest.mark.django_db
SUNDAY_NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture
def desk():
    return Desk()


# -- the list -----------------------------------------------------------------------------------------------


def test_the_list_says_in_which_state_each_is_and_why(desk):
    desk.task(name="A", is_enabled=True)
    desk.task(name="B")
    desk.task(name="C", pause_note="The dialer is away")
    desk.task(name="D", is_regular=False, is_spent=True)
    desk.task(name="E", is_enabled=True, problem="KeyError: 'start'")
    states = desk.cells(TASK, "state")
    assert [text.split(">")[1].split("<")[0] for text in states] == ["Enabled", "Disabled", "Paused", "Done", "Problem"]
    assert "The dialer is away" in states[2]
    assert "KeyError" in states[4]


def test_how_often_each_runs_is_said_in_words(desk):
    monday = desk.at("2026-11-23 07:30")
    desk.task(name="A", interval_seconds=60)
    desk.task(name="B", interval_seconds=5400)
    desk.task(name="C", interval_seconds=86400, clock="local", starts_at=desk.at("2026-11-01 03:00"))
    desk.task(name="D", interval_seconds=604800, clock="local", starts_at=monday)
    desk.task(name="E", is_regular=False)
    assert desk.cells(TASK, "often_text") == [
        "every minute",
        "every 1 hour 30 minutes",
        "every day at 03:00",
        "every week, Monday at 07:30",
        "once",
    ]


@time_machine.travel(SUNDAY_NOON, tick=False)
def test_the_next_run_is_on_the_organizations_clock_and_within_the_tasks_own_week(desk):
    desk.task(name="A", is_enabled=True)
    own = {"schedule": "individual", "periods": [{"start": 9 * 60, "stop": 10 * 60}]}
    desk.task(name="B", is_enabled=True, **own)
    desk.task(name="C", is_enabled=True, schedule="work")
    desk.task(name="D")
    found = desk.cells(TASK, "next_run")
    assert found[0] == "22 Nov 13:00"
    assert found[1] == "23 Nov 09:00"
    assert "if within working hours" in found[2]
    assert found[3] == "–"


def test_the_last_result_leads_to_its_run(desk):
    task = desk.task()
    make_run(task, desk.at("2026-11-20 09:00"))
    last = make_run(task, desk.at("2026-11-21 09:00"), state="failed")
    (text,) = desk.cells(TASK, "last_result")
    assert "Failed" in text
    assert url(RUN, "change", last.pk) in text


@time_machine.travel(SUNDAY_NOON, tick=False)
def test_the_last_result_of_moments_skipped_alike_is_that_of_the_last_one(desk):
    task = desk.task(interval_seconds=3600)
    make_run(task, desk.at("2026-11-20 08:00"))
    make_skips(task, SkipReason.OUTSIDE_SCHEDULE, desk.at("2026-11-20 09:00"), 27)
    (text,) = desk.cells(TASK, "last_result")
    assert "Skipped" in text
    assert "21 Nov 11:00" in text


def test_quick_filters_find_what_is_off_and_what_fails(desk):
    on, off, failing = desk.task(name="A", is_enabled=True), desk.task(name="B"), desk.task(name="C", is_enabled=True)
    make_run(failing, state="lost")
    assert desk.shown(TASK, quick="enabled") == [on, failing]
    assert desk.shown(TASK, quick="off") == [off]
    assert desk.shown(TASK, quick="failing") == [failing]


def test_tasks_of_others_are_not_there(desk):
    other = make_task(organization("Lyon"))
    assert desk.shown(TASK) == []
    assert desk.client.get(url(TASK, "runs", other.pk)).status_code == 404
    assert desk.client.get(url(TASK, "backfill", other.pk)).status_code == 404
    assert desk.client.post(url(TASK, "do", other.pk, "run_now")).status_code == 404


def test_the_list_says_which_of_the_products_own_are_off(desk):
    desk.task(name="Daily cleaning", is_system=True)
    desk.task(name="Unclose", is_system=True, is_enabled=True)
    page = desk.client.get(url(TASK, "changelist")).content.decode()
    assert "the product needs them: Daily cleaning" in page
    assert "Unclose</li>" not in page


# -- the form -----------------------------------------------------------------------------------------------


def test_a_task_is_written_in_words(desk):
    values = {
        "name": "Debtor calls",
        "script": desk.script.pk,
        "is_enabled": "on",
        "is_regular": "on",
        "interval_seconds": "1 h 30 min",
        "schedule": "individual",
        "periods": "Mon - Tue 09:00 - 12:00\nFri 22:00 – Sat 06:00",
        "site_mode": "listed",
        "sites": ["main"],
        "misfire_seconds": "10 min",
        "comment": "Ask Ann",
    }
    assert desk.add(TASK, **values).status_code == 302
    task = ServiceTask.objects.get()
    assert (task.interval_seconds, task.misfire_seconds, task.sites) == (5400, 600, ["main"])
    assert task.periods == [
        {"start": 540, "stop": 720},
        {"start": 1980, "stop": 2160},
        {"start": 7080, "stop": 7560},
    ]
    assert task.options["comment"] == "Ask Ann"
    assert task.wake_at is not None
    page = desk.page(task)
    assert 'value="1 hour 30 minutes"' in page
    assert "Fri 22:00 – Sat 06:00" in page


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("interval_seconds", "soon", "must be a length of time"),
        ("interval_seconds", "1 fortnight", "must be a length of time"),
        ("interval_seconds", "", "must be at least 1"),
        ("periods", "Someday 09:00 - 12:00", "cannot be read"),
        ("periods", "Mon 12:00 - 09:00", "must end after it begins"),
        ("periods", "Mon 25:00 - 26:00", "cannot be read"),
        ("periods", "Mon 09:00 - 12:00\nMon 11:00 - 13:00", "must not overlap"),
        ("sites", ["moon"], "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field_and_nothing_is_written(desk, field, text, said):
    task = desk.task()
    page = desk.save(task, **{field: text})
    assert said in str(errors_of(page)[field])
    task.refresh_from_db()
    assert (task.interval_seconds, task.periods, task.sites, task.version) == (3600, [], [], 1)


def test_saving_an_untouched_form_changes_nothing(desk):
    task = desk.task(
        is_enabled=True,
        schedule="individual",
        periods=[{"start": 0, "stop": 10080}],
        site_mode="listed",
        sites=["main"],
        options={"title": "A", "colour": "red"},
    )
    desk.save(task)
    task.refresh_from_db()
    assert task.version == 1
    desk.save(task, title="B")
    task.refresh_from_db()
    assert (task.version, task.options) == (2, {"title": "B", "colour": "red"})


def test_two_who_save_at_once_are_told(desk):
    task = desk.task(sites=["main"], site_mode="listed")
    make_site("north")
    seen = desk.client.get(url(TASK, "change", task.pk))
    assert seen.context["seen_version"] == 1
    desk.save(task, sites=["main", "north"])
    page = desk.save(task, version=1, name="Calls", sites=["main"])
    assert "nothing of yours was saved" in str(errors_of(page))
    # Whose sites these are is the other's alone: they come back ticked.
    ticked = re.findall(r'name="sites" value="(\w+)"[^>]*checked', page.content.decode())
    assert ticked == ["main", "north"]


def test_what_came_with_the_product_is_retimed_but_keeps_its_script_and_is_not_deleted(desk):
    task = desk.task(name="Daily cleaning", is_system=True, is_enabled=True)
    form = desk.client.get(url(TASK, "change", task.pk)).context["adminform"].form
    assert not {"name", "script", "is_regular"} & set(form.fields)
    desk.save(task, interval_seconds="2 days")
    task.refresh_from_db()
    assert task.interval_seconds == 172800
    assert desk.client.post(url(TASK, "delete", task.pk), {"post": "yes"}).status_code == 403
    sent = {"action": "delete_rows", "_selected_action": [task.pk], "confirmed": "yes"}
    assert "not deleted" in messages_of(desk.client.post(url(TASK, "changelist"), sent, follow=True))
    assert ServiceTask.objects.exists()


def test_ones_own_is_deleted_with_its_runs(desk):
    task = desk.task()
    make_run(task)
    desk.press(task, "delete")
    assert not ServiceTask.objects.exists()
    assert not ServiceRun.objects.exists()


def test_scripts_of_another_organization_are_not_offered(desk):
    other = make_task(organization("Lyon")).script
    page = desk.save(desk.task(), script=other.pk)
    assert "script" in errors_of(page)


def test_basic_staff_plans_and_runs_tasks_and_deletes_none(desk):
    task = desk.task(schedule="individual", periods=[{"start": 540, "stop": 720}], sites=["main"], site_mode="listed")
    page = desk.page(task, desk.reader)
    assert "Mon 09:00 – 12:00" in page
    assert "every hour" in page
    assert "Run now" in desk.buttons(task, desk.reader)
    assert desk.reader.get(url(TASK, "add")).status_code == 200
    assert desk.reader.post(url(TASK, "delete", task.pk), {"post": "yes"}).status_code == 403


# -- the buttons --------------------------------------------------------------------------------------------


def test_run_now_leads_to_the_run(desk):
    task = desk.task()
    response = desk.press(task, "run_now")
    run = ServiceRun.objects.get()
    assert (run.state, run.cause) == ("waiting", "by_hand")
    assert response.redirect_chain[-1][0] == url(RUN, "change", run.pk)
    assert "Run now: 1 done" in messages_of(response)
    assert execute(run) == RunState.SUCCEEDED
    assert "Succeeded" in desk.page(run)


def test_what_cannot_run_now_says_why(desk):
    away = timezone.now() - timedelta(hours=1)
    make_site("main", seen_at=away)
    assert "No worker serves a site" in desk.do(desk.task(name="A"), "run_now")
    make_site("main")
    busy = desk.task(name="B", overlap=False)
    make_run(busy, state="running")
    assert "still active" in desk.do(busy, "run_now")
    empty = desk.task(name="C")
    ServiceTask.objects.filter(pk=empty.pk).update(script=None)
    assert desk.buttons(empty) == ["Enable"]


def test_pausing_asks_for_a_note_that_everybody_reads(desk):
    task = desk.task(is_enabled=True)
    desk.press(task, "pause", note="")
    task.refresh_from_db()
    assert task.is_enabled
    desk.press(task, "pause", note="The dialer is away")
    task.refresh_from_db()
    assert (task.is_enabled, task.pause_note, task.wake_at) == (False, "The dialer is away", None)
    assert "The dialer is away" in desk.page(task, desk.reader)
    assert desk.buttons(task) == ["Run now", "Enable"]


def test_enabling_forgets_the_note_and_fires_no_past(desk):
    task = desk.task(pause_note="The dialer is away")
    desk.press(task, "enable")
    task.refresh_from_db()
    assert (task.is_enabled, task.pause_note) == (True, "")
    assert task.wake_at > timezone.now()
    assert not ServiceRun.objects.exists()


def test_a_task_whose_script_is_not_ready_is_not_enabled(desk):
    desk.script.handler = "gone"
    desk.script.save()
    task = desk.task()
    assert "handler that is not there" in desk.do(task, "enable")
    task.refresh_from_db()
    assert not task.is_enabled
