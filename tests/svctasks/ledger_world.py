"""Tasks of all kinds whose settings, workers and dispatchers change at random, and every moment that was due."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.organizations import save_organization
from svctasks.due import Rule
from svctasks.models import RunState, ServiceRun, ServiceTask
from svctasks.services import running, sites
from svctasks.services.dispatching import dispatch_due
from svctasks.services.tasks import create_task, update_task
from tests.factories import make_organization
from tests.svctask_factories import make_script
from tests.svctasks.moments import moments, wall
from tests.svctasks.works import HANDLER, fresh

TASKS = 20
ZONES = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe"]
SITES = ["north", "south"]
STEADY = [900, 1200, 3600, 7 * 3600, 86400]
LOCAL = [86400, 2 * 86400, 7 * 86400]
# Night hours, and Sunday's until its end.
PERIODS = [{"start": 0, "stop": 300}, {"start": 6 * 1440 + 60, "stop": 10080}]
Mode, Schedule = ServiceTask.SiteMode, ServiceTask.Schedule


@dataclass(frozen=True)
class Span:
    """From `start` on a task had these settings."""

    start: datetime
    rule: Rule
    is_enabled: bool
    schedule: str
    zone: ZoneInfo

    def is_open(self, moment: datetime) -> bool:
        clock = wall(moment, self.zone)
        if self.schedule == Schedule.ALWAYS:
            return True
        if self.schedule == Schedule.INDIVIDUAL:
            minute = clock.weekday() * 1440 + clock.hour * 60 + clock.minute
            return any(period["start"] <= minute < period["stop"] for period in PERIODS)
        is_work = clock.weekday() < 5 and 9 <= clock.hour < 18
        return is_work is (self.schedule == Schedule.WORK)


def span_of(task: ServiceTask, start: datetime) -> Span:
    zone = ZoneInfo(task.organization.time_zone)
    step = timedelta(seconds=task.interval_seconds)
    rule = Rule(task.anchor, step, task.stops_at, zone if task.clock == "local" else None)
    return Span(start, rule, task.is_enabled, task.schedule, zone)


class World:
    def __init__(self, seed: int, clock) -> None:
        self.dice, self.clock = random.Random(seed), clock
        self.organizations = [make_organization(time_zone=zone) for zone in ZONES]
        sites.declare(SITES)
        self.tasks = [self._task(number) for number in range(TASKS)]
        self.spans = {task.pk: [span_of(task, self.now)] for task in self.tasks}

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def _task(self, number: int) -> ServiceTask:
        organization = self.organizations[number % len(ZONES)]
        is_local = number % 4 == 3
        values = {
            "name": f"Task {number}",
            "script": make_script(organization, handler=HANDLER),
            "is_enabled": True,
            "is_regular": True,
            "overlap": self.dice.random() < 0.5,
            "clock": "local" if is_local else "utc",
            "interval_seconds": self.dice.choice(LOCAL if is_local else STEADY),
            "starts_at": self._near(),
            "stops_at": self.now + timedelta(days=20) if number == 7 else None,
            "schedule": Schedule.values[number // 2 % 4],
            "periods": PERIODS,
            "site_mode": [Mode.ALL, Mode.ANY, Mode.FIRST][number % 3],
            "misfire_seconds": self.dice.choice([None, 0, 30 * 3600]),
        }
        return create_task(organization, values)

    def _near(self) -> datetime:
        """Often an hour that the clocks skip or double somewhere."""
        hour = self.dice.choice([0, 1, 2, 6, 7, 15, 16]) * 3600 + self.dice.choice([0, 1800, 2700, 61])
        day = self.now.replace(hour=0, minute=0, second=0) + timedelta(days=self.dice.randint(-5, 2))
        return day + timedelta(seconds=hour)

    def run(self, until: datetime) -> None:
        while self.now < until:
            self.clock.shift(self._pause())
            self._give_signs_of_life()
            for _change in range(self.dice.choice([0, 0, 0, 1])):
                self.dice.choice([self._change_task, self._change_task, self._change_zone])()
            dispatch_due()
            self._end_runs()

    def _pause(self) -> timedelta:
        """Between two rounds; some are an outage of hours or days."""
        if self.dice.random() < 0.03:
            return timedelta(minutes=self.dice.randint(60, 3000))
        return timedelta(seconds=self.dice.randint(1, 3600))

    def _give_signs_of_life(self) -> None:
        sites.declare([name for name in SITES if self.dice.random() < 0.7])

    def _change_task(self) -> None:
        task = fresh(self.dice.choice(self.tasks))
        values = self.dice.choice(
            [
                {"is_enabled": not task.is_enabled},
                {"starts_at": self._near(), "stops_at": None},
                {"interval_seconds": self.dice.choice(LOCAL if task.clock == "local" else STEADY)},
                {"schedule": self.dice.choice(Schedule.values)},
            ]
        )
        update_task(task.pk, values)
        self._note(task.pk)

    def _change_zone(self) -> None:
        if self.dice.random() < 0.8:
            return
        organization = self.dice.choice(self.organizations)
        save_organization(organization.changed(time_zone=self.dice.choice(ZONES)))
        for task in self.tasks:
            if task.organization_id == organization.pk:
                self._note(task.pk)

    def _note(self, pk: int) -> None:
        self.spans[pk].append(span_of(ServiceTask.objects.select_related("organization").get(pk=pk), self.now))

    def _end_runs(self) -> None:
        for pk in ServiceRun.objects.filter(state=RunState.WAITING).values_list("pk", flat=True):
            if self.dice.random() < 0.7 and (run := running.claim(pk, "worker")):
                running.finish(run, self.dice.choice([RunState.SUCCEEDED, RunState.FAILED]))

    def due(self, task: ServiceTask) -> dict[datetime, Span]:
        """Each moment that was due, with the settings under which it was."""
        spans = self.spans[task.pk]
        ends = [span.start for span in spans[1:]] + [task.counted_until]
        return {
            moment: span
            for span, end in zip(spans, ends, strict=True)
            for moment in moments(span.rule, min(end, task.counted_until))
            if moment > span.start
        }
