"""How interventions, anomalies and what came of them look in lists and forms."""

import re

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from core.admin.display import EMPTY, local_span, local_time, pill
from core.models import User
from interventions.models import (
    Anomaly,
    AnomalyStatus,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    Risk,
    RoutineOccurrence,
)

# An anomaly's number as people read it: A-00012.
LABEL = re.compile(r"^\s*A-0*(\d{1,9})\s*$", re.IGNORECASE | re.ASCII)
S, A = InterventionStatus, AnomalyStatus
STATUS: dict[str, str] = {
    S.DRAFT: "grey",
    S.PROPOSED: "amber",
    S.PLANNED: "blue",
    S.IN_PROGRESS: "blue",
    S.EXECUTED: "amber",
    S.VERIFIED: "green",
    S.REJECTED: "red",
    S.REFUSED: "red",
    S.CANCELLED: "grey",
}
ANOMALY: dict[str, str] = {A.OPEN: "red", A.PLANNED: "blue", A.TO_REVIEW: "amber", A.RESOLVED: "green"}
RISK: dict[str, str] = {Risk.NONE: "grey", Risk.LOW: "blue", Risk.MEDIUM: "amber", Risk.HIGH: "red"}
Did, Decided = InterventionAnomaly.ProviderAction, InterventionAnomaly.ClientDecision
DID: dict[str, str] = {Did.DONE: "green", Did.NOT_DONE: "red"}
DECIDED: dict[str, str] = {Decided.ACCEPTED: "green", Decided.REFUSED: "red"}
OUTCOME: dict[str, str] = {RoutineOccurrence.Outcome.MADE: "green", RoutineOccurrence.Outcome.MISSED: "red"}


def status_pill(intervention: Intervention):
    return pill(intervention.get_status_display(), STATUS[intervention.status])


def state_pills(intervention: Intervention):
    """Its state, and what else of it staff must know at once."""
    parts = [status_pill(intervention)]
    if intervention.is_overdue:
        parts.append(pill(_("Overdue"), "red"))
    if intervention.archived_at:
        parts.append(pill(_("Archived")))
    return format_html("{} " * len(parts), *parts)


def anomaly_pill(anomaly: Anomaly):
    return pill(_("Archived")) if anomaly.archived_at else pill(anomaly.get_status_display(), ANOMALY[anomaly.status])


def risk_pill(anomaly: Anomaly):
    return pill(anomaly.get_risk_display(), RISK[anomaly.risk])


def did_pill(link: InterventionAnomaly):
    tone = DID.get(link.provider_action)
    return pill(link.get_provider_action_display(), tone) if tone else EMPTY


def decided_pill(link: InterventionAnomaly):
    tone = DECIDED.get(link.client_decision)
    return pill(link.get_client_decision_display(), tone) if tone else EMPTY


def when(intervention: Intervention) -> str:
    """From its start to its end, on the organization's clock."""
    return local_span(intervention.scheduled_start, intervention.scheduled_end, intervention.organization.zone)


def when_cell(intervention: Intervention):
    """In a list: of several days it may break between its two ends alone. In red once it is past."""
    late = " late" if intervention.is_overdue else ""
    ends = when(intervention).split(" – ")
    return format_html_join(" – ", '<span class="nowrap{}">{}</span>', ((late, end) for end in ends))


def due(anomaly: Anomaly):
    """In red once it is past."""
    text = local_time(anomaly.due_at, anomaly.organization.zone)
    return format_html('<span class="late">{}</span>', text) if anomaly.is_overdue else text


def assignee_of(intervention: Intervention) -> str:
    """Who makes the visit; a dash for nobody yet."""
    assignee = intervention.assignee
    if isinstance(assignee, User):
        return assignee.full_name
    return str(assignee) if assignee else EMPTY


def sites_of(intervention: Intervention) -> str:
    """Prefetched in lists."""
    return ", ".join(str(site) for site in intervention.sites.all()) or EMPTY


def link_to(row, text: str = ""):
    """The row's own page; a dash for none."""
    if row is None:
        return EMPTY
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, text or str(row))
