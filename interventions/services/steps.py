"""Small steps that every change of an intervention takes."""

from collections.abc import Collection

from django.utils import timezone

from core.context import current_actor
from core.events import record
from interventions import events
from interventions.models import (
    Anomaly,
    AnomalyStatus,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    InterventionStep,
)
from scheduling.models import BusyInterval
from scheduling.services import busy, person_time

RELATED = ("organization", "assigned_company_contact", "assigned_user", "created_by", "routine", "execution")
KIND = BusyInterval.Kind.INTERVENTION


def lock_intervention(pk: int, versions: Collection[int] | None = None) -> Intervention:
    """The intervention, locked and fresh, with what it names; raises DoesNotExist, StaleVersion, Busy.

    What it names is read apart: a joined row that another transaction exchanges would hide it from PostgreSQL.
    """
    Intervention.objects.locked(pk, versions)
    return Intervention.objects.select_related(*RELATED).defer("execution__signature").get(pk=pk)


def enter(intervention: Intervention, status: InterventionStatus, comment: str = "", by: str = "") -> None:
    """Save it in this state, keep its time, and note the step. `by` names who is no user."""
    is_new = intervention._state.adding
    intervention.status = status
    intervention.save()
    if is_new:
        record(events.CREATED, intervention)
    record(events.STATES[status], intervention)
    keep_time(intervention)
    note_step(intervention, comment, by)


def note_step(intervention: Intervention, comment: str = "", by: str = "") -> None:
    InterventionStep.objects.create(
        intervention=intervention,
        status=intervention.status,
        created_at=timezone.now(),
        comment=comment,
        by=by,
        user_id=None if by else current_actor().user_id,
    )


def keep_time(intervention: Intervention) -> None:
    """What it takes of the person who makes it follows its dates, its assignee and its state."""
    source = busy.Source(KIND, intervention.pk)
    busy.give_back(source)
    if (interval := intervention.interval) and intervention.assigned_user:
        person_time.take(source, intervention.organization_id, intervention.assigned_user, interval)


def mark_anomalies(status: AnomalyStatus, links: Collection[InterventionAnomaly]) -> None:
    """The anomalies of these links, which links_of locked, get this state."""
    for link in links:
        anomaly = link.anomaly
        if anomaly.status != status:
            anomaly.status = status
            anomaly.save()
            record(events.ANOMALY_UPDATED, anomaly)


def links_of(intervention: Intervention) -> list[InterventionAnomaly]:
    """With their anomalies, in order, the anomalies locked: whoever else wants them waits."""
    links = list(intervention.links.select_related("anomaly__site").order_by("anomaly_id"))
    fresh = {row.pk: row for row in Anomaly.objects.locked_all([link.anomaly_id for link in links])}
    for link in links:
        site = link.anomaly.site
        link.anomaly = fresh[link.anomaly_id]
        link.anomaly.site = site
    return links
