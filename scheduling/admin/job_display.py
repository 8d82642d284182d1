"""How jobs, their states and their conflicts look in lists and forms."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import tzinfo

from django.core.exceptions import ValidationError
from django.db.models import Exists
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from core.admin.display import EMPTY
from scheduling.admin.busy_names import names_of, url_of
from scheduling.models import BusyInterval, Job, JobStatus
from scheduling.services.clashes import clashing

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


def conflicts_to_solve(jobs):
    """Open jobs of these that are not over yet and share their time with something."""
    return jobs.open().filter(planned_end_at__gt=timezone.now()).filter(Exists(clashing(Kind.JOB)))


def conflicts_of(job: Job) -> list[BusyInterval]:
    """What else takes the time of its resource or vehicle, each source once."""
    if job.interval is None or not job.resource_ids:
        return []
    found = BusyInterval.objects.clashing(job.resource_ids, job.interval, Kind.JOB, job.pk)
    sources = defaultdict(list)
    for one in found.select_related("resource"):
        sources[one.kind, one.source_id].append(one)
    return [rows[0] for rows in sources.values()]


def conflict_links(found: Iterable[BusyInterval], zone: tzinfo):
    """The conflicts in red, a line each, by their names that lead to their pages; a dash for none."""
    rows = list(found)
    if not rows:
        return EMPTY
    urls = [url_of((one.kind, one.source_id)) for one in rows]
    links = [(_link(name, url),) for name, url in zip(names_of(rows, zone), urls, strict=True)]
    return format_html('<span class="late">{}</span>', format_html_join(mark_safe("<br>"), "{}", links))


def _link(name: str, url: str):
    return format_html('<a href="{}">{}</a>', url, name) if url else name


def lacking(job, *, has_vehicles: bool) -> list[str]:
    """What a job still needs to be scheduled, in words. `job`: a row of it, or its columns."""
    missing = [] if job.resource_id else [_("resource")]
    missing += [_("vehicle")] if has_vehicles and not job.vehicle_id else []
    missing += [] if job.planned_start_at else [_("start")]
    return missing


def with_named_overlap(error: ValidationError, job: Job) -> ValidationError:
    """The service's refusal of a taken time, with what stands there by its name instead of its number.

    `job`: as it would have been planned, unsaved.
    """
    found = getattr(error, "error_dict", {}).get("planned_start_at", [])
    if not any(one.code == "conflict" for one in found):
        return error
    names = "; ".join(names_of(conflicts_of(job), job.organization.zone))
    told = ValidationError(_("overlaps with: %(names)s"), code="conflict", params={"names": names})
    return ValidationError({**error.error_dict, "planned_start_at": told})


def conflict_pill():
    return format_html('<span class="pill tone-red">{}</span>', _("Conflict"))
