"""Service tasks in a browser: run now, its progress as it comes, its result; paused with a note; the strip chart."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.models import Role
from core.service_scripts import _handlers, service_script
from svctasks import runner
from svctasks.models import ServiceRun, SkipReason
from tests.back_office import person, url
from tests.browser.axe import look_at, too_wide_or_hard
from tests.browser.steps import follow, log_in
from tests.svctask_factories import make_run, make_script, make_skips
from tests.svctasks.desk import RUN, SCRIPT, SITE, TASK, Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk():
    desk = Desk()
    person("ada", Role.ADMINISTRATOR, desk.town)
    return desk


class Work:
    """A handler that goes on step by step, as the test lets it; in a thread, as a worker has it."""

    def __init__(self):
        self.steps = threading.Semaphore(0)
        self.worker: threading.Thread | None = None

    def handler(self, run):
        for done in (3, 7):
            run.progress(done, 10, f"{done} people called")
            self.steps.acquire(timeout=20)
        run.log("all were called")
        return {"called": 10}

    def begin(self) -> None:
        pk = ServiceRun.objects.get(state="waiting").pk
        self.worker = threading.Thread(target=self._execute, args=(pk,))
        self.worker.start()

    def _execute(self, pk: int) -> None:
        try:
            runner.execute(pk, "w1", "celery")
        finally:
            connection.close()

    def go_on(self) -> None:
        self.steps.release()

    def end(self) -> None:
        self.steps.release(9)
        if self.worker:
            self.worker.join(20)


@pytest.fixture
def work(monkeypatch):
    monkeypatch.setattr(runner, "REPORT_EVERY", 0)
    work = Work()
    service_script("call_people", title="Calls people")(work.handler)
    yield work
    work.end()
    del _handlers["call_people"]


def with_a_past(desk):
    task = desk.task(is_enabled=True, script=make_script(desk.town, "calls", handler="call_people"))
    now = timezone.now()
    for hours in range(1, 30, 3):
        make_run(task, now - timedelta(hours=hours), state="failed" if hours == 13 else "succeeded")
    make_skips(task, SkipReason.OUTSIDE_SCHEDULE, now - timedelta(hours=50), 15)
    return task


def test_staff_runs_a_task_sees_how_far_it_is_and_pauses_it(page, desk, work, take_screenshot):
    task = with_a_past(desk)
    log_in(page, "mara")
    page.goto(url(TASK, "changelist"))
    follow(page.get_by_role("link", name="Debtor calls"))
    assert "1 failed" in page.locator("svg.strip").get_attribute("aria-label")
    take_screenshot(page, "task")
    follow(page.get_by_role("button", name="Run now"))
    page.locator(".run-now .pill", has_text="Waiting").wait_for()
    work.begin()
    page.get_by_text("3 people called").wait_for()
    assert page.get_by_role("progressbar").get_attribute("value") == "3"
    take_screenshot(page, "running")
    work.go_on()
    page.get_by_text("7 of 10").wait_for()
    work.go_on()
    page.get_by_text('{"called": 10}').wait_for()
    page.get_by_text("all were called").wait_for()
    page.get_by_role("link", name="Cancel").wait_for(state="detached")
    take_screenshot(page, "succeeded")
    page.goto(url(TASK, "change", task.pk))
    follow(page.get_by_role("link", name="Pause"))
    page.get_by_label("Why").fill("The dialer is away until Monday")
    follow(page.get_by_role("button", name="Pause"))
    assert page.locator(".summary").get_by_text("The dialer is away until Monday").is_visible()
    task.refresh_from_db()
    assert not task.is_enabled


def test_the_tasks_page_follows_a_run_without_losing_what_is_being_typed(page, desk, work):
    task = with_a_past(desk)
    run = make_run(task, timezone.now(), state="waiting")
    log_in(page, "mara")
    page.goto(url(TASK, "change", task.pk))
    page.get_by_label("Interval").fill("2 hours")
    work.begin()
    page.get_by_text("3 people called").wait_for()
    work.go_on()
    work.go_on()
    page.locator("[data-live] tr", has_text='{"called": 10}').wait_for()
    assert page.get_by_label("Interval").input_value() == "2 hours"
    run.refresh_from_db()
    assert run.state == "succeeded"


def test_without_javascript_a_run_is_followed_too(browser, live_server, desk, work):
    task = with_a_past(desk)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.set_default_timeout(15_000)
    page = context.new_page()
    log_in(page, "mara")
    page.goto(url(TASK, "change", task.pk))
    follow(page.get_by_role("button", name="Run now"))
    work.begin()
    page.get_by_text("3 people called").wait_for()
    work.go_on()
    work.go_on()
    page.get_by_text('{"called": 10}').wait_for()
    context.close()


# -- for everybody ------------------------------------------------------------------------------------------


@pytest.fixture
def addresses(desk, work):
    """One of each, and the pages to look at."""
    task = with_a_past(desk)
    off = desk.task(name="Daily cleaning", is_system=True, pause_note="Until the move is over")
    running = make_run(
        task, timezone.now(), state="running", progress_done=3, progress_total=10, progress_text="3 people called"
    )
    failed = make_run(off, state="failed", error="The dialer answered 503", log="2026-11-22T09:00:00Z asked\n" * 30)
    secret = make_script(desk.town, handler="call_url", secret=b"x")
    return [
        "/admin/",
        url(TASK, "changelist"),
        url(TASK, "add"),
        url(TASK, "change", task.pk),
        url(TASK, "change", off.pk),
        url(TASK, "history", task.pk),
        url(TASK, "do", task.pk, "pause"),
        url(TASK, "backfill", task.pk),
        url(RUN, "changelist"),
        url(RUN, "change", running.pk),
        url(RUN, "change", failed.pk),
        url(SCRIPT, "changelist"),
        url(SCRIPT, "add"),
        url(SCRIPT, "change", secret.pk),
        url(SCRIPT, "secret", secret.pk),
        url(SCRIPT, "renew", secret.pk),
        url(SITE, "changelist"),
        url(SITE, "change", desk.site.pk),
        url("scheduling_workday", "changelist"),
        url("scheduling_workday", "add"),
    ]


def test_nothing_serious_is_found_on_a_wide_screen_light_and_dark(page, addresses):
    assert look_at(page, addresses) == []


@pytest.mark.parametrize("width", [360, 390, 1024])
def test_no_page_is_wider_than_its_screen_or_hard_to_use_there(page, addresses, width):
    page.set_viewport_size({"width": width, "height": 844})
    log_in(page, "ada")
    found = []
    for address in addresses:
        page.goto(address)
        found += too_wide_or_hard(page)
    assert found == []


def test_the_list_of_runs_tells_what_came_of_them_without_being_moved_sideways(page, desk):
    task = desk.task(name="Every five minutes within working hours", interval_seconds=3600)
    make_run(task, desk.at("2026-11-20 08:00"), state="succeeded", result={"answer": "ok" * 60})
    make_skips(task, SkipReason.OUTSIDE_SCHEDULE, desk.at("2026-11-20 09:00"), 27)
    log_in(page, "ada")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(url(RUN, "changelist"))
    beyond = page.locator("#changelist-form .results").evaluate("box => box.scrollWidth - box.clientWidth")
    assert beyond <= 1


def test_the_days_under_the_bars_can_be_read_on_a_phone(phone_page, desk):
    task = with_a_past(desk)
    log_in(phone_page, "ada")
    phone_page.goto(url(TASK, "change", task.pk))
    heights = phone_page.locator(".strip text").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 11


def test_the_policy_refuses_nothing_that_the_pages_need(page, addresses):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    log_in(page, "ada")
    for address in addresses:
        page.goto(address)
    assert complaints == []
