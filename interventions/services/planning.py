"""Creating interventions, and changing them before they are executed, for every door.

Atomic: locks, rules, write, audit, outbox.
"""

from collections.abc import Collection, Sequence
from copy import copy
from typing import Any, NamedTuple

from core.changes import apply_changes, check_all, check_fields
from core.events import record
from core.locks import atomic, hold
from core.models import Organization, User
from interventions import emails, events, rules
from interventions.models import (
    Anomaly,
    AnomalyStatus,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    Routine,
)
from interventions.services import pins
from interventions.services.steps import enter, keep_time, links_of, lock_intervention, mark_anomalies
from interventions.sessions import leave_site
from interventions.states import Action, check_action

To, S = Intervention.CreationStatus, InterventionStatus
BEGINNING = {To.DRAFT: S.DRAFT, To.CONFIRMED: S.PLANNED, To.TO_AGREE: S.PROPOSED}
DATES = {"scheduled_start", "scheduled_end"}
ASSIGNEES = {"assigned_company_contact", "assigned_user"}
# What of a change those who make the visit are told.
TOLD = DATES | {"description"}
# Who makes the visit has been told of it.
KNOWN = (S.PROPOSED, S.PLANNED)


class Notice(NamedTuple):
    """Whom a change is told [annex 30: preventive update]."""

    tell_current: bool = True
    tell_former: bool = True
    reason: str = ""


# -- creating -----------------------------------------------------------------------------------------------


@atomic
def create_curative(organization: Organization, values: dict, *, created_by: User | None) -> Intervention:
    """values: scheduled_start, scheduled_end, anomaly_ids, creation_status, description, assigned_company_contact,
    assigned_user, follows. Raises ValidationError, and AnomaliesHeld for those that another open one has.
    """
    values = dict(values)
    ids = list(dict.fromkeys(values.pop("anomaly_ids")))
    hold(values.values())
    draft = check_new(organization, values, Intervention.Kind.CURATIVE)
    anomalies = take_anomalies(organization, ids)
    draft.created_by = created_by
    _store(draft, {anomaly.site_id for anomaly in anomalies}, anomalies)
    return draft


@atomic
def create_from_routine(
    routine: Routine, values: dict, *, created_by: User | None, is_automatic: bool = False
) -> Intervention:
    """A preventive one: values scheduled_start, scheduled_end, creation_status; the rest is the routine's."""
    hold([routine])
    rules.check_in_use(routine)
    taken = {name: getattr(routine, name) for name in (*ASSIGNEES, "description", "outside_ids")}
    draft = check_new(routine.organization, {**taken, **values}, routine.kind)
    draft.changed(routine=routine, created_by=created_by, is_automatic=is_automatic)
    site_ids = set(routine.sites.values_list("pk", flat=True))
    _store(draft, site_ids, _attached(routine, site_ids))
    return draft


def _attached(routine: Routine, site_ids: Collection[int]) -> list[Anomaly]:
    """The open anomalies of its sites, where the routine takes them along."""
    if not routine.auto_attach_enabled:
        return []
    found = Anomaly.objects.uncovered().filter(organization=routine.organization_id, site_id__in=site_ids)
    ids = list(found.order_by("pk").values_list("pk", flat=True)[: rules.MOST_ANOMALIES])
    fresh = Anomaly.objects.locked_all(ids)
    return [row for row in fresh if row.status == AnomalyStatus.OPEN and row.archived_at is None]


@atomic
def create_follow_up(pk: int, values: dict, *, created_by: User | None) -> Intervention:
    """The next visit for what an ended one left open; values as of create_curative, without anomaly_ids. The assignees
    are the former one's where none are given.
    """
    former = lock_intervention(pk)
    check_action(former, Action.ARCHIVE)
    left = former.links.filter(anomaly__status=AnomalyStatus.OPEN, anomaly__archived_at=None)
    same = {name: getattr(former, name) for name in (*ASSIGNEES, "description")}
    ids = list(left.order_by("anomaly_id").values_list("anomaly_id", flat=True))
    return create_curative(
        former.organization, {**same, **values, "anomaly_ids": ids, "follows": former}, created_by=created_by
    )


def check_new(organization: Organization, values: dict, kind: str) -> Intervention:
    """The unsaved intervention of these values, once every rule agrees; writes nothing."""
    draft = Intervention(organization=organization, kind=kind, **values)
    _check(draft, set(values))
    return draft


def take_anomalies(organization: Organization, ids: Sequence[int]) -> list[Anomaly]:
    """These, locked, once no rule refuses them."""
    rows = Anomaly.objects.filter(organization=organization).locked_all(ids)
    rules.check_anomalies(ids, rows)
    rules.check_not_held(ids)
    return rows


def _store(draft: Intervention, site_ids: Collection[int], anomalies: Sequence[Anomaly]) -> None:
    """With its PIN, its links, its first step; who makes the visit is told."""
    pins.give_pin(draft)
    begin = BEGINNING[To(draft.creation_status)]
    draft.calendar_sequence = 0 if begin == S.DRAFT else 1
    enter(draft, begin)
    draft.sites.add(*site_ids)
    for anomaly in anomalies:
        InterventionAnomaly.objects.create(intervention=draft, anomaly=anomaly)
        anomaly.changed(status=AnomalyStatus.PLANNED).save()
        record(events.ANOMALY_UPDATED, anomaly)
    if begin != S.DRAFT:
        emails.queue_assigned(draft)


# -- changing -----------------------------------------------------------------------------------------------


@atomic
def update_intervention(
    pk: int, values: dict, *, versions: Collection[int] | None = None, notice: Notice | None = None
) -> Intervention:
    """values: scheduled_start, scheduled_end, description, creation_status, assignees, outside_ids.

    A draft, or one that the provider refused, begins when creation_status says so (refused: with new dates); a
    rejected one is planned anew by new dates. Raises ValidationError, StateConflict, StaleVersion.
    """
    intervention = lock_intervention(pk, versions)
    before = copy(intervention)
    hold(values.values())
    changed = check_update(intervention, values)
    if not changed:
        return intervention
    status = _next_status(before, intervention, changed)
    if status == S.PLANNED and before.status == S.REJECTED:
        _start_over(intervention)
    elif status != before.status:
        # A refusal was of the former date.
        intervention.decision_comment = ""
    if intervention.assignee != before.assignee:
        # The link that the former one was sent, and what the code PIN opened to him.
        intervention.link_version += 1
        leave_site(intervention)
    _tell(before, intervention, status, changed, notice or Notice())
    if status == before.status:
        intervention.save()
        record(events.UPDATED, intervention)
        keep_time(intervention)
    else:
        enter(intervention, status)
    return intervention


def check_update(intervention: Intervention, values: dict) -> set[str]:
    """Set the values, once every rule agrees; the names of what differs. Writes nothing."""
    check_action(intervention, Action.UPDATE)
    wanted = values.get("creation_status")
    begins = wanted is not None and wanted != To.DRAFT and intervention.status in (S.DRAFT, S.REFUSED)
    changed = apply_changes(intervention, values)
    _check(intervention, changed)
    if begins:
        rules.check_agreeable(intervention)
        return changed | {"creation_status"}
    if "creation_status" in changed:
        check_action(intervention, Action.PROPOSE)
    return changed


def _next_status(before: Intervention, now: Intervention, changed: set[str]) -> InterventionStatus:
    """What the change makes of its state [contract 30]."""
    old = InterventionStatus(before.status)
    if "creation_status" in changed and now.creation_status != To.DRAFT:
        if old == S.REFUSED:
            rules.check_new_dates(changed)
        return BEGINNING[To(now.creation_status)]
    return S.PLANNED if old == S.REJECTED and changed & DATES else old


def _start_over(intervention: Intervention) -> None:
    """Rejected: the visit is made again. What was executed stays among its executions."""
    pins.give_pin(intervention)
    leave_site(intervention)
    intervention.link_version += 1
    intervention.changed(
        execution=None, actual_start=None, actual_end=None, verified_by=None, verified_at=None, decision_comment=""
    )
    links = links_of(intervention)
    for link in links:
        link.provider_action, link.comment = link.ProviderAction.NONE, ""
        link.client_decision, link.client_decision_comment = link.ClientDecision.NONE, ""
        link.save()
    mark_anomalies(AnomalyStatus.PLANNED, links)


def _check(intervention: Intervention, changed: set[str]) -> None:
    checks: list[Any] = [lambda: check_fields(intervention, changed - ASSIGNEES - {"follows"})]
    if changed & DATES:
        checks.append(lambda: rules.check_dates(intervention.scheduled_start, intervention.scheduled_end))
    if changed & (ASSIGNEES | {"creation_status"}):
        checks.append(lambda: rules.check_assignees(intervention, changed))
    check_all(*checks)


# -- telling ------------------------------------------------------------------------------------------------


def _tell(
    before: Intervention, now: Intervention, status: InterventionStatus, changed: set[str], notice: Notice
) -> None:
    """Whom it is with now, and whom it was taken from; each message is a new revision of the invitation.

    Where nobody is told there is none: what waits to be sent shows the plan as it stands then.
    """
    was = before.assignee if before.status in KNOWN else None
    current = now.assignee if status in KNOWN else None
    is_taken = was and was != current and notice.tell_former
    is_new = current and (current != was or status != before.status)
    is_changed = current and changed & TOLD and notice.tell_current
    if not (is_taken or is_new or is_changed):
        return
    now.calendar_sequence += 1
    if is_taken:
        emails.queue_taken_away(now, before, notice.reason)
    if is_new:
        emails.queue_assigned(now)
    elif is_changed:
        emails.queue_changed(now)
