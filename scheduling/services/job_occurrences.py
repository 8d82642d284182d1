"""The jobs that recurrences make: each occurrence once, in a transaction of its own. One failure stops its recurrence
alone, until its cause is gone or its time is past.
"""

import logging
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import Busy, StaleVersion
from core.locks import atomic
from core.models import Organization
from scheduling import holidays, job_rules, recurrences
from scheduling.models import Job, JobOccurrence, JobRecurrence, SchedulingSettings
from scheduling.services import busy
from scheduling.services.job_planning import schedule_job
from scheduling.services.job_recurrences import RELATED, TEMPLATE, lock_recurrence
from scheduling.services.jobs import create_job

logger = logging.getLogger("dutyboard.job_occurrences")

Outcome = JobOccurrence.Outcome
OnConflict = JobRecurrence.OnConflict
REASON_LENGTH = 255


@dataclass(frozen=True)
class Judgement:
    """What a run decided about one occurrence; None for a start where the recurrence as a whole failed."""

    recurrence_id: int
    start_at: datetime | None
    outcome: str
    reason: str = ""
    job_id: int | None = None


class NotMade(Exception):
    """Ends the transaction of an occurrence that is not to be made."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome, self.reason = outcome, reason


def make_due(now: datetime | None = None, organization: Organization | None = None) -> list[Judgement]:
    """Every occurrence that begins from now until as many days ahead as its recurrence says, and was not judged yet.

    Of one organization, or of all. Two runs at once make each of them once.
    """
    now = now or timezone.now()
    active = JobRecurrence.objects.filter(is_archived=False, organization__is_active=True)
    active = active.filter(organization=organization) if organization else active
    pks = list(active.order_by("pk").values_list("pk", flat=True))
    return [judgement for pk in pks for judgement in make_of(pk, now)]


def make_of(pk: int, now: datetime) -> list[Judgement]:
    """Those of one recurrence."""
    judged: list[Judgement] = []
    try:
        recurrence = JobRecurrence.objects.select_related(*RELATED).get(pk=pk)
        with translation.override(recurrence.organization.language):
            for start in _due(recurrence, now):
                found = _judge(recurrence, start)
                judged += [found] if found else []
                if found and found.outcome == Outcome.FAILED:
                    break
    except (StaleVersion, JobRecurrence.DoesNotExist):
        pass  # Changed at this very moment: the next run reads it anew.
    except Exception as error:
        logger.exception("recurring job %s", pk)
        judged.append(Judgement(pk, None, Outcome.FAILED, str(error) if isinstance(error, Busy) else "see the log"))
    return judged


def _due(recurrence: JobRecurrence, now: datetime) -> Iterator[datetime]:
    """The starts to be judged: at most one a local day, so that a changed hour gives no second job."""
    organization, until = recurrence.organization, now + timedelta(days=recurrence.days_ahead)
    # Those of this very day may have begun before now.
    judged = recurrence.occurrences.exclude(outcome=Outcome.FAILED).filter(start_at__gte=now - timedelta(days=2))
    done = {organization.local_date(start) for start in judged.values_list("start_at", flat=True)}
    for start in recurrences.between(recurrence.rrule, recurrence.start_at, organization.zone, now, until):
        if organization.local_date(start) not in done:
            yield start


def _judge(recurrence: JobRecurrence, start: datetime) -> Judgement | None:
    """None where another run judged it in the meantime."""
    try:
        if reason := _left_out(recurrence, start):
            raise NotMade(Outcome.SKIPPED, reason)
        return _make(recurrence, start)
    except NotMade as refusal:
        return _note(recurrence, start, refusal.outcome, refusal.reason)
    except ValidationError as error:
        return _note(recurrence, start, Outcome.FAILED, sentences(error))


def _left_out(recurrence: JobRecurrence, start: datetime) -> str:
    """Why no job is made on this day; empty where one is."""
    day = recurrence.organization.local_date(start)
    if day.isoformat() in recurrence.exdates:
        return _("this day is left out")
    place = SchedulingSettings.of(recurrence.organization)
    if recurrence.skips_holidays and holidays.between(place.country, place.region, day, day):
        return _("is a public holiday")
    return ""


@atomic
def _make(recurrence: JobRecurrence, start: datetime) -> Judgement | None:
    row = _claim(recurrence, start)
    if row is None:
        return None
    recurrence = row.recurrence
    values = {name: getattr(recurrence, name) for name in TEMPLATE}
    values["custom_fields"] = [job_rules.CustomValue(int(pk), text) for pk, text in recurrence.custom_values.items()]
    job = create_job(recurrence.organization, values, recurrence=recurrence)
    conflict = _schedule(recurrence, job, start)
    return _write(row, Outcome.MADE, conflict, job)


def _claim(recurrence: JobRecurrence, start: datetime) -> JobOccurrence | None:
    """The occurrence's row in the ledger, new or failed so far; None for a judged one.

    Its `recurrence` is locked and fresh, with what it names.
    """
    fresh = lock_recurrence(recurrence.pk, [recurrence.version])
    row = fresh.occurrences.filter(start_at=start).first()
    if row and row.outcome != Outcome.FAILED:
        return None
    return row or JobOccurrence(recurrence=fresh, start_at=start)


@atomic
def _note(recurrence: JobRecurrence, start: datetime, outcome: Outcome, reason: str) -> Judgement | None:
    row = _claim(recurrence, start)
    if row is None:
        return None
    if outcome == Outcome.FAILED and row.reason != reason:
        logger.warning("recurring job %s, %s: %s", recurrence.pk, start.isoformat(), reason)
    return _write(row, outcome, reason)


def _write(row: JobOccurrence, outcome: Outcome, reason: str, job: Job | None = None) -> Judgement:
    row.outcome, row.reason, row.job = outcome, reason[:REASON_LENGTH], job
    row.save()
    return Judgement(row.recurrence_id, row.start_at, outcome, row.reason, row.job_id)


def _schedule(recurrence: JobRecurrence, job: Job, start: datetime) -> str:
    """Plan the new job; what it overlaps with, in words.

    Where the organization forbids overlaps, a job that is to be made all the same stays without a plan.
    """
    plan: dict = {"resource": recurrence.resource, "vehicle": recurrence.vehicle, "planned_start_at": start}
    conflict = _conflict(copy(job).changed(**plan))
    if conflict and recurrence.on_conflict != OnConflict.FLAG:
        raise NotMade(Outcome.SKIPPED if recurrence.on_conflict == OnConflict.SKIP else Outcome.FAILED, conflict)
    if not (conflict and SchedulingSettings.of(recurrence.organization).forbids_job_overlaps):
        schedule_job(job.pk, **plan)
    return conflict


def _conflict(job: Job) -> str:
    """What else takes the time of this planned job, under the locks of its resources."""
    busy.lock_resources(job.resource_ids)
    try:
        job_rules.check_free(job)
    except ValidationError as error:
        return "; ".join(error.messages)
    return ""


def sentences(error: ValidationError) -> str:
    """The errors of a job, its fields by their names for people."""
    return "; ".join(f"{_name_of(field)}: {', '.join(found)}" for field, found in error.message_dict.items())


def _name_of(field: str) -> str:
    try:
        return str(Job._meta.get_field(field).verbose_name)
    except FieldDoesNotExist:
        return str(Job._meta.get_field("custom_values").verbose_name)
