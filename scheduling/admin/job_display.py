"""How jobs, their states and their conflicts look in lists and forms."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from core.admin.display import EMPTY
from scheduling.models import BusyInterval, Job, JobStatus

Kind = BusyInterval.Kind
TONES: dict[str, str] = {
    JobStatus.NEW: "grey",
    JobStatus.SCHEDULED: "blue",
    JobStatus.UNSCHEDULED: "grey",
    JobStatus.SENT: "blue",
    JobStatus.READ: "blue",
    JobStatus.ACCEPTED: "blue",
    JobStatus.REFUSED: "red",
    JobStatus.ON_THE_WAY: "amber",
    JobStatus.STARTED: "amber",
    JobStatus.SUSPENDED: "amber",
    JobStatus.COMPLETED_OK: "green",
    JobStatus.COMPLETED_WITH_ISSUES: "red",
    JobStatus.CANCELLED: "grey",
}
# Whose own page shows what takes the time.
PAGES: dict[str, str] = {
    Kind.JOB: "admin:scheduling_job_change",
    Kind.ABSENCE: "admin:scheduling_absence_change",
    Kind.COMMUNITY_SERVICE: "admin:scheduling_communityservice_change",
}


def overlapping() -> QuerySet:
    """Other busy time on the resource and in the time of an outer busy row of a job."""
    others = BusyInterval.objects.exclude(kind=Kind.JOB, source_id=OuterRef("source_id"))
    return others.filter(resource=OuterRef("resource"), start__lt=OuterRef("end"), end__gt=OuterRef("start"))


def in_conflict() -> Exists:
    """Whether something else takes some of a job's time."""
    own = BusyInterval.objects.filter(kind=Kind.JOB, source_id=OuterRef("pk"))
    return Exists(own.filter(Exists(overlapping())))


def conflicts_to_solve(jobs):
    """Open jobs of these that are not over yet and share their time with something."""
    return jobs.open().filter(planned_end_at__gt=timezone.now()).filter(in_conflict())


def conflicts_of(job: Job) -> list[BusyInterval]:
    """What else takes the time of its resource or vehicle, each source once."""
    if job.interval is None or not job.resource_ids:
        return []
    found = BusyInterval.objects.clashing(job.resource_ids, job.interval, Kind.JOB, job.pk)
    sources = defaultdict(list)
    for one in found.select_related("resource"):
        sources[one.kind, one.source_id].append(one)
    return [rows[0] for rows in sources.values()]


def name_of(one: BusyInterval) -> str:
    """ "Job #7"."""
    return f"{one.get_kind_display()} #{one.source_id}"


def link_to(one: BusyInterval):
    """Its name, leading to its page where it has one."""
    if one.kind not in PAGES:
        return name_of(one)
    return format_html('<a href="{}">{}</a>', reverse(PAGES[one.kind], args=[one.source_id]), name_of(one))


def conflict_links(found: Iterable[BusyInterval]):
    """The conflicts in red, in words, each with its link; a dash for none."""
    links = [(link_to(one), one.resource) for one in found]
    if not links:
        return EMPTY
    return format_html('<span class="late">{}</span>', format_html_join(", ", "{} ({})", links))


def conflict_pill():
    return format_html('<span class="pill tone-red">{}</span>', _("Conflict"))
