"""The references that a job type gives: PREFIX-000123 [contract 20, ours]."""

from collections.abc import Iterable

from django.db.models import Exists, Q, QuerySet

from scheduling.models import Job, JobReferenceCounter, JobType

# Numbers asked for at once, where somebody typed many in a row.
BATCH = 500


def next_reference(job_type: JobType) -> str:
    """The type's next number, locked until the end of the transaction; one that any job there has is skipped.

    Taken last of all, so that others who create jobs of the type wait as short as can be.
    """
    number = _locked({job_type})[job_type.pk].last + 1
    own, jobs = JobReferenceCounter.objects.filter(pk=job_type.pk), _jobs_with(job_type, [number])
    # One statement where nobody typed the number, which is nearly always.
    if not own.exclude(Exists(jobs)).update(last=number):
        number = _next_free(job_type, number + 1)
        own.update(last=number)
    return _written(job_type, number)


def _locked(job_types: set[JobType]) -> dict[int, JobReferenceCounter]:
    """By type, those of all types there that give the same prefixes, locked in one order."""
    same = Q(pk=None)
    for one in job_types:
        same |= Q(type__organization_id=one.organization_id, type__auto_reference_prefix=one.auto_reference_prefix)
    rows = JobReferenceCounter.objects.filter(same).select_for_update(of=("self",)).order_by("pk")
    found = {row.type_id: row for row in rows}
    missing = sorted({one.pk for one in job_types} - set(found))
    if not missing:
        return found
    JobReferenceCounter.objects.bulk_create([JobReferenceCounter(type_id=pk) for pk in missing], ignore_conflicts=True)
    return _locked(job_types)


def _next_free(job_type: JobType, number: int) -> int:
    """The first from here on that no job has, looked up in batches."""
    while True:
        numbers = range(number, number + BATCH)
        taken = set(_jobs_with(job_type, numbers).values_list("reference", flat=True))
        free = [one for one in numbers if _written(job_type, one) not in taken]
        if free:
            return free[0]
        number += BATCH


def _jobs_with(job_type: JobType, numbers: Iterable[int]) -> QuerySet[Job]:
    references = [_written(job_type, number) for number in numbers]
    return Job.objects.filter(organization_id=job_type.organization_id, reference__in=references).order_by()


def wait_for_counter(job_type: JobType, reference: str) -> None:
    """Before a typed reference that the type might give is stored: the type does not give it at the same moment."""
    wait_for_counters([(job_type, reference)])


def wait_for_counters(typed: Iterable[tuple[JobType, str]]) -> None:
    """The same for many, each with its type."""
    found = {one for one, reference in typed if _may_give(one, reference)}
    if found:
        _locked(found)


def _may_give(job_type: JobType, reference: str) -> bool:
    prefix = job_type.auto_reference_prefix
    return bool(prefix) and reference.startswith(f"{prefix}-")


def _written(job_type: JobType, number: int) -> str:
    return f"{job_type.auto_reference_prefix}-{number:06d}"
