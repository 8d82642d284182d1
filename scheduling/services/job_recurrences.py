"""Templates of recurring jobs, for every door. Atomic: lock, rules, write, audit. What they make: job_occurrences."""

from collections.abc import Collection
from copy import copy
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import apply_changes, check_all, check_fields, refuse
from core.locks import atomic, hold
from core.models import Organization
from scheduling import job_rules, recurrences
from scheduling.models import Job, JobOccurrence, JobRecurrence
from scheduling.services.job_planning import check_resources

RELATED = (
    *("organization__scheduling_settings", "type", "contact", "site_contact", "person", "category"),
    *("resource", "vehicle"),
)
# What every job of a recurrence gets, by the names that both have.
TEMPLATE = (
    *("type", "contact", "site_contact", "person", "category", "description", "order_number", "planned_duration"),
)
PLAN = {"resource", "vehicle"}
MOST_EXDATES = 100
# Every run counts from the start, so it is not a lifetime away.
NEAR = timedelta(days=3653)


@atomic
def create_recurrence(organization: Organization, values: dict) -> JobRecurrence:
    """values: those of create_job without reference and comments, planned_duration None for the type's; resource,
    vehicle, start_at, rrule, exdates (local days, YYYY-MM-DD), skips_holidays, days_ahead, on_conflict, name,
    is_archived.
    """
    hold(values.values())
    recurrence = check_new(organization, values)
    recurrence.save()
    return recurrence


def check_new(organization: Organization, values: dict) -> JobRecurrence:
    """The unsaved recurrence of these values, once every rule agrees; writes nothing."""
    values = _tidied(values)
    given = values.pop("custom_fields", [])
    recurrence = JobRecurrence(organization=organization, **values)
    _check(recurrence, {*values, "order_number", "rrule"}, given)
    return recurrence


@atomic
def update_recurrence(pk: int, values: dict, versions: Collection[int] | None = None) -> JobRecurrence:
    """values as of create_recurrence; type and contact stay. For occurrences that are not made yet:
    those that were left out or failed are judged anew, jobs that are made stay as they are.
    """
    recurrence = lock_recurrence(pk, versions)
    hold(values.values())
    if not _apply(recurrence, values):
        return recurrence
    recurrence.save()
    unmade = recurrence.occurrences.exclude(outcome=JobOccurrence.Outcome.MADE)
    unmade.filter(start_at__gte=timezone.now()).delete()
    return recurrence


def lock_recurrence(pk: int, versions: Collection[int] | None = None) -> JobRecurrence:
    """Locked and fresh, with what it names; raises DoesNotExist, StaleVersion, Busy."""
    JobRecurrence.objects.locked(pk, versions)
    return JobRecurrence.objects.select_related(*RELATED).get(pk=pk)


def check_update(recurrence: JobRecurrence, values: dict) -> None:
    """Every rule that these values would break; writes nothing."""
    _apply(copy(recurrence), values)


def _apply(recurrence: JobRecurrence, values: dict) -> set[str]:
    """Set the values, once every rule agrees; the names of what changed."""
    values = _tidied(values)
    given = values.pop("custom_fields", [])
    stored = recurrence.custom_values
    changed = apply_changes(recurrence, values)
    _check(recurrence, changed, given)
    return changed | ({"custom_values"} if recurrence.custom_values != stored else set())


def _tidied(values: dict) -> dict:
    """Rules as RFC 5545 writes them, days in order."""
    tidied = dict(values)
    if isinstance(rule := tidied.get("rrule"), str):
        tidied["rrule"] = recurrences.tidied(rule)
    if isinstance(days := tidied.get("exdates"), list) and all(isinstance(day, str) for day in days):
        tidied["exdates"] = sorted(set(days))
    return tidied


def _check(recurrence: JobRecurrence, changed: set[str], given: list[job_rules.CustomValue]) -> None:
    # One that was not given is no attribute at all.
    job = Job(organization=recurrence.organization)
    job.changed(**{name: getattr(recurrence, name) for name in (*TEMPLATE, *PLAN) if hasattr(recurrence, name)})
    of_job = changed & set(TEMPLATE)
    if recurrence.planned_duration is None:
        of_job -= {"planned_duration"}
    check_all(
        lambda: _check_frozen(recurrence, changed),
        lambda: check_fields(recurrence, changed - set(TEMPLATE)),
        lambda: job_rules.check_job(job, of_job),
        lambda: check_resources(job, changed & PLAN),
        lambda: _set_custom_values(recurrence, given),
        lambda: _check_exdates(recurrence.exdates),
        lambda: _check_start(recurrence.start_at) if "start_at" in changed else None,
        lambda: _check_rule(recurrence) if changed & {"rrule", "start_at"} else None,
    )


def _check_frozen(recurrence: JobRecurrence, changed: set[str]) -> None:
    errors = {name: ValidationError(_("cannot be changed"), code="frozen") for name in changed & {"type", "contact"}}
    if errors and not recurrence._state.adding:
        raise ValidationError(errors)


def _set_custom_values(recurrence: JobRecurrence, given: list[job_rules.CustomValue]) -> None:
    is_new = recurrence._state.adding
    if not recurrence.type_id or not (given or is_new):
        return
    definitions = job_rules.definitions_of(recurrence.type)
    values = job_rules.merged_values(definitions, recurrence.custom_values, given, is_new=is_new)
    recurrence.custom_values = values


def _check_exdates(days: object) -> None:
    if not isinstance(days, list) or not all(_is_day(day) for day in days):
        refuse("exdates", "not_date", _("must be dates, YYYY-MM-DD"))
    if len(days) > MOST_EXDATES:
        refuse("exdates", "too_many", _("must be at most %(number)d"), number=MOST_EXDATES)


def _is_day(text: object) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_start(start_at: datetime | None) -> None:
    if start_at and abs(start_at - timezone.now()) > NEAR:
        refuse("start_at", "far", _("must be less than ten years from now"))


def _check_rule(recurrence: JobRecurrence) -> None:
    start_at, rule = recurrence.start_at, recurrence.rrule
    # Another check says so where one of them is missing or too long.
    if not start_at or abs(start_at - timezone.now()) > NEAR or not rule or len(rule) > 500:
        return
    try:
        recurrences.check_rule(rule, start_at, recurrence.organization.zone)
    except ValidationError as error:
        raise ValidationError({"rrule": error}) from None
