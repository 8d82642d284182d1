"""The life of a job after it was planned: one table of who may follow whom [contract 20]."""

from collections.abc import Collection
from copy import copy
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import check_all, refuse
from core.locks import atomic
from scheduling import job_emails, job_rules
from scheduling.models import Job, JobStatus
from scheduling.models.job import ENDED
from scheduling.services.job_steps import check_status, give_back_time, lock_job, note_status

S = JobStatus


class Action(StrEnum):
    SEND = "send"
    READ = "read"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ON_THE_WAY = "on_the_way"
    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    RESULT = "result"
    CANCEL = "cancel"


class Transition(NamedTuple):
    """From these states to this one; the target of a result is what its caller says."""

    sources: tuple[JobStatus, ...]
    target: JobStatus


TRANSITIONS = {
    Action.SEND: Transition((S.SCHEDULED,), S.SENT),
    Action.READ: Transition((S.SENT,), S.READ),
    Action.ACCEPT: Transition((S.SENT, S.READ), S.ACCEPTED),
    Action.REFUSE: Transition((S.SENT, S.READ), S.REFUSED),
    Action.ON_THE_WAY: Transition((S.SCHEDULED, S.SENT, S.READ, S.ACCEPTED), S.ON_THE_WAY),
    Action.START: Transition((S.SCHEDULED, S.SENT, S.READ, S.ACCEPTED, S.ON_THE_WAY), S.STARTED),
    Action.SUSPEND: Transition((S.STARTED,), S.SUSPENDED),
    Action.RESUME: Transition((S.SUSPENDED,), S.STARTED),
    Action.RESULT: Transition((S.STARTED,), S.COMPLETED_OK),
    Action.CANCEL: Transition(tuple(status for status in S if status not in ENDED), S.CANCELLED),
}


def check_action(job: Job, action: Action) -> None:
    """Raise StateConflict unless the job's state allows the action; writes nothing."""
    check_status(job, TRANSITIONS[action].sources)


def check_step(job: Job, *, comment: str = "", moment: datetime | None = None) -> None:
    """Raise ValidationError for values that no step takes, whatever the job's state; writes nothing."""
    job_rules.check_moment(moment)


def check_outcome(
    job: Job, *, status: JobStatus | None = None, result: str = "", moment: datetime | None = None
) -> None:
    """The same for a result; what depends on the status is left out without one."""
    check_all(
        lambda: check_result(job, status, result) if status else None,
        lambda: job_rules.check_moment(moment),
        lambda: job_rules.check_end(job, moment),
    )


@atomic
def change_status(
    pk: int,
    action: Action,
    *,
    comment: str = "",
    moment: datetime | None = None,
    versions: Collection[int] | None = None,
) -> Job:
    """One step, with its comment, at a moment (default now; at most 60 s ahead). For result and cancel see below."""
    job = lock_job(pk, versions)
    check_step(job, moment=moment)
    check_action(job, action)
    if action == Action.START:
        job.actual_start_at = moment or timezone.now()
    return _step(job, TRANSITIONS[action].target, comment, moment)


@atomic
def set_result(
    pk: int,
    status: JobStatus,
    *,
    result: str = "",
    comment: str = "",
    moment: datetime | None = None,
    versions: Collection[int] | None = None,
) -> Job:
    """status: completed_ok or completed_with_issues. What is left of the planned time is free again."""
    job = lock_job(pk, versions)
    check_outcome(job, status=status, result=result, moment=moment)
    check_action(job, Action.RESULT)
    job.changed(result=result, actual_end_at=moment or timezone.now(), status=status)
    give_back_time(job)
    return _step(job, status, comment, moment)


def check_result(job: Job, status: JobStatus, result: str) -> None:
    """One of the type's results; a success needs one where the type has any [contract 20]."""
    is_ok = status == S.COMPLETED_OK
    known = job.type.positive_results if is_ok else job.type.negative_results
    if result and result not in known:
        refuse("result", "inclusion", _("must be one of: %(results)s"), results=", ".join(known) or "–")
    if is_ok and known and not result:
        refuse("result", "required", _("must be given, one of: %(results)s"), results=", ".join(known))


@atomic
def cancel_job(pk: int, reason: str = "", versions: Collection[int] | None = None) -> Job:
    """Its time is free again, and whom it was with is told."""
    job = lock_job(pk, versions)
    check_action(job, Action.CANCEL)
    before = copy(job)
    job.status = S.CANCELLED
    give_back_time(job)
    if before.is_told and before.resource:
        job.calendar_sequence += 1
        job_emails.queue_cancelled(job)
    return _step(job, S.CANCELLED, reason, None)


def _step(job: Job, status: JobStatus, comment: str, moment: datetime | None) -> Job:
    job.changed(status=status, status_modified_at=moment or timezone.now())
    if comment:
        job.resources_comment = comment
    job.save()
    note_status(job, comment)
    return job
