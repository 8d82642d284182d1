"""The cards of the dispatch board: what each says of its job, or of other busy time."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.admin.display import local_span, local_time
from scheduling.admin.busy_names import Source, in_time, job_title, titles_of, url_of
from scheduling.admin.dispatch_data import Taken, conflicts_among
from scheduling.admin.job_display import TONES, lacking
from scheduling.models import BusyInterval, JobStatus, Resource
from scheduling.models.job import PLANNABLE

Kind = BusyInterval.Kind
# So many conflicts are named on a card; its own page names all.
MOST_CONFLICTS = 3


class Conflict(NamedTuple):
    """As short as its card allows, by its whole name, and the page that it leads to; empty for none."""

    text: str
    name: str
    url: str


@dataclass
class Card:
    """A job, or other busy time (`is_job` says which), at its place in a row."""

    is_job: bool
    pk: int
    url: str
    title: str
    tone: str
    times: str = ""
    reference: str = ""
    detail: str = ""
    status: str | Promise = ""
    version: int = 0
    place: str | None = ""
    conflicts: list[Conflict] = field(default_factory=list)
    more_conflicts: int = 0
    lacks: str = ""
    is_outside: bool = False
    is_free: bool = False  # may be planned anew
    is_late: bool = False  # in the second half of the board: grows to its left

    @property
    def hint(self) -> str:
        """In a line, for where the card is too small."""
        parts = (self.times, self.title, self.reference, self.detail, str(self.status))
        return " · ".join(part for part in parts if part)


class Cards:
    """Makes them. `jobs`: by id; `back`: what is put behind the address of a job's form."""

    def __init__(self, jobs: dict[int, Any], taken: list[Taken], resources: list[Resource], zone: ZoneInfo, back: str):
        self.jobs, self.zone, self.back = jobs, zone, back
        self.names = {one.pk: one.name for one in resources}
        self.has_vehicles = any(one.kind == Resource.Kind.VEHICLE and not one.is_archived for one in resources)
        # Spelt out rather than reversed for each of a thousand cards.
        self.list_url = reverse("admin:scheduling_job_changelist")
        self.clashes = conflicts_among(taken)
        known: dict[Source, str] = {
            (Kind.JOB, job.id): job_title(job.id, job.reference, job.contact__name) for job in jobs.values()
        }
        self.titles = titles_of({source for found in self.clashes.values() for source in found}, known)

    def of(self, one: Taken, resource: Resource) -> Card:
        """In the row of this resource."""
        kind, pk = one.source
        if kind == Kind.JOB:
            return self._of_job(self.jobs[pk], resource)
        return Card(False, pk, url_of(one.source), str(Kind(kind).label), "grey", detail=one.note)

    def waiting(self, job: Any) -> Card:
        """Of a job that stands in no row."""
        card = self._of_job(job, None)
        if job.status == JobStatus.NEW:
            card.status = ""
        length = _("%(minutes)d min") % {"minutes": job.planned_duration}
        due = _("due %(when)s") % {"when": local_time(job.due_at, self.zone)} if job.due_at else ""
        card.times = f"{length} · {due}" if due else length
        return card

    def _of_job(self, job: Any, resource: Resource | None) -> Card:
        is_vehicle = resource is not None and resource.kind == Resource.Kind.VEHICLE
        beside = self.names.get(job.resource_id if is_vehicle else job.vehicle_id, "")
        found = list(self.clashes.get((Kind.JOB, job.id), {}).values())
        return Card(
            is_job=True,
            pk=job.id,
            url=self._form_of(job.id),
            title=job.contact__name,
            tone=TONES[job.status],
            reference=job.reference or f"#{job.id}",
            detail=f"{job.type__name} · {beside}" if beside else job.type__name,
            status=str(JobStatus(job.status).label),
            version=job.version,
            conflicts=[self._conflict(one, job, resource) for one in found[:MOST_CONFLICTS]],
            more_conflicts=max(len(found) - MOST_CONFLICTS, 0),
            lacks=self._lack(job) if job.status in (JobStatus.NEW, JobStatus.UNSCHEDULED) else "",
            is_free=job.status in PLANNABLE,
        )

    def _form_of(self, pk: int) -> str:
        return f"{self.list_url}{pk}/plan/?{self.back}"

    def _conflict(self, one: Taken, job: Any, resource: Resource | None) -> Conflict:
        """Short on the card, which stands in the row of its resource, among what is of its day."""
        title, who = self.titles[one.source], self.names[one.resource_id]
        day = job.planned_start_at.astimezone(self.zone).date()
        hours = local_span(*one.interval, self.zone, known_day=day)
        text = f"{title}, {hours}" if resource and resource.pk == one.resource_id else f"{title}, {hours} ({who})"
        url = self._form_of(one.source[1]) if one.source[0] == Kind.JOB else url_of(one.source)
        return Conflict(text, in_time(title, one.interval, who, self.zone), url)

    def _lack(self, job: Any) -> str:
        """What is missing until it is scheduled; of a job that is not begun to be planned, nothing is said."""
        if not (job.resource_id or job.planned_start_at):
            return ""
        return ", ".join(lacking(job, has_vehicles=self.has_vehicles))


def due_first(job: Any) -> tuple:
    """The order of what waits."""
    return job.due_at is None, job.due_at or job.created_at, job.created_at, job.id
