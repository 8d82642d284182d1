"""The references that a job type gives: PREFIX-000123 [contract 20, ours]."""

from scheduling.models import Job, JobReferenceCounter, JobType

# Numbers asked for at once, where somebody typed many in a row.
BATCH = 500


def next_reference(job_type: JobType) -> str:
    """The type's next number, locked until the end of the transaction; one that any job there has is skipped.

    Taken last of all, so that others who create jobs of the type wait as short as can be.
    """
    counter = next(one for one in _locked(job_type) if one.type_id == job_type.pk)
    counter.last = _next_free(job_type, counter.last + 1)
    counter.save(update_fields=["last"])
    return _written(job_type, counter.last)


def _locked(job_type: JobType) -> list[JobReferenceCounter]:
    """The counters of all types there that give the same prefix, in one order, the type's own among them."""
    same = JobReferenceCounter.objects.filter(
        type__organization_id=job_type.organization_id, type__auto_reference_prefix=job_type.auto_reference_prefix
    )
    found = list(same.select_for_update(of=("self",)).order_by("pk"))
    if any(one.type_id == job_type.pk for one in found):
        return found
    JobReferenceCounter.objects.bulk_create([JobReferenceCounter(type=job_type)], ignore_conflicts=True)
    return _locked(job_type)


def _next_free(job_type: JobType, number: int) -> int:
    """The first from here on that no job has: looked up alone at first, then, where many were typed, in batches."""
    size = 1
    while True:
        numbers = {_written(job_type, one): one for one in range(number, number + size)}
        jobs = Job.objects.filter(organization_id=job_type.organization_id, reference__in=list(numbers))
        free = numbers.keys() - set(jobs.values_list("reference", flat=True))
        if free:
            return min(numbers[reference] for reference in free)
        number, size = number + size, BATCH


def wait_for_counter(job_type: JobType, reference: str) -> None:
    """Before a typed reference that the type might give is stored: the type does not give it at the same moment."""
    prefix = job_type.auto_reference_prefix
    if prefix and reference.startswith(f"{prefix}-"):
        _locked(job_type)


def _written(job_type: JobType, number: int) -> str:
    return f"{job_type.auto_reference_prefix}-{number:06d}"
