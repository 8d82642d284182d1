"""The constraints of a job, which report and never refuse [contract 20]."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from core.changes import check_all, check_fields, refuse
from core.events import record
from core.locks import atomic, hold
from scheduling import events, job_rules
from scheduling.models import Job, JobConstraint, Resource
from scheduling.services.job_steps import lock_job

Type = JobConstraint.Type


@atomic
def add_constraint(
    job_pk: int,
    type: str,
    *,
    constraint_at: datetime | None = None,
    entity: Resource | None = None,
    versions: Collection[int] | None = None,
) -> JobConstraint:
    """A moment for a dated one, a resource or vehicle for a named one. `versions` are the job's.

    Raises ValidationError, DoesNotExist, StaleVersion.
    """
    job = lock_job(job_pk, versions)
    hold([entity])
    constraint = check_new(job, type, constraint_at, entity)
    constraint.save()
    _set_due(job)
    return constraint


def check_new(
    job: Job, type: str, constraint_at: datetime | None = None, entity: Resource | None = None
) -> JobConstraint:
    """The unsaved constraint, once every rule agrees; writes nothing."""
    constraint = JobConstraint(job=job, type=type, constraint_at=constraint_at, entity=entity)
    check_all(
        lambda: check_fields(constraint, {"type"}),
        lambda: _check_moment(constraint),
        lambda: _check_entity(constraint),
    )
    return constraint


def _check_moment(constraint: JobConstraint) -> None:
    if constraint.type in JobConstraint.DATED and constraint.constraint_at is None:
        refuse("constraint_at", "required", _("must be given for this type"))
    if constraint.type not in JobConstraint.DATED and constraint.constraint_at is not None:
        refuse("constraint_at", "unwanted", _("does not belong to this type"))


def _check_entity(constraint: JobConstraint) -> None:
    kinds = JobConstraint.NAMED.get(Type(constraint.type)) if constraint.type in Type.values else None
    if kinds and constraint.entity is None:
        refuse("entity", "required", _("must be given for this type"))
    if kinds is None and constraint.entity is not None:
        refuse("entity", "unwanted", _("does not belong to this type"))
    if kinds:
        job_rules.check_kind("entity", constraint.entity, kinds)
        job_rules.check_usable("entity", constraint.job.organization_id, constraint.entity)


@atomic
def remove_constraint(job_pk: int, pk: int, versions: Collection[int] | None = None) -> None:
    """Raises DoesNotExist where the job has no such constraint, StaleVersion."""
    job = lock_job(job_pk, versions)
    job.constraints.get(pk=pk).delete()
    _set_due(job)


def _set_due(job: Job) -> None:
    """The job is due at the earliest moment before which it must be complete; its version grows in any case."""
    dated = job.constraints.filter(type=Type.MUST_COMPLETE_BEFORE).order_by("constraint_at")
    job.changed(due_at=dated.values_list("constraint_at", flat=True).first()).save()
    record(events.JOB_UPDATED, job)
