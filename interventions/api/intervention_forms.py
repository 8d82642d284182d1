"""The bodies about interventions, read property by property [seed; annex 30; contract 30]."""

from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet

from core.api.query import Invalid
from core.models import Role, User
from interventions.api.fields import (
    MUST_EXIST,
    Email,
    Ids,
    Moment,
    Part,
    Parts,
    RowOf,
    RowsOf,
    Text,
    Truth,
    Whole,
    Word,
    long_text,
)
from interventions.api.forms import Form
from interventions.api.numbers import CREATION_STATUSES, DECISIONS, PROVIDER_ACTIONS
from interventions.api.signature_field import Signature
from interventions.models import Anomaly, CompanyContact, Routine, Site
from interventions.rules import MOST_SITES


def contacts(view) -> QuerySet[CompanyContact]:
    return view.in_organizations(CompanyContact.objects.all())


def staff(view) -> QuerySet[User]:
    return User.objects.members_of(view.organization_id, Role.BASIC_STAFF)


def routines(view) -> QuerySet[Routine]:
    return view.in_organizations(Routine.objects.select_related("organization"))


def sites(view) -> QuerySet[Site]:
    return view.sites()


class AnomalyIds(Ids):
    """The service says which may be taken; where the call is narrowed to sites, those of others do not exist."""

    def __init__(self) -> None:
        super().__init__("anomaly_ids", least=1)

    def found(self, value: list[int], view) -> list[int]:
        if view.site_ids is not None:
            rows = view.at_sites(view.in_organizations(Anomaly.objects.filter(pk__in=value)), "site_id")
            known = set(rows.values_list("pk", flat=True))
            unknown = {f"[{place}]": [("must_exist", MUST_EXIST)] for place, pk in enumerate(value) if pk not in known}
            if unknown:
                raise Invalid(errors=unknown)
        return value


DATES = {"scheduledStart": Moment("scheduled_start"), "scheduledEnd": Moment("scheduled_end")}
CREATION_STATUS = {"creationStatus": Word(CREATION_STATUSES, "creation_status")}
PLAN = {
    **CREATION_STATUS,
    "description": long_text(),
    "assignedCompanyContactId": RowOf(contacts, "assigned_company_contact"),
    "assignedUserId": RowOf(staff, "assigned_user"),
}
BEGINNING = (*DATES, *CREATION_STATUS)
CURATIVE = Form({**DATES, "anomalyIds": AnomalyIds(), **PLAN}, (*DATES, "anomalyIds", *CREATION_STATUS))
FOLLOW_UP = Form({**DATES, **PLAN}, BEGINNING)
OF_ROUTINE = Form({**DATES, **CREATION_STATUS, "routineId": RowOf(routines, "routine")}, (*BEGINNING, "routineId"))
# Whom the change is told: both are, unless the body says otherwise [annex 30].
FORMER = Form({"sendEmail": Truth("tell_former"), "reason": long_text()})
NOTICE = {"sendUpdateEmailToCurrentAssignee": Truth("tell_current"), "previousAssigneeNotification": Part(FORMER)}
CURATIVE_CHANGES = Form({**DATES, **PLAN, **NOTICE})
PREVENTIVE_CHANGES = Form({**DATES, **PLAN, **NOTICE, "siteRuleIds": Ids()})

DECISION = Form(
    {
        "id": Whole("anomaly_id"),
        "clientDecision": Word(DECISIONS, "decision"),
        "clientDecisionComment": long_text("comment"),
    },
    ("id", "clientDecision"),
)
VERIFY = Form(
    {
        "decision": Word(DECISIONS),
        "decisionComment": long_text("decision_comment"),
        "anomalies": Parts(DECISION),
        "notificationId": Whole(),
    },
    ("decision",),
)
CANCEL = Form({"cancellationReason": long_text("cancellation_reason")})
EMAIL = Form({"email": Email(is_filled=True)}, ("email",))

OUTCOME = Form(
    {"id": Whole("anomaly_id"), "providerAction": Word(PROVIDER_ACTIONS, "action"), "comment": long_text()},
    ("id", "providerAction"),
)
NAMES = {"firstName": Text(source="first_name", is_filled=True), "lastName": Text(source="last_name", is_filled=True)}
EXECUTE = Form(
    {
        **NAMES,
        "signature": Signature(),
        "email": Email(),
        "providerActionComment": long_text("action_comment"),
        "comment": long_text(),
        "anomalies": Parts(OUTCOME),
    },
    (*NAMES, "signature"),
)
PROVIDER = Form(
    {**NAMES, "email": Email(), "actionComment": long_text("action_comment"), "comment": long_text()}, tuple(NAMES)
)


@dataclass(frozen=True)
class UnplannedForm(Form):
    """What the rules say of who signed stands under `provider`."""

    def wire(self, name: str) -> str:
        is_own = name == NON_FIELD_ERRORS or any(one.source == name for one in self.fields.values())
        of_provider = any(one.source == name or wire == name for wire, one in PROVIDER.fields.items())
        return f"provider.{PROVIDER.wire(name)}" if of_provider and not is_own else super().wire(name)


UNPLANNED = UnplannedForm(
    {
        "siteIds": RowsOf(sites, "sites", least=1, most=MOST_SITES),
        "signature": Signature(),
        "provider": Part(PROVIDER),
        "actualStart": Moment("actual_start"),
        "assignedCompanyContactId": RowOf(contacts, "assigned_company_contact"),
        "companyId": Whole(),
        "ruleIds": Ids(),
    },
    ("siteIds", "signature", "provider"),
)
