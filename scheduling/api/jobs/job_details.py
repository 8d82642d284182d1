"""What a page of jobs or constraints holds beside its own rows: one query for each kind, whatever the page's size."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F

from scheduling.api.jobs.errors import camel
from scheduling.constraints import is_violated
from scheduling.models import BusyInterval, Job, JobConstraint, JobType
from scheduling.models.busy import sharing_time

BUSY = "resource__busy__"


def complete_jobs(items: list[dict]) -> None:
    """Fill `conflicts` and `customFields`."""
    if not items:
        return
    definitions = definition_ids({item["typeId"] for item in items})
    conflicts = conflicts_of([item["id"] for item in items])
    for item in items:
        stored = item["customFields"]
        item["customFields"] = [
            {"definitionId": pk, "value": stored.get(str(pk))} for pk in definitions[item["typeId"]]
        ]
        item["conflicts"] = conflicts[item["id"]]


def definition_ids(type_ids: Iterable[int]) -> dict[int, list[int]]:
    """The custom fields that jobs of each type have, in order."""
    found: dict[int, list[int]] = defaultdict(list)
    links = JobType.custom_field_definitions.through.objects.filter(jobtype_id__in=type_ids)
    for type_id, pk in links.order_by("customfielddefinition_id").values_list("jobtype_id", "customfielddefinition_id"):
        found[type_id].append(pk)
    return found


def conflicts_of(job_ids: Iterable[int]) -> dict[int, list[dict]]:
    """What else takes the time of these jobs' resources and vehicles, once each, in the order of time."""
    # Without the model's own order, by which PostgreSQL would read the whole table (measured).
    own = BusyInterval.objects.order_by().filter(kind=BusyInterval.Kind.JOB, source_id__in=job_ids)
    overlapping = own.filter(sharing_time(F("start"), F("end"), BUSY))
    rows = overlapping.values_list("source_id", f"{BUSY}start", f"{BUSY}id", f"{BUSY}kind", f"{BUSY}source_id")
    found: dict[int, dict[tuple, dict]] = defaultdict(dict)
    for job_id, _, _, kind, source_id in sorted(rows):
        if (kind, source_id) != (BusyInterval.Kind.JOB, job_id):
            found[job_id][kind, source_id] = {"kind": camel(kind), "id": source_id}
    return defaultdict(list, {job_id: list(others.values()) for job_id, others in found.items()})


def complete_constraints(job: Job, items: list[dict]) -> None:
    """Fill `status`, by the planning and the hours of the job's resource."""
    constraints = JobConstraint.objects.in_bulk([item["id"] for item in items])
    for item in items:
        item["status"] = "isViolated" if is_violated(constraints[item["id"]], job) else "isNotViolated"
