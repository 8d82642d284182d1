"""What the page of a service task tells in the back office: its next moments, its runs; what was missed is run."""

from datetime import UTC, datetime

import pytest
import time_machine

from svctasks.models import ServiceRun, ServiceTask, SkipReason
from tests.back_office import messages_of, url
from tests.svctask_factories import make_run, make_skips
from tests.svctasks.desk import RUN, TASK, Desk

pytestmark = pytest.mark.django_db
SUNDAY_NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture
def desk():
    return Desk()


# -- what the page tells ------------------------------------------------------------------------------------


@time_machine.travel(datetime(2026, 10, 23, 12, tzinfo=UTC), tick=False)
def test_the_next_moments_tell_of_the_night_when_clocks_change(desk):
    task = desk.task(interval_seconds=86400, clock="local", starts_at=desk.at("2026-10-20 02:30"))
    response = desk.client.get(url(TASK, "change", task.pk))
    moments = response.context["moments"]
    assert len(moments) == 10
    assert [(one["local"], one["utc"]) for one in moments[:3]] == [
        ("24 Oct 02:30", "2026-10-24 00:30:00"),
        ("25 Oct 02:30 (+02:00)", "2026-10-25 00:30:00"),
        ("26 Oct 02:30", "2026-10-26 01:30:00"),
    ]
    assert [bool(one["notes"]) for one in moments[:3]] == [False, True, False]
    assert "the clock shows this time twice" in response.content.decode()


@time_machine.travel(datetime(2027, 3, 26, 12, tzinfo=UTC), tick=False)
def test_a_moment_that_the_clock_skips_is_marked():
    desk = Desk()
    task = desk.task(interval_seconds=86400, clock="local", starts_at=desk.at("2027-03-20 02:30"))
    moments = desk.client.get(url(TASK, "change", task.pk)).context["moments"]
    assert [(one["local"], bool(one["notes"])) for one in moments[:3]] == [
        ("27 Mar 02:30", False),
        ("28 Mar 03:00", True),
        ("29 Mar 02:30", False),
    ]


@time_machine.travel(SUNDAY_NOON, tick=False)
def test_next_moments_within_one_minute_are_told_apart(desk):
    task = desk.task(interval_seconds=40, starts_at=desk.at("2026-11-22 12:30"))
    moments = desk.client.get(url(TASK, "change", task.pk)).context["moments"]
    assert [one["local"] for one in moments[:3]] == ["22 Nov 12:30:00", "22 Nov 12:30:40", "22 Nov 12:31:20"]


def test_the_latest_runs_are_followed_while_one_goes_on(desk):
    task = desk.task()
    run = make_run(task, state="running", progress_text="Half of it")
    text = desk.client.get(url(TASK, "runs", task.pk)).content.decode()
    assert "data-active" in text
    assert "Half of it" in text
    ServiceRun.objects.filter(pk=run.pk).update(state="failed", error="The dialer answered 503")
    text = desk.client.get(url(TASK, "runs", task.pk)).content.decode()
    assert "data-active" not in text
    assert "The dialer answered 503" in text


def test_a_task_whose_settings_cannot_be_read_can_be_opened_and_mended(desk):
    task = desk.task(is_enabled=True)
    ServiceTask.objects.filter(pk=task.pk).update(
        schedule="individual", periods=["never"], problem="TypeError: string indices must be integers"
    )
    assert "TypeError" in desk.page(task)
    assert desk.client.get(url(TASK, "changelist")).status_code == 200
    assert desk.save(task, periods="Mon 09:00 - 12:00").status_code == 302


# -- back-fill ----------------------------------------------------------------------------------------------


@time_machine.travel(SUNDAY_NOON, tick=False)
def test_a_backfill_lists_the_moments_first_and_then_runs_them(desk):
    task = desk.task()
    make_run(task, desk.at("2026-11-20 10:00"))
    make_skips(task, SkipReason.MISFIRE, desk.at("2026-11-20 11:00"), 2)
    asked = {"first": "2026-11-20T10:00", "last": "2026-11-20T12:00"}
    page = desk.client.post(url(TASK, "backfill", task.pk), asked)
    assert page.context["moments"] == ["20 Nov 11:00", "20 Nov 12:00"]
    assert task.runs.active().count() == 0
    page = desk.client.post(url(TASK, "backfill", task.pk), {**asked, "confirmed": "yes"}, follow=True)
    assert "2 runs were written" in messages_of(page)
    runs = task.runs.filter(cause="backfill")
    assert sorted(run.due_at for run in runs) == [desk.at("2026-11-20 11:00"), desk.at("2026-11-20 12:00")]


@time_machine.travel(SUNDAY_NOON, tick=False)
def test_a_backfill_in_the_hour_that_comes_twice_lists_both_passes_and_tells_them_apart(desk):
    task = desk.task(interval_seconds=1800, starts_at=desk.at("2026-10-01 00:00"))
    make_run(task, desk.at("2026-10-25 02:30"))
    asked = {"first": "2026-10-25T02:00", "last": "2026-10-25T02:40"}
    page = desk.client.post(url(TASK, "backfill", task.pk), asked)
    told = ["25 Oct 02:00 (+02:00)", "25 Oct 02:00 (+01:00)", "25 Oct 02:30 (+01:00)"]
    assert page.context["moments"] == told
    desk.client.post(url(TASK, "backfill", task.pk), {**asked, "confirmed": "yes"})
    assert [cell for cell in reversed(desk.cells(RUN, "due_text")) if "(+01:00)" in cell] == [
        f'<span class="nowrap">{moment}</span>' for moment in told[1:]
    ]
    hours = task.runs.filter(cause="backfill").order_by("due_at").values_list("due_at__hour", "due_at__minute")
    assert list(hours) == [(0, 0), (1, 0), (1, 30)]


@time_machine.travel(SUNDAY_NOON, tick=False)
@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-11-20T12:00", "2026-11-20T10:00", "last"),
        ("2026-11-20T12:00", "2026-11-25T10:00", "last"),
        ("2026-01-01T12:00", "2026-11-20T10:00", "first"),
        ("", "2026-11-20T10:00", "first"),
    ],
)
def test_a_backfill_of_what_cannot_be_says_so(desk, first, last, field):
    task = desk.task(starts_at=desk.at("2026-01-01 00:00"))
    asked = {"first": first, "last": last, "confirmed": "yes"}
    page = desk.client.post(url(TASK, "backfill", task.pk), asked)
    assert field in page.context["form"].errors
    assert not ServiceRun.objects.exists()


def test_a_single_task_has_nothing_to_fill(desk):
    task = desk.task(is_regular=False)
    assert desk.client.get(url(TASK, "backfill", task.pk)).status_code == 403
    assert "Back-fill" not in desk.page(task)
