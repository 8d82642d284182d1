"""Creating and changing jobs, for every door. Atomic: locks, rules, write, audit, outbox."""

from collections.abc import Collection
from copy import copy
from functools import partial
from typing import NamedTuple

from django.utils import timezone

from core.changes import apply_changes, check_all, under_number
from core.events import record
from core.locks import atomic, hold
from core.models import Organization
from scheduling import events, job_rules
from scheduling.models import ContactPerson, Job
from scheduling.services import busy
from scheduling.services.job_planning import tell_of_change
from scheduling.services.job_references import next_reference, wait_for_counter, wait_for_counters
from scheduling.services.job_steps import RELATED, lock_job, note_status, take_time


@atomic
def create_job(organization: Organization, values: dict, **links) -> Job:
    """values: type, contact, planned_duration, reference, description, person, order_number, site_contact, category,
    internal_comment, contact_comment, and custom_fields, a list of CustomValue. Raises ValidationError.
    """
    hold(values.values())
    job = check_new(organization, values, **links)
    if not job.reference and job.type.auto_reference_prefix:
        job.reference = next_reference(job.type)
    elif job.reference:
        wait_for_counter(job.type, job.reference)
    job.status_modified_at = timezone.now()
    job.save()
    note_status(job)
    return job


def check_new(organization: Organization, values: dict, **links) -> Job:
    """The unsaved job of these values, defaults filled in, once every rule agrees; writes nothing."""
    values = dict(values)
    given = values.pop("custom_fields", [])
    job = Job(organization=organization, **values, **links)
    if job.type_id and job.planned_duration is None:
        job.planned_duration = job.type.planned_duration
    job.person = job.person or primary_person(job)
    check_all(
        lambda: job_rules.check_job(job, {*values, *links, "order_number"}),
        lambda: _set_custom_values(job, given, is_new=True),
    )
    return job


def primary_person(job: Job) -> ContactPerson | None:
    persons = ContactPerson.objects.filter(contact_id=job.contact_id, is_primary=True, is_archived=False)
    return persons.first() if job.contact_id else None


def _set_custom_values(job: Job, given: list[job_rules.CustomValue], *, is_new: bool = False) -> None:
    """A new job must have the required ones; without a readable type there is nothing to compare with."""
    if not job.type_id or not (given or is_new):
        return
    definitions = job_rules.definitions_of(job.type)
    job.custom_values = job_rules.merged_values(definitions, job.custom_values, given, is_new=is_new)


@atomic
def update_job(pk: int, values: dict, versions: Collection[int] | None = None) -> Job:
    """Only what differs is checked and written. values as of create_job, without type and contact."""
    job = lock_job(pk, versions)
    hold(values.values())
    return _update(job, values)


def _update(job: Job, values: dict) -> Job:
    before = copy(job)
    changed = _apply(job, values)
    if not changed:
        return job
    if "reference" in changed and job.reference:
        wait_for_counter(job.type, job.reference)
    if "planned_duration" in changed:
        take_time(job, job.resource_ids)
        tell_of_change(before, job)
    job.save()
    record(events.JOB_UPDATED, job)
    return job


def check_update(job: Job, values: dict) -> None:
    """Every rule that these values would break; writes nothing."""
    _apply(copy(job), values)


def _apply(job: Job, values: dict) -> set[str]:
    """Set the values on the job, once every rule agrees; the names of what changed."""
    values = dict(values)
    given = values.pop("custom_fields", [])
    stored = job.custom_values
    if "person" in values and values["person"] is None:
        values["person"] = primary_person(job)
    changed = apply_changes(job, values)
    check_all(lambda: job_rules.check_job(job, changed), lambda: _set_custom_values(job, given))
    return changed | ({"custom_values"} if job.custom_values != stored else set())


class JobUpdate(NamedTuple):
    """One of many: the job's id and its values, as of update_job."""

    pk: int
    values: dict


@atomic
def update_jobs(updates: Collection[JobUpdate]) -> None:
    """All or nothing. Errors of one stand under its place in the list: `0.description`.

    What single changes lock one after the other is locked for all at once, in the same order: two of many at the same
    moment never wait for each other, nor for a recurrence that makes its jobs.
    """
    jobs = Job.objects.select_related("type").locked_all([one.pk for one in updates])
    hold(value for one in updates for value in one.values.values())
    typed = {one.pk: one.values["reference"] for one in updates if one.values.get("reference")}
    wait_for_counters((job.type, typed[job.pk]) for job in jobs if job.pk in typed)
    busy.lock_resources(pk for job in jobs for pk in job.resource_ids)
    check_all(*(partial(under_number, number, partial(_update_one, one)) for number, one in enumerate(updates)))


def _update_one(update: JobUpdate) -> None:
    _update(Job.objects.select_related(*RELATED).get(pk=update.pk), update.values)
