"""Rules of jobs that need other rows or the clock [seed; contract 20].

Each raises ValidationError with a stable code on a named field; services call them after the lock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.changes import check_all, check_fields, refuse
from core.models.base import OrganizationRow
from scheduling.models import BusyInterval, Contact, CustomFieldDefinition, Job, JobType, Resource
from scheduling.models.job import BEGUN

# A device's clock may be this much ahead of ours [contract 20].
CLOCK_TOLERANCE = timedelta(seconds=60)
YEARS = (1900, 2999)
OTHERS = ("type", "contact", "site_contact", "category", "resource", "vehicle")


class CustomValue(NamedTuple):
    """What a request says of one custom field; None unsets it."""

    definition_id: int
    value: str | None


def check_job(job: Job, changed: set[str]) -> None:
    """Every rule that these changed fields can break, all at once."""
    checks: list[Callable] = [partial(check_fields, job, changed)]
    checks += [partial(_check_reachable, job, name) for name in OTHERS if name in changed]
    if "contact" in changed and job.contact_id:
        checks.append(partial(_check_not_on_stop, job.contact))
    if "person" in changed and job.person:
        checks.append(partial(_check_person, job))
    if "order_number" in changed:
        checks.append(partial(_check_order_number, job))
    checks += [partial(_check_not_begun, job, name) for name in ("description", "person") if name in changed]
    checks += [partial(_check_new, job, name) for name in ("type", "contact") if name in changed]
    check_all(*checks)


def _check_reachable(job: Job, name: str) -> None:
    check_usable(name, job.organization_id, getattr(job, name))


def check_usable(field: str, organization_id: int, row: OrganizationRow | None) -> None:
    """A row of the same organization that is not archived."""
    if row is None:
        return
    if row.organization_id != organization_id:
        refuse(field, "must_exist", _("must exist"))
    if getattr(row, "is_archived", False):
        refuse(field, "archived", _("is archived"))


def check_kind(field: str, resource: Resource | None, kinds: tuple[Resource.Kind, ...]) -> None:
    if resource and resource.kind not in kinds:
        refuse(field, "must_exist", _("must exist"))


def _check_not_on_stop(contact: Contact) -> None:
    if contact.is_on_stop:
        refuse("contact", "on_stop", _("is on stop: %(reason)s"), reason=contact.stop_reason or "–")


def _check_person(job: Job) -> None:
    if job.person.contact_id != job.contact_id:
        refuse("person", "must_exist", _("must be a person of the contact"))
    if job.person.is_archived:
        refuse("person", "archived", _("is archived"))


def _check_order_number(job: Job) -> None:
    if job.type_id and job.type.is_order_number_required and not job.order_number.strip():
        refuse("order_number", "required", _("must be given: the type asks for it"))


def _check_not_begun(job: Job, name: str) -> None:
    """What was agreed on is not rewritten once the work goes on; a new job may come in any words."""
    if not job._state.adding and (job.status in BEGUN or job.actual_start_at):
        refuse(name, "frozen", _("cannot be changed once the job is started"))


def _check_new(job: Job, name: str) -> None:
    if not job._state.adding:
        refuse(name, "frozen", _("cannot be changed"))


def definitions_of(job_type: JobType) -> dict[int, CustomFieldDefinition]:
    """The custom fields that jobs of the type have, by id."""
    return {definition.pk: definition for definition in job_type.custom_field_definitions.order_by("pk")}


def merged_values(
    definitions: dict[int, CustomFieldDefinition], stored: dict[str, str], given: list[CustomValue], *, is_new: bool
) -> dict[str, str]:
    """What is stored after these changes: definition id (as JSON has it) → text.

    Errors stand under `custom_fields.<number>.definition_id` and `.value`; under `custom_fields` where a required
    one is missing from a new row.
    """
    check_all(*(partial(_check_given, definitions, given, number) for number in range(len(given))))
    values = stored | {str(one.definition_id): one.value for one in given}
    if is_new:
        _check_required(definitions, values)
    return {pk: value for pk, value in values.items() if value is not None}


def _check_given(definitions: dict[int, CustomFieldDefinition], given: list[CustomValue], number: int) -> None:
    one, path = given[number], f"custom_fields.{number}"
    definition = definitions.get(one.definition_id)
    if definition is None:
        refuse(f"{path}.definition_id", "must_exist", _("must exist"))
    if any(other.definition_id == one.definition_id for other in given[:number]):
        refuse(f"{path}.definition_id", "repeated", _("is given twice"))
    if definition.is_required and not (one.value or "").strip():
        refuse(f"{path}.value", "required", _("must be given"))
    if one.value is None:
        return
    try:
        definition.check_value(one.value)
    except ValidationError as error:
        raise ValidationError({f"{path}.value": error}) from None


def _check_required(definitions: dict[int, CustomFieldDefinition], values: dict[str, str | None]) -> None:
    missing = [one.name for one in definitions.values() if one.is_required and values.get(str(one.pk)) is None]
    if missing:
        refuse("custom_fields", "required", _("must be given: %(names)s"), names=", ".join(missing))


def check_moment(moment: datetime | None) -> None:
    """When a status changed: in the past, or ahead by no more than what clocks differ."""
    if moment and moment > timezone.now() + CLOCK_TOLERANCE:
        refuse("status_modified_at", "future", _("must not be in the future"))


def check_end(job: Job, moment: datetime | None) -> None:
    """Work does not end before it started."""
    if moment and job.actual_start_at and moment < job.actual_start_at:
        refuse("status_modified_at", "order", _("must not be before the job was started"))


def check_start(start: datetime | None) -> None:
    """In years whose holidays and ends can be told."""
    if start and not YEARS[0] <= start.year <= YEARS[1]:
        refuse(
            "planned_start_at", "range", _("must be in the years %(first)d to %(last)d"), first=YEARS[0], last=YEARS[1]
        )


def check_free(job: Job) -> bool:
    """Whether nothing else takes the time that the job is to take [contract 20: where overlaps are forbidden].

    Raises ValidationError where it takes more than it has; what it has already, from before the setting or under a
    later absence, it may keep or shorten: then False.
    """
    interval = job.interval
    if interval is None or not job.resource_ids:
        return True
    found = list(BusyInterval.objects.clashing(job.resource_ids, interval, BusyInterval.Kind.JOB, job.pk))
    held = BusyInterval.objects.of(BusyInterval.Kind.JOB, job.pk) if found else []
    kept = {one.resource_id for one in held if one.start <= interval.start and interval.end <= one.end}
    new = [one for one in found if one.resource_id not in kept]
    if new:
        names = ", ".join(dict.fromkeys(f"{one.get_kind_display().lower()} #{one.source_id}" for one in new))
        refuse("planned_start_at", "conflict", _("overlaps with %(names)s"), names=names)
    return not found
