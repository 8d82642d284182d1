"""The runs in the back office: the list, one as it goes on, its end, its cancellation; the strip of seven days."""

import threading
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from core.service_scripts import _handlers, service_script
from svctasks import runner
from svctasks.admin.strip import days_of
from svctasks.models import RunState, SkipReason
from svctasks.services import running
from tests.back_office import browser, messages_of, organization, person, url
from tests.svctask_factories import make_run, make_script, make_skips, make_task
from tests.svctasks.desk import RUN, TASK, Desk

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture
def desk():
    return Desk()


# -- the list -----------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_the_list_says_what_became_of_each_moment(desk):
    task = desk.task()
    started = desk.at("2026-11-20 09:00")
    ends = {"started_at": started, "finished_at": desk.at("2026-11-20 09:01")}
    make_run(task, desk.at("2026-11-20 09:00"), result={"unclosed": 3}, **ends)
    make_run(task, desk.at("2026-11-20 10:00"), state="failed", error="The dialer answered 503")
    make_skips(task, SkipReason.OUTSIDE_SCHEDULE, desk.at("2026-11-20 18:00"), 15)
    assert desk.cells(RUN, "told") == [
        "Outside its schedule (15 moments)",
        "The dialer answered 503",
        '{"unclosed": 3}',
    ]
    assert "20 Nov 18:00 – 21 Nov 08:00" in desk.cells(RUN, "due_text")[0]
    assert "1 minute" in desk.cells(RUN, "took_text")[2]


@time_machine.travel(NOON, tick=False)
def test_quick_filters_find_what_goes_on_what_failed_and_what_was_skipped(desk):
    task = desk.task()
    active = make_run(task, desk.at("2026-11-22 11:00"), state="running")
    today = make_run(task, desk.at("2026-11-22 01:00"), state="lost", finished_at=desk.at("2026-11-22 00:30"))
    before = make_run(task, desk.at("2026-11-21 01:00"), state="failed", finished_at=desk.at("2026-11-21 23:30"))
    skips = make_skips(task, SkipReason.OVERLAP, desk.at("2026-11-20 18:00"))
    assert desk.shown(RUN, quick="active") == [active]
    assert desk.shown(RUN, quick="failed_today") == [today]
    assert desk.shown(RUN, quick="failed") == [today, before]
    assert desk.shown(RUN, quick="skipped") == [skips]
    assert desk.shown(RUN, task=make_task(desk.town).pk) == []
    cards = {str(card.label): card for card in desk.client.get("/admin/").context["cards"]}
    assert cards["Failed tasks today"].value == 1
    assert desk.client.get(cards["Failed tasks today"].url).context["cl"].result_count == 1


def test_runs_of_others_are_not_there(desk):
    run = make_run(make_task(organization("Lyon")), state="running")
    assert desk.shown(RUN) == []
    assert desk.client.get(url(RUN, "live", run.pk)).status_code == 404
    assert desk.client.post(url(RUN, "do", run.pk, "cancel")).status_code == 404


def test_nothing_of_a_run_is_edited_or_deleted(desk):
    run = make_run(desk.task())
    assert "_save" not in desk.page(run)
    assert desk.client.post(url(RUN, "delete", run.pk), {"post": "yes"}).status_code == 403
    assert desk.client.get(url(RUN, "add")).status_code == 403


# -- one run ------------------------------------------------------------------------------------------------


@pytest.fixture
def slow():
    """A handler that stops half way until it is let go."""
    half, go = threading.Event(), threading.Event()

    @service_script("slow", title="Takes its time")
    def work(run):
        run.log("half of it")
        run.progress(5, 10, "Half of it")
        half.set()
        go.wait(20)
        run.progress(10, 10)
        return {"called": 10}

    yield half, go
    go.set()
    del _handlers["slow"]


@pytest.mark.django_db(transaction=True)
def test_a_run_is_followed_from_its_start_to_its_result(desk, slow, monkeypatch):
    half, go = slow
    monkeypatch.setattr(runner, "REPORT_EVERY", 0)
    task = desk.task(script=make_script(desk.town, "slow", handler="slow"))
    run = desk.press(task, "run_now").context["original"]
    assert "Waiting" in desk.page(run)
    worker = threading.Thread(target=_work, args=(run.pk,))
    worker.start()
    assert half.wait(20)
    live = desk.client.get(url(RUN, "live", run.pk)).content.decode()
    assert 'value="5" max="10"' in live
    assert "5 of 10" in live
    assert "Half of it" in live
    assert "data-active" in live
    assert "half of it" in live
    go.set()
    worker.join(20)
    live = desk.client.get(url(RUN, "live", run.pk)).content.decode()
    assert "data-active" not in live
    assert "Succeeded" in live
    assert "{&quot;called&quot;: 10}" in live


def _work(pk: int) -> None:
    try:
        runner.execute(pk, "w1", "celery")
    finally:
        connection.close()


def test_without_javascript_the_page_of_an_active_run_refreshes_itself(desk):
    run = make_run(desk.task(), state="running")
    assert '<noscript><meta http-equiv="refresh"' in desk.page(run)
    running.mine(run).update(state="succeeded")
    assert 'http-equiv="refresh"' not in desk.page(run)


def test_what_waits_is_cancelled_at_once_and_what_runs_is_asked_to_end(desk):
    task = desk.task()
    waiting, busy = make_run(task, state="waiting"), make_run(task, NOON, state="running")
    desk.press(waiting, "cancel")
    waiting.refresh_from_db()
    assert waiting.state == RunState.CANCELLED
    assert "Cancel: 1 done" in desk.do(busy, "cancel")
    busy.refresh_from_db()
    assert (busy.state, busy.is_cancel_asked) == ("running", True)
    assert "Being cancelled" in desk.page(busy)


def test_what_has_ended_is_not_cancelled(desk):
    run = make_run(desk.task())
    assert desk.buttons(run) == []
    sent = {"action": "cancel", "_selected_action": [run.pk], "confirmed": "yes"}
    assert "This run has ended" in messages_of(desk.client.post(url(RUN, "changelist"), sent, follow=True))


def test_basic_staff_cancels_runs_of_the_own_organization_alone(desk):
    run = make_run(desk.task(), state="running")
    assert desk.reader.get(url(RUN, "live", run.pk)).status_code == 200
    assert desk.buttons(run, desk.reader) == ["Cancel"]
    stranger = browser(person("olga", Role.ADMINISTRATOR, organization("Lyon")))
    assert stranger.get(url(RUN, "live", run.pk)).status_code == 404
    stranger.post(url(RUN, "do", run.pk, "cancel"))
    run.refresh_from_db()
    assert not run.is_cancel_asked


def test_what_a_run_says_is_no_part_of_the_page(desk):
    evil = "<script>alert(1)</script>"
    run = make_run(desk.task(), state="failed", error=evil, log=evil, result={"a": evil}, progress_text=evil)
    assert "<script>alert" not in desk.page(run)
    assert "<script>alert" not in desk.page(run.task)


# -- the strip of seven days --------------------------------------------------------------------------------


def counts(task) -> list[tuple]:
    days = days_of(task, datetime.now(UTC))
    return [(f"{one.day:%d}", one.succeeded, one.failed, one.skipped, one.other) for one in days]


@time_machine.travel(NOON, tick=False)
def test_the_strip_counts_by_the_days_of_the_organization(desk):
    task = desk.task()
    # 23:30 UTC is the next day in Paris.
    make_run(task, datetime(2026, 11, 18, 23, 30, tzinfo=UTC))
    make_run(task, desk.at("2026-11-19 10:00"), state="failed")
    make_run(task, desk.at("2026-11-19 11:00"), state="lost")
    make_run(task, desk.at("2026-11-20 11:00"), state="cancelled")
    make_run(task, desk.at("2026-11-15 23:00"))
    make_run(task, desk.at("2026-11-16 00:00"))
    make_run(make_task(desk.town), desk.at("2026-11-20 11:00"))
    assert counts(task) == [
        ("16", 1, 0, 0, 0),
        ("17", 0, 0, 0, 0),
        ("18", 0, 0, 0, 0),
        ("19", 1, 2, 0, 0),
        ("20", 0, 0, 0, 1),
        ("21", 0, 0, 0, 0),
        ("22", 0, 0, 0, 0),
    ]


@time_machine.travel(NOON, tick=False)
def test_a_row_of_skips_is_spread_over_its_days(desk):
    task = desk.task()
    make_skips(task, SkipReason.OUTSIDE_SCHEDULE, desk.at("2026-11-14 18:00"), 44)
    make_skips(task, SkipReason.MISFIRE, desk.at("2026-11-20 22:00"), 3)
    skipped = [one[3] for one in counts(task)]
    assert skipped == [14, 0, 0, 0, 2, 1, 0]


@time_machine.travel(NOON, tick=False)
def test_the_strip_is_told_in_words_too(desk):
    task = desk.task()
    make_run(task, desk.at("2026-11-19 10:00"), state="failed")
    make_skips(task, SkipReason.OVERLAP, desk.at("2026-11-19 11:00"), 2)
    page = desk.page(task)
    assert "Thu 19: 0 succeeded, 1 failed, 2 skipped" in page
    assert '<th scope="row">Thu 19</th><td>0</td><td>1</td><td>2</td><td>0</td>' in page
    assert "Nothing was due." in desk.page(desk.task(name="B"))


def test_the_pages_of_a_task_cost_the_same_with_many_runs(desk, django_assert_num_queries):
    task, other = desk.task(), desk.task(name="B")
    for hour in range(20):
        make_run(task, desk.at(f"2026-11-20 {hour:02}:00"))
    make_run(other)
    client = browser(desk.mara)
    client.get(url(TASK, "change", other.pk))
    with CaptureQueriesContext(connection) as few:
        client.get(url(TASK, "change", other.pk))
    with django_assert_num_queries(len(few)):
        client.get(url(TASK, "change", task.pk))
    assert len(few) <= 20
