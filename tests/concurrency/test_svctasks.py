"""Service tasks with real workers, clocks and dispatchers, on PostgreSQL and Redis [issue 6, points 3 and 5]."""

import random
import time
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import psutil
import pytest
from django.utils import timezone

from scheduling.models import SchedulingSettings, Timetable
from svctasks import queues
from svctasks.models import RunState, ServiceRun, ServiceTask, WorkerSite
from svctasks.services import by_hand
from tests.concurrency.service_workers import due_a_second, fleet, late_starts, notes_in, script_of, task_of, wait_until
from tests.factories import make_organization
from tests.scale import scaled

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.soak,
    pytest.mark.xdist_group("svctasks"),
]
ALL = ("clock1", "clock2", "dispatch1", "dispatch2", "run1", "run2")
LEASE = 4
PER_SECOND, SECONDS = 100, scaled(60)
KILLED_FOR, KILL_EVERY, PER_SECOND_UNDER_KILLS, TAKES = scaled(120), 5, 10, 0.2


def wait_for_the_end(number: int, seconds: float) -> None:
    """Until so many runs are written, and none is active."""
    wait_until(lambda: ServiceRun.objects.count() >= number and not ServiceRun.objects.active().exists(), seconds)


def test_two_dispatchers_and_two_workers_do_each_run_exactly_once(tmp_path, capsys):
    notes = tmp_path / "notes"
    script = script_of(make_organization(), "note_start", notes=str(notes))
    with fleet(tmp_path, *ALL):
        tasks = due_a_second(script, PER_SECOND, SECONDS)
        wait_for_the_end(len(tasks), 120 + 10 * SECONDS)
    runs = ServiceRun.objects.values_list("task", "due_at", "state")
    assert sorted(runs) == [(task.pk, task.starts_at, RunState.SUCCEEDED) for task in tasks]
    starts = Counter(note["run"] for note in notes_in(notes))
    assert len({note["connection"] for note in notes_in(notes)}) <= 4, "one for each process of the workers"
    assert (len(starts), starts.total()) == (len(tasks), len(tasks))
    with capsys.disabled():
        print(f"\n{len(tasks)} runs, {PER_SECOND} due a second: {told(late_starts(notes))}")


def told(late: list[float]) -> str:
    return ", ".join(f"p{share} {late[len(late) * share // 100]:.2f} s late" for share in (50, 99))


def test_kill_9_of_anyone_loses_no_run_and_starts_none_again_within_its_lease(tmp_path, capsys):
    notes = tmp_path / "notes"
    script = script_of(make_organization(), "note_start", notes=str(notes), seconds=TAKES)
    with fleet(tmp_path, *ALL, SERVICE_RUN_LEASE_SECONDS=str(LEASE)) as processes:
        tasks = due_a_second(script, PER_SECOND_UNDER_KILLS, KILLED_FOR, retries=100)
        killed = []
        for _ in range(max(2, KILLED_FOR // KILL_EVERY)):
            time.sleep(KILL_EVERY)
            killed.append(random.choice(ALL))
            processes.kill(killed[-1])
            processes.start(killed[-1])
        wait_for_the_end(len(tasks), 120 + KILLED_FOR)
    runs = ServiceRun.objects.values_list("task", "due_at", "state")
    assert sorted(runs) == [(task.pk, task.starts_at, RunState.SUCCEEDED) for task in tasks], killed
    again = started_again(notes)
    with capsys.disabled():
        print(f"\n{len(tasks)} runs, killed {killed}: {len(again)} started again")
    assert [pair for pair in again if pair[1]["at"] < pair[0]["lease"]] == []


def started_again(notes) -> list[tuple[dict, dict]]:
    """(a start, the next one of the same run), each a try of its own."""
    by_run = defaultdict(list)
    for note in notes_in(notes):
        by_run[note["run"]].append(note)
    for starts in by_run.values():
        starts.sort(key=lambda note: note["at"])
        assert [note["try"] for note in starts] == sorted({note["try"] for note in starts})
    return [pair for starts in by_run.values() for pair in pairwise(starts)]


# -- overlap, sites, schedules ------------------------------------------------------------------------------

SITES = {"run1": "north", "run2": "south"}
BOTH, EITHER = [{"north", "south"}], [{"north"}, {"south"}]
# The mode and its sites; where a moment may run.
MODES = [
    ("all", [], BOTH),
    ("any", [], EITHER),
    ("listed", ["south"], [{"south"}]),
    ("any_listed", ["south", "north"], EITHER),
    ("first", [], [{"north"}]),
]


def schedules() -> list[tuple[str, list[dict], bool]]:
    """Of an organization that never works; the hours of its own that a task has; whether it is open now."""
    week = 7 * 24 * 60
    now = timezone.now()
    tomorrow = (now.weekday() * 1440 + now.hour * 60 + 1440) % week
    one_hour = [{"start": min(tomorrow, week - 60), "stop": min(tomorrow, week - 60) + 60}]
    whole = [{"start": 0, "stop": week}]
    own = [("individual", whole, True), ("individual", one_hour, False)]
    return [("always", [], True), ("work", [], False), ("non_work", [], True), *own]


def test_each_overlap_site_mode_and_schedule_with_workers_of_two_sites(tmp_path):
    gate, organization = tmp_path / "gate", make_organization(time_zone="UTC")
    closed_all_week(organization)
    script = script_of(organization, "wait_for_gate", notes=str(tmp_path / "notes"), gate=str(gate))
    with fleet(tmp_path, "clock1", "dispatch1", "run1", "run2", sites=SITES):
        start = timezone.now() + timedelta(seconds=3)
        twice = {"is_regular": True, "interval_seconds": 20, "stops_at": start + timedelta(seconds=21)}
        cases = [
            (
                task_of(
                    script, start, overlap=overlap, site_mode=mode, sites=sites, schedule=name, periods=periods, **twice
                ),
                found,
                is_open,
            )
            for overlap in (False, True)
            for mode, sites, found in MODES
            for name, periods, is_open in schedules()
        ]
        ServiceTask.objects.bulk_create([task for task, *_ in cases])
        # Every run of the first moment is active still when the second comes, as the gate is shut.
        wait_until(lambda: not ServiceTask.objects.filter(wake_at__isnull=False).exists(), 60)
        gate.touch()
        wait_until(lambda: not ServiceRun.objects.active().exists(), 120)
    for task, found, is_open in cases:
        check_ledger(task, found, is_open)


def closed_all_week(organization) -> None:
    timetable = Timetable.objects.create(organization=organization, name="Never")
    SchedulingSettings.objects.create(organization=organization, timetable=timetable)


def check_ledger(task: ServiceTask, allowed: list[set[str]], is_open: bool) -> None:
    told = f"{task.overlap} {task.site_mode} {task.schedule} {task.periods}"
    ran: dict = defaultdict(set)
    for due_at, site in task.runs.filter(state=RunState.SUCCEEDED).values_list("due_at", "site"):
        ran[due_at].add(site)
    skips = Counter()
    for reason, count in task.runs.filter(state=RunState.SKIPPED).values_list("reason", "count"):
        skips[reason] += count
    assert task.runs.filter(state__in=[RunState.SUCCEEDED, RunState.SKIPPED]).count() == task.runs.count(), told
    if not is_open:
        assert (ran, skips) == ({}, {"outside_schedule": 2}), told
    elif task.overlap:
        assert (len(ran), skips) == (2, {}), told
    else:
        assert (len(ran), skips) == (1, {"overlap": 1}), told
    assert all(sites in allowed for sites in ran.values()), told


# -- sites that come and go, handlers that hang -------------------------------------------------------------


def alive() -> set[str]:
    return set(WorkerSite.objects.alive(timezone.now()).values_list("name", flat=True))


def test_a_site_whose_worker_died_is_away_and_its_moments_are_skipped_until_it_is_back(tmp_path):
    away = timedelta(seconds=6)
    script = script_of(make_organization(), "note_start", notes=str(tmp_path / "notes"))
    with fleet(
        tmp_path, "clock1", "dispatch1", "run1", "run2", sites=SITES, SERVICE_SITE_AWAY_SECONDS="6"
    ) as processes:
        processes.kill("run2")
        wait_until(lambda: WorkerSite.objects.filter(name="south", seen_at__lt=timezone.now() - away).exists(), 30)
        first = task_of(script, timezone.now() + timedelta(seconds=1), is_regular=True)
        first.save()
        wait_for_the_end(2, 60)
        assert sorted(first.runs.values_list("site", "state", "reason")) == [
            ("north", "succeeded", ""),
            ("south", "skipped", "site_away"),
        ]
        processes.start("run2")
        wait_until(lambda: WorkerSite.objects.filter(name="south", seen_at__gt=timezone.now() - away).exists(), 60)
        second = task_of(script, timezone.now() + timedelta(seconds=1), is_regular=True)
        second.save()
        wait_for_the_end(4, 60)
        assert sorted(second.runs.values_list("site", "state")) == [("north", "succeeded"), ("south", "succeeded")]


def test_a_handler_that_hangs_fails_and_its_worker_lives_on(tmp_path):
    organization = make_organization()
    hanging = script_of(organization, "hang", timeout=2)
    quick = script_of(organization, "note_start", notes=str(tmp_path / "notes"))
    with fleet(tmp_path, "clock1", "dispatch1", "run1"):
        now = timezone.now() + timedelta(seconds=1)
        stuck = ServiceTask.objects.bulk_create([task_of(hanging, now) for _ in range(4)])
        wait_until(lambda: ServiceRun.objects.filter(state=RunState.RUNNING).count() == 2, 60)
        later = task_of(quick, now)
        later.save()
        wait_for_the_end(5, 90)
    runs = ServiceRun.objects.filter(task__in=stuck).values_list("state", "error")
    assert list(runs) == [("failed", "It took longer than 2 s")] * 4
    assert later.runs.get().state == RunState.SUCCEEDED


def test_a_run_that_waits_for_its_database_beyond_its_time_has_failed(tmp_path):
    script = script_of(make_organization(), "ask_for_long", timeout=2)
    with fleet(tmp_path, "clock1", "dispatch1", "run1"):
        task_of(script, timezone.now() + timedelta(seconds=1)).save()
        wait_for_the_end(1, 90)
    assert list(ServiceRun.objects.values_list("state", "error")) == [("failed", "It took longer than 2 s")]


def test_a_handler_that_does_not_stop_is_ended_with_its_process_and_its_worker_lives_on(tmp_path, monkeypatch):
    notes, organization = tmp_path / "notes", make_organization()
    stubborn = task_of(script_of(organization, "hold_on", timeout=1, notes=str(notes)), timezone.now(), is_regular=True)
    quick = task_of(script_of(organization, "note_start", notes=str(notes)), timezone.now(), is_regular=True)
    stubborn.save()
    quick.save()
    monkeypatch.setattr(queues, "GRACE", 1)
    with fleet(tmp_path, "clock1", "dispatch1", "run1", SERVICE_RUN_LEASE_SECONDS=str(LEASE)):
        run = by_hand.run_now(stubborn.pk)[0]
        wait_until(lambda: ServiceRun.objects.get(pk=run.pk).state == RunState.LOST, 60)
        after = by_hand.run_now(quick.pk)[0]
        wait_until(lambda: ServiceRun.objects.get(pk=after.pk).state == RunState.SUCCEEDED, 60)
        first, second = notes_in(notes)
        assert psutil.pid_exists(second["process"])
        # Killed before the run is lost, it has its number until its worker asks for its exit status.
        wait_until(lambda: not psutil.pid_exists(first["process"]), 60)
    assert "no sign of life" in ServiceRun.objects.get(pk=run.pk).error
