"""What is kept of people here: providers, who made and signed visits, and the reports that tell of them."""

from functools import reduce
from operator import or_

from django.db.models import Q

from core.privacy.parts import ANONYMISED, Part, nothing_about, register
from core.privacy.subject import Subject
from interventions.models import (
    Anomaly,
    CompanyContact,
    Counter,
    Execution,
    Intervention,
    InterventionAnomaly,
    InterventionStep,
    PdfReport,
    Routine,
    Session,
    SignatureUpload,
    Site,
)


def _makes_visit(subject: Subject) -> Q:
    return subject.is_user("assigned_user") & Q(assigned_company_contact=None)


def _took(subject: Subject) -> Q:
    """By the name, as it is noted: the visit may be with another one by now."""
    mine = CONTACTS.find(subject) | Q(pk__in=subject.rows.get(CompanyContact, ()))
    steps = (
        Q(by=str(contact), intervention__organization=contact.organization_id)
        for contact in CompanyContact.objects.filter(mine)
    )
    return reduce(or_, steps, subject.is_named("by"))


def _is_told_of(subject: Subject) -> Q:
    """By the names that a report has: it has no history, so other tables may be asked."""
    named = ("assigned_user", "verified_by", "steps__user", "executions__user")
    by_account = subject.is_user(*(f"intervention__{name}" for name in named))
    return by_account | subject.has_address("intervention__executions__email")


def _without_comments(execution: Execution) -> list[dict]:
    return [{**outcome, "comment": ""} if outcome.get("comment") else outcome for outcome in execution.outcomes]


def _by(step: InterventionStep) -> str:
    return ANONYMISED if step.by else ""


CONTACTS = Part(
    "company_contacts",
    CompanyContact,
    lambda subject: subject.has_address("email"),
    email="email",
    names=["name", "first_name last_name", "email"],
    blanks={"name": ANONYMISED, "first_name": "", "last_name": "", "email": "", "phone": "", "is_archived": True},
)
VISITS = Part(
    "interventions",
    Intervention,
    _makes_visit,
    through={"assigned_company_contact": CONTACTS},
    blanks={"decision_comment": ""},
    shown=[
        *("id", "organization", "kind", "status", "scheduled_start", "scheduled_end"),
        *("actual_start", "actual_end", "decision_comment"),
    ],
)
STEPS = Part(
    "intervention_steps", InterventionStep, _took, through={"intervention": VISITS}, blanks={"comment": "", "by": _by}
)
EXECUTIONS = Part(
    "executions",
    Execution,
    lambda subject: subject.is_user("user") | subject.has_address("email"),
    through={"intervention": VISITS},
    blanks={
        "first_name": ANONYMISED,
        "last_name": "",
        "email": "",
        "typed_name": "",
        "signature": b"",
        "action_comment": "",
        "comment": "",
        "outcomes": _without_comments,
    },
    files={"signature": "png"},
)
UPLOADS = Part(
    "signature_uploads",
    SignatureUpload,
    lambda subject: subject.is_user("user"),
    through={"intervention": VISITS},
    hidden=["token_digest"],
    drops=True,
)
# The row, its number and its digests stay; it is made anew from what is left.
REPORTS = Part(
    "reports",
    PdfReport,
    _is_told_of,
    through={"intervention": VISITS},
    blanks={"content": b""},
    shown=["id", "organization", "intervention", "number", "language", "created_at"],
)
SESSIONS = Part("intervention_sessions", Session, lambda subject: subject.is_user("user"), drops=True, hidden=["uid"])
ANOMALIES = Part("anomalies", Anomaly, lambda subject: subject.is_named("reporter"), blanks={"reporter": ANONYMISED})
register(CONTACTS, VISITS, STEPS, EXECUTIONS, UPLOADS, REPORTS, SESSIONS, ANOMALIES)
nothing_about(Site, Routine, Counter, InterventionAnomaly)
