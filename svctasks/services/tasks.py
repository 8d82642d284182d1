"""Every change of a service task, for every door. What was due under its old settings is accounted for first."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import apply_changes, check_all, refuse
from core.errors import StateConflict
from core.events import record
from core.locks import atomic
from core.models import Organization
from core.service_scripts import handler_named
from svctasks import events
from svctasks.models import RunState, ServiceTask, WorkerSite
from svctasks.services.dispatching import advance, arm, store
from svctasks.services.sites import NAMED

logger = logging.getLogger("dutyboard.svctasks")

# What moves the due moments, or whether they count.
TIMING = {
    *("is_enabled", "is_regular", "interval_seconds", "starts_at", "stops_at"),
    *("schedule", "periods", "clock"),
}
# What is the product's own business in a task that came with it.
FIXED = {"script", "name", "is_regular"}
# What comes of settings that no rule let in.
UNREADABLE = (ValidationError, ArithmeticError, LookupError, TypeError, ValueError)


@atomic
def create_task(organization: Organization, values: dict) -> ServiceTask:
    """values: ServiceTask's fields. Raises ValidationError by field, StateConflict for what cannot be enabled."""
    now = timezone.now()
    task = ServiceTask(organization=organization, created_at=now, counted_until=now, **values)
    check_task(task)
    task.save()
    # Saving dates it anew, and by that date it is anchored.
    arm(task, task.created_at)
    store(task)
    return task


@atomic
def update_task(pk: int, values: dict, versions: Collection[int] | None = None) -> ServiceTask:
    """As create_task; raises StaleVersion and DoesNotExist too."""
    task = ServiceTask.objects.select_related("organization", "script").locked(pk, versions)
    draft_changes = {name for name, value in values.items() if getattr(task, name) != value}
    if not draft_changes:
        return task
    if task.is_system and draft_changes & FIXED:
        raise StateConflict(_("A task that came with the product keeps its script, its name and its kind"), [])
    if draft_changes & TIMING:
        _account(task)
    was_enabled = task.is_enabled
    changed = apply_changes(task, values)
    _follow(task, changed, was_enabled)
    check_task(task)
    task.save()
    return task


def _account(task: ServiceTask) -> None:
    """Until now by the settings that held until now. Settings that cannot be read hinder nobody from mending them."""
    try:
        advance(task, timezone.now())
    except UNREADABLE:
        logger.exception("service task %s before its change", task.pk)


def _follow(task: ServiceTask, changed: set[str], was_enabled: bool) -> None:
    """What these changes mean for where the dispatcher stands with the task."""
    if changed & {"starts_at", "is_regular"}:
        task.is_spent = False
    if task.is_enabled and not was_enabled:
        if task.is_spent:
            raise StateConflict(_("It has run: another start arms it again"), [])
        task.pause_note, task.failures_in_row, task.failure_told_at = "", 0, None
    if changed & TIMING:
        arm(task, timezone.now())
        # Told anew where it is one still.
        task.problem = ""


@atomic
def pause_task(pk: int, note: str, versions: Collection[int] | None = None) -> ServiceTask:
    """Switch it off, and say why."""
    task = update_task(pk, {"is_enabled": False}, versions)
    task.pause_note = note
    task.clean_fields(exclude={field.name for field in task._meta.fields} - {"pause_note"})
    task.save()
    record(events.PAUSED, task, task.public_id)
    return task


@atomic
def delete_task(pk: int, versions: Collection[int] | None = None) -> None:
    """With its ledger and what waits; not under a run that goes on, which nobody could follow or stop any more."""
    task = ServiceTask.objects.locked(pk, versions)
    if task.is_system:
        raise StateConflict(_("A task that came with the product can be switched off, not deleted"), [])
    # Locked, so that no worker takes one meanwhile.
    active = task.runs.active().select_for_update().order_by("pk")
    if RunState.RUNNING in active.values_list("state", flat=True):
        raise StateConflict(_("A run of this task is going on: cancel it first"), [])
    task.delete()


@atomic
def rearm_local(organization: Organization, old_zone: str, now: datetime) -> None:
    """Its clocks are others: tasks that go by them have other moments from now on."""
    steady = {"clock": ServiceTask.Clock.UTC, "schedule": ServiceTask.Schedule.ALWAYS}
    rows = ServiceTask.objects.filter(organization=organization).exclude(**steady)
    for task in rows.select_for_update(of=("self",)).select_related("organization", "script").order_by("pk"):
        task.organization.time_zone = old_zone
        _account(task)
        task.organization = organization
        _rearm(task, now)


def _rearm(task: ServiceTask, now: datetime) -> None:
    """One that cannot be read is found by the dispatcher, which tells of it."""
    try:
        arm(task, now)
    except UNREADABLE:
        logger.exception("service task %s after a change of clocks", task.pk)
    else:
        store(task)


# -- rules --------------------------------------------------------------------------------------------------


def check_task(task: ServiceTask) -> None:
    """Raises ValidationError by field; StateConflict where it cannot be enabled as it is."""
    exclude = {"script"} if task.script_id is None else set()
    check_all(
        lambda: task.clean_fields(exclude=exclude | {"organization"}),
        task.clean,
        lambda: task.validate_unique(),
        lambda: _check_sites(task),
        lambda: _check_script(task),
    )
    if task.is_enabled:
        _check_ready(task)


def _check_sites(task: ServiceTask) -> None:
    if not isinstance(task.sites, list) or not all(isinstance(name, str) for name in task.sites):
        refuse("sites", "invalid", _("must be names of sites"))
    if task.site_mode not in NAMED:
        return
    if not task.sites:
        refuse("sites", "required", _("must be given where it runs at listed sites"))
    known = set(WorkerSite.objects.filter(name__in=task.sites).values_list("name", flat=True))
    unknown = [name for name in task.sites if name not in known]
    if unknown:
        refuse("sites", "unknown", _("%(site)s is no site that workers serve"), site=unknown[0])


def _check_script(task: ServiceTask) -> None:
    if task.script and task.script.organization_id != task.organization_id:
        refuse("script", "unknown", _("is none of the organization's"))


def _check_ready(task: ServiceTask) -> None:
    if task.script is None:
        raise StateConflict(_("A task without a script cannot be enabled"), [])
    handler = handler_named(task.script.handler)
    if handler is None:
        raise StateConflict(_("Its script names a handler that is not there"), [])
    try:
        handler.check(task.script.params)
    except ValidationError as error:
        raise StateConflict(_("Its script is not ready: %(why)s") % {"why": " ".join(error.messages)}, []) from error
