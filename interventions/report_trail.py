"""What a report tells, as plain values: the same whatever the language, so that its digest can be checked."""

import json
from datetime import UTC, datetime
from hashlib import sha256

from interventions.models import Execution, Intervention, InterventionAnomaly, InterventionStep
from interventions.shown import links_of, sites_of

# The name of the file that goes along in the PDF: the digest is that of its bytes.
TRAIL_FILE = "trail.json"


def trail_bytes(intervention: Intervention) -> bytes:
    """Canonical: keys in order, no space, UTF-8."""
    return json.dumps(
        trail_of(intervention), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def trail_of(intervention: Intervention) -> dict:
    """Who, what, when, what came of it, and every step of its life."""
    return {
        "organization": {"id": intervention.organization_id, "name": intervention.organization.name},
        "intervention": _visit(intervention),
        "sites": [{"id": site.pk, "name": site.name, "address": site.address} for site in sites_of(intervention)],
        "anomalies": [_anomaly(link) for link in links_of(intervention)],
        "executions": [_execution(one) for one in intervention.executions.order_by("pk")],
        "decision": {
            "by": name_of(intervention.verified_by),
            "at": _moment(intervention.verified_at),
            "comment": intervention.decision_comment,
        },
        "steps": [_step(one) for one in intervention.steps.select_related("user").order_by("pk")],
    }


def name_of(person) -> str:
    return person.full_name if person else ""


def by_of(step: InterventionStep) -> str:
    return step.by or name_of(step.user)


def _visit(intervention: Intervention) -> dict:
    return {
        "id": intervention.pk,
        "kind": intervention.kind,
        "status": intervention.status,
        "description": intervention.description,
        "routine": intervention.routine.name if intervention.routine else "",
        "follows": intervention.follows_id,
        "provider": str(intervention.assigned_company_contact or ""),
        "person_in_charge": name_of(intervention.assigned_user),
        "scheduled_start": _moment(intervention.scheduled_start),
        "scheduled_end": _moment(intervention.scheduled_end),
        "actual_start": _moment(intervention.actual_start),
        "actual_end": _moment(intervention.actual_end),
    }


def _anomaly(link: InterventionAnomaly) -> dict:
    anomaly = link.anomaly
    return {
        "id": anomaly.pk,
        "number": anomaly.label,
        "title": anomaly.title,
        "risk": anomaly.risk,
        "site": anomaly.site.name,
        "location": anomaly.location,
        "provider_action": link.provider_action,
        "comment": link.comment,
        "client_decision": link.client_decision,
        "client_decision_comment": link.client_decision_comment,
    }


def _execution(execution: Execution) -> dict:
    image = bytes(execution.signature)
    return {
        "first_name": execution.first_name,
        "last_name": execution.last_name,
        "email": execution.email,
        "action_comment": execution.action_comment,
        "comment": execution.comment,
        "started_at": _moment(execution.started_at),
        "done_at": _moment(execution.done_at),
        "typed_name": execution.typed_name,
        "signature_sha256": digest_of(image) if image else "",
        "outcomes": execution.outcomes,
    }


def _step(step: InterventionStep) -> dict:
    return {"at": _moment(step.created_at), "status": step.status, "by": by_of(step), "comment": step.comment}


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
