"""What an intervention's page shows beside its form: its anomalies, what was signed, its life so far, its reports."""

from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.admin.display import local_span, local_time
from core.admin.history import MOST_ENTRIES, who
from interventions.admin.display import DID, STATUS, anomaly_pill, decided_pill, did_pill, link_to, risk_pill
from interventions.models import Anomaly, Execution, Intervention, InterventionAnomaly
from interventions.report import has_report

Did = InterventionAnomaly.ProviderAction


class Moment(NamedTuple):
    """One entry of the timeline."""

    at: datetime
    label: str
    tone: str
    who: str
    text: str
    when: str


def page_of(intervention: Intervention) -> dict:
    """For its template."""
    return {
        "lines": _lines(intervention),
        "executions": executions_of(intervention),
        "timeline": timeline_of(intervention),
        "has_report": has_report(intervention),
        "reports": _reports(intervention),
        "related": _related(intervention),
    }


def _lines(intervention: Intervention) -> list[dict]:
    links = intervention.links.select_related("anomaly__site", "anomaly__organization").order_by("anomaly_id")
    return [
        {
            "anomaly": link_to(link.anomaly),
            "site": link.anomaly.site,
            "risk": risk_pill(link.anomaly),
            "status": anomaly_pill(link.anomaly),
            "did": did_pill(link),
            "comment": link.comment,
            "decided": decided_pill(link),
            "decision": link.client_decision_comment,
        }
        for link in links
    ]


def _related(intervention: Intervention) -> list[tuple[str, str]]:
    """(label, link) of the routine it is of, and of the visits before and after it."""
    found: list[tuple[str, Model]] = [(_("Routine"), intervention.routine)] if intervention.routine else []
    found += [(_("Follows"), intervention.follows)] if intervention.follows else []
    found += [(_("Followed by"), one) for one in intervention.followers.order_by("pk")]
    return [(label, link_to(row)) for label, row in found]


def _reports(intervention: Intervention) -> list[dict]:
    rows = intervention.reports.defer("content").order_by("-pk")
    return [{"row": row, "url": file_url(row), "when": _local(intervention, row.created_at)} for row in rows]


def file_url(report) -> str:
    return reverse("admin:interventions_pdfreport_file", args=[report.pk])


# -- what was signed ----------------------------------------------------------------------------------------


def executions_of(intervention: Intervention) -> list[dict]:
    """The latest first; those before it were rejected."""
    rows = Execution.objects.filter(intervention=intervention).defer("signature")
    found = list(rows.annotate(is_drawn=~Q(signature=b"")).order_by("-pk"))
    names = Anomaly.objects.in_bulk({one["anomaly"] for row in found for one in row.outcomes})
    return [_execution(intervention, row, names) for row in found]


def _execution(intervention: Intervention, row, names: dict[int, Anomaly]) -> dict:
    address = reverse("admin:interventions_intervention_signature", args=[intervention.pk, row.pk])
    return {
        "row": row,
        "is_current": row.pk == intervention.execution_id,
        "when": local_span(row.started_at, row.done_at, intervention.organization.zone),
        "signature_url": address if row.is_drawn else "",
        "outcomes": [_outcome(one, names) for one in row.outcomes],
    }


def _outcome(one: dict, names: dict[int, Anomaly]) -> dict:
    """As it was told then."""
    return {
        "anomaly": str(names.get(one["anomaly"], f"#{one['anomaly']}")),
        "action": Did(one["action"]).label,
        "tone": DID.get(one["action"], "grey"),
        "comment": one["comment"],
    }


# -- its life so far ----------------------------------------------------------------------------------------


def timeline_of(intervention: Intervention) -> list[Moment]:
    """Its steps, and who moved a date; the latest first."""
    return sorted(_steps(intervention) + _moves(intervention), key=lambda moment: moment.at, reverse=True)


def _steps(intervention: Intervention) -> list[Moment]:
    return [
        Moment(
            step.created_at,
            step.get_status_display(),
            STATUS[step.status],
            step.by or (step.user.full_name if step.user else _("The system")),
            step.comment,
            _local(intervention, step.created_at),
        )
        for step in intervention.steps.select_related("user").order_by("pk")
    ]


def _moves(intervention: Intervention) -> list[Moment]:
    records = list(
        intervention.history.select_related("history_user", "application").order_by("-history_id")[:MOST_ENTRIES]
    )
    return [
        _move(intervention, after, before) for after, before in pairwise(records) if _dates(after) != _dates(before)
    ]


def _move(intervention: Intervention, after, before) -> Moment:
    zone = intervention.organization.zone
    spans = [local_span(*_dates(record), zone) for record in (before, after)]
    text = _("%(before)s → %(after)s") % {"before": spans[0], "after": spans[1]}
    when = _local(intervention, after.history_date)
    return Moment(after.history_date, _("Moved"), "amber", who(after), text, when)


def _dates(record) -> tuple[datetime, datetime]:
    return record.scheduled_start, record.scheduled_end


def _local(intervention: Intervention, moment: datetime) -> str:
    return local_time(moment, intervention.organization.zone)
