"""The demo's service tasks: one of each kind beside the shipped ones, and a week of their past."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from core.demo import Demo, DemoPart, Sample, register
from core.models import Organization
from core.zones import local_moment
from svctasks.models import RunState, ServiceRun, ServiceScript, ServiceTask, SkipReason
from svctasks.services.scripts import create_script
from svctasks.services.tasks import create_task

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = 6
OPENS, CLOSES = 9, 18
# Where the past had its failures: (days ago, local hour) → what was said.
FAILURES = {
    (4, 11): "OutboundError: the dialer answered 503",
    (1, 15): "OutboundError: the dialer did not answer within 10 s",
    (5, 10): "OutboundError: the dialer answered 503",
}
# The seed's own request [contract 50]; without its id, so that it can be sent again.
DEBTOR_CALLS = {
    "name": "Debtor calls",
    "isenabled": 0,
    "svcscriptcode": "dialByCallList",
    "sitemode": "all",
    "sites": "",
    "isregular": 1,
    "overlap": 1,
    "intervalsec": 3600,
    "dtstart": "2019-02-20T08:00:00Z",
    "dtstop": "2020-02-20T08:00:00Z",
    "schedule": "work",
    "periods": [],
    "opts": {"title": "", "comment": ""},
}


def fill(demo: Demo, large: bool) -> None:
    if not ServiceTask.objects.filter(organization=demo.organization, is_system=False).exists():
        Tasks(demo.organization).fill()


def sample(demo: Demo) -> Sample:
    return Sample("/rest/v1/service/svctasks", DEBTOR_CALLS)


class Tasks:
    def __init__(self, place: Organization):
        self.place, self.now = place, timezone.now()
        self.today = place.local_date(self.now)

    def fill(self) -> None:
        self.recall_hours(self.make_debtor_calls())
        self.make_weekly()
        self.recall_nights()

    def at(self, days_ago: int, hour: int) -> datetime:
        return local_moment(self.today - days_ago * DAY, time(hour), self.place.zone)

    def script(self, code: str) -> ServiceScript | None:
        return ServiceScript.objects.filter(organization=self.place, code=code).first()

    def make_debtor_calls(self) -> ServiceTask:
        values = {
            "name": "Debtor calls",
            "script": self.script("dialByCallList"),
            "is_regular": True,
            "interval_seconds": 3600,
            "schedule": ServiceTask.Schedule.WORK,
            "starts_at": self.at(30, 8),
            "options": {"title": "", "comment": "Switch it on once the dialer's URL is among its parameters."},
        }
        return create_task(self.place, values)

    def make_weekly(self) -> None:
        """Each Monday at half past seven, whatever the season."""
        what = {"code": "clearSessions", "name": "Forget old log-ins", "handler": "run_command"}
        script, _secret = create_script(self.place, {**what, "params": {"command": "clearsessions"}})
        monday = self.today - timedelta(days=self.today.weekday())
        values = {
            "name": "Monday clean-up",
            "script": script,
            "is_enabled": True,
            "is_regular": True,
            "interval_seconds": 7 * 86400,
            "clock": ServiceTask.Clock.LOCAL,
            "starts_at": local_moment(monday, time(7, 30), self.place.zone),
            "site_mode": ServiceTask.SiteMode.ANY,
            "overlap": False,
        }
        create_task(self.place, values)

    # -- the past, which no service can make ------------------------------------------------------------------

    def recall_hours(self, task: ServiceTask) -> None:
        """An hourly task of the last days: run within working hours, skipped outside of them."""
        rows: list[ServiceRun] = []
        moment = self.at(DAYS, 0)
        while moment < self.now.replace(minute=0, second=0, microsecond=0):
            local = moment.astimezone(self.place.zone)
            is_open = local.weekday() < 5 and OPENS <= local.hour < CLOSES
            if is_open:
                rows.append(self.ended(task, moment, FAILURES.get(((self.today - local.date()).days, local.hour), "")))
            elif rows and rows[-1].state == RunState.SKIPPED:
                rows[-1].last_due_at, rows[-1].count = moment, rows[-1].count + 1
            else:
                rows.append(self.skipped(task, moment))
            moment += HOUR
        ServiceRun.objects.bulk_create(rows)

    def recall_nights(self) -> None:
        task = ServiceTask.objects.filter(organization=self.place, script__code="cleardata").first()
        if task:
            nights = [self.ended(task, self.at(days, 3), "") for days in range(DAYS, 0, -1)]
            ServiceRun.objects.bulk_create(nights)

    def ended(self, task: ServiceTask, due: datetime, error: str) -> ServiceRun:
        started = due + timedelta(seconds=1)
        ends = started + timedelta(seconds=10 if error else 2)
        return ServiceRun(
            organization=self.place,
            task=task,
            due_at=due,
            site=settings.WORKER_SITES[0],
            state=RunState.FAILED if error else RunState.SUCCEEDED,
            created_at=due,
            sent_at=due,
            started_at=started,
            finished_at=ends,
            attempt=1,
            worker="demo",
            error=error,
            result=None if error else {},
            log=f"{started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} asked\n",
        )

    def skipped(self, task: ServiceTask, due: datetime) -> ServiceRun:
        return ServiceRun(
            organization=self.place,
            task=task,
            due_at=due,
            state=RunState.SKIPPED,
            created_at=due,
            reason=SkipReason.OUTSIDE_SCHEDULE,
            last_due_at=due,
        )


register(DemoPart(fill, sample))
