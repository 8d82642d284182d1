"""An intervention as the wire has it: what a write answers [seed], and what reads add [annex 30; contract 30]."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery, TextChoices
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.columns import always, made
from core.api.documentation import array_of, obj
from core.api.rows import Blank, Column, Moment, Row, Wide
from core.links import sign_link
from interventions.api import intervention_rights
from interventions.api.errors import PREFIXES
from interventions.api.fields import ID
from interventions.api.labels import Number, shape_schema
from interventions.api.numbers import (
    ASSIGNEES,
    CLIENT_DECISIONS,
    CREATION_STATUSES,
    PROVIDER_ACTIONS,
    RISKS,
    STATUSES,
    TYPES,
    AssigneeKind,
    Numbers,
)
from interventions.api.outside import IDS, outside
from interventions.models import Intervention, InterventionAnomaly, RoutineOccurrence
from interventions.models.anomaly import label_of
from interventions.models.intervention import UNEXECUTED
from interventions.services.pins import pin_of

SIGNATURES = f"{PREFIXES[0]}v2/signatures/"
SIGNATURE, SIGNATURE_LIFETIME = "signature", timedelta(minutes=5)
TEXT, TRUTH, COUNT = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 0}
TEXT_OR_NULL = {"type": ["string", "null"]}
PIN = {"type": ["integer", "null"], "minimum": 100000, "maximum": 999999}
# What only the making of an answer needs: never sent.
VERSION, EXECUTOR = "_version", "_executor"
HIDDEN = (VERSION, EXECUTOR)


# -- members that are made ----------------------------------------------------------------------------------


def signature_path(execution_id: int | None, size: int | None) -> str | None:
    """Where the image is had for five minutes; None where there is none."""
    if not execution_id or not size:
        return None
    return SIGNATURES + sign_link(SIGNATURE, execution_id, 1, SIGNATURE_LIFETIME)


def shown_pin(encrypted) -> int | None:
    return pin_of(Intervention(pin_encrypted=bytes(encrypted)))


def full_name(first: str | None, last: str | None) -> str | None:
    return None if first is None else f"{first} {last}"


def is_overdue(status: str, end: datetime) -> bool:
    return status in UNEXECUTED and end < timezone.now()


def assignee(contact_id, name, email, user_id, first, last, login, address) -> dict | None:
    """Who makes the visit: the company contact when there is one, else the user [contract 30]."""
    if contact_id is not None:
        return {"type": ASSIGNEES.number(AssigneeKind.COMPANY_CONTACT), "id": contact_id, "name": name, "email": email}
    if user_id is None:
        return None
    shown = f"{first} {last}".strip() or login
    return {"type": ASSIGNEES.number(AssigneeKind.USER), "id": user_id, "name": shown, "email": address}


ASSIGNEE = obj({"type": ASSIGNEES.schema, "typeLabel": TEXT, "id": ID, "name": TEXT, "email": TEXT})
ASSIGNEE = {**ASSIGNEE, "type": ["object", "null"], "required": ["type", "id", "name", "email"]}


def assigned_to(prefix: str = ""):
    contact = [f"{prefix}assigned_company_contact__{name}" for name in ("name", "email")]
    user = [f"{prefix}assigned_user__{name}" for name in ("first_name", "last_name", "login", "email")]
    of_user = (f"{prefix}assigned_user_id", *user)
    return made(f"{prefix}assigned_company_contact_id", assignee, ASSIGNEE, *contact, *of_user)


class SubType(TextChoices):
    OF_ANOMALIES = "of_anomalies", _("Of anomalies")
    OF_ROUTINE = "of_routine", _("Of a routine")
    UNPLANNED = "unplanned", _("Unplanned")


SUB_TYPES = Numbers(SubType, *SubType.values, first=1)


def sub_type(kind: str, routine_id: int | None) -> int:
    """Neither of anomalies nor of a routine: a provider walked in [ours]."""
    if routine_id is not None:
        return SUB_TYPES.number(SubType.OF_ROUTINE)
    return SUB_TYPES.number(SubType.OF_ANOMALIES if kind == Intervention.Kind.CURATIVE else SubType.UNPLANNED)


def has_drifted(due_at: datetime | None, start: datetime) -> bool:
    """Whether it was moved away from the day that its routine named."""
    return due_at is not None and due_at != start


# -- shapes -------------------------------------------------------------------------------------------------

IMAGE = made("execution_id", signature_path, TEXT_OR_NULL, "signature_size")


def written(code_pin) -> dict:
    """The members in the seed's order."""
    return {
        "id": Column("id"),
        "status": Number("status", STATUSES),
        "type": Number("kind", TYPES),
        "description": Blank("description"),
        "imgSignature": IMAGE,
        "codePin": code_pin,
        "autoCreated": Column("is_automatic"),
        "creationStatus": Number("creation_status", CREATION_STATUSES),
        "scheduledStart": Moment("scheduled_start"),
        "scheduledEnd": Moment("scheduled_end"),
        "actualStart": Moment("actual_start"),
        "actualEnd": Moment("actual_end"),
        "providerName": made("execution__first_name", full_name, TEXT_OR_NULL, "execution__last_name"),
        "providerEmail": Blank("execution__email"),
        "providerActionComment": Blank("execution__action_comment"),
        "providerGeneralComment": Blank("execution__comment"),
        "assignedCompanyContactId": Column("assigned_company_contact_id"),
        "assignedUserId": Column("assigned_user_id"),
        "verifiedByUserId": Column("verified_by_id"),
        "verifiedAt": Moment("verified_at"),
        "decisionComment": Blank("decision_comment"),
        "attendeeCount": always(None),
        "routineId": Column("routine_id"),
        "organizationId": Column("organization_id"),
        "createdByUserId": Column("created_by_id"),
        "archivedAt": Moment("archived_at"),
        "updatedAt": Moment("updated_at"),
        "createdAt": Moment("created_at"),
    }


SUMMARY = Row(
    key="doneAt",
    name=made("execution__first_name", full_name, TEXT_OR_NULL, "execution__last_name"),
    email=Blank("execution__email"),
    actionComment=Blank("execution__action_comment"),
    comment=Blank("execution__comment"),
    imgSignature=IMAGE,
    doneAt=Moment("execution__done_at"),
)
ROUTINE = Row(
    key="id",
    id=Column("routine_id"),
    name=Column("routine__name"),
    autoCreateEnabled=Column("routine__auto_create_enabled"),
    archivedAt=Moment("routine__archived_at"),
    assignedTo=assigned_to("routine__"),
)
ANOMALY_STATS = obj(
    {
        "corrective": obj({"unresolved": COUNT, "resolved": COUNT}),
        "preventive": obj({"unreviewed": COUNT, "pending": COUNT, "resolved": COUNT}),
    }
)
# The last three are completed for a whole page at once.
READ = {
    "subType": made("kind", sub_type, SUB_TYPES.schema, "routine_id"),
    "isOverdue": made("status", is_overdue, TRUTH, "scheduled_end"),
    "cancellationReason": Blank("cancellation_reason"),
    "followsId": Column("follows_id"),
    "companyId": outside("companyId"),
    "ruleIds": outside("ruleIds", IDS),
    "siteRuleIds": outside("siteRuleIds", IDS),
    "assignedTo": assigned_to(),
    "summary": SUMMARY,
    "routine": ROUTINE,
    "hasRoutineInterventionDrift": made("routine_due_at", has_drifted, TRUTH, "scheduled_start"),
    "siteIds": made("id", lambda pk: [], array_of(ID)),
    "anomalyStats": made("id", lambda pk: {}, ANOMALY_STATS),
    "actions": made("id", lambda pk: {}, intervention_rights.SCHEMA),
}
WITH_PIN = made("pin_encrypted", shown_pin, PIN)
WRITTEN = Row({**written(WITH_PIN), VERSION: Column("version")})
ITEM = Row({**written(always(None)), **READ, EXECUTOR: Column("execution__user_id")})
# Of one of them its anomalies too, completed by a query of their own.
OF_ITS_ANOMALIES = Row(
    {
        "id": Column("anomaly_id"),
        "anomalyNumber": made("anomaly__number", label_of, TEXT),
        "title": Column("anomaly__title"),
        "description": Blank("anomaly__description"),
        "risk": Number("anomaly__risk", RISKS),
        "siteId": Column("anomaly__site_id"),
        "location": Blank("anomaly__location"),
        "providerAction": Number("provider_action", PROVIDER_ACTIONS),
        "comment": Blank("comment"),
        "clientDecision": Number("client_decision", CLIENT_DECISIONS),
        "clientDecisionComment": Blank("client_decision_comment"),
    }
)
ONE = Row(
    {
        **written(WITH_PIN),
        **READ,
        "anomalies": made("id", lambda pk: [], array_of(shape_schema(OF_ITS_ANOMALIES, InterventionAnomaly))),
        EXECUTOR: Column("execution__user_id"),
        VERSION: Column("version"),
    }
)


def annotated(rows: QuerySet[Intervention]) -> QuerySet[Intervention]:
    """With what the shapes ask of others: how large a signature is, not its bytes; the day that the routine named.

    The latter as a subquery: with one joined table more, PostgreSQL no longer plans a page and its rows as one, but
    reads all rows there are.
    """
    occurrences = RoutineOccurrence.objects.filter(intervention=OuterRef("pk"))
    due_at = Subquery(occurrences.order_by().values("due_at")[:1])
    return rows.annotate(signature_size=Length("execution__signature"), routine_due_at=due_at)


def wide(shape: Row) -> Wide:
    return Wide(shape, lambda: annotated(Intervention.objects.order_by()))
