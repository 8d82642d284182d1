"""How interventions, and the anomalies in them, are listed [contract 30]."""

from functools import cache

from django.db.models import Q
from django.utils import timezone

from core.api.rows import Column, Moment, Row
from interventions.api.anomaly_shapes import anomaly
from interventions.api.intervention_shapes import ITEM, OF_ITS_ANOMALIES, wide
from interventions.api.labels import Number
from interventions.api.lists import Listing, any_id, any_number, ids_of, moment, one_id, search, yes_no
from interventions.api.numbers import (
    CLIENT_DECISIONS,
    PROVIDER_ACTIONS,
    STATUSES,
    TYPES,
)
from interventions.models import Intervention
from interventions.models.intervention import UNEXECUTED


def overdue() -> Q:
    return Q(status__in=UNEXECUTED, scheduled_end__lt=timezone.now())


def at_sites(ids: list[int]) -> Q:
    links = Intervention.sites.through.objects.filter(site_id__in=ids)
    return Q(pk__in=links.values("intervention_id"))


PEOPLE = [f"assigned_user__{name}" for name in ("first_name", "last_name", "login")]
CONTACTS = [f"assigned_company_contact__{name}" for name in ("name", "company_name", "email")]
ARCHIVED = yes_no(lambda: Q(archived_at__isnull=False), "Without it: those that are not archived.")
INTERVENTIONS = Listing(
    ITEM,
    {
        "scheduledStart": "scheduled_start",
        "scheduledEnd": "scheduled_end",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "id": "pk",
    },
    "-scheduledStart",
    {
        "status": any_number("status", STATUSES),
        "type": any_number("kind", TYPES),
        "siteIds": ids_of(at_sites, "With one of these sites."),
        "scheduledFrom": moment("scheduled_start", "gte", "Of the planned start; included."),
        "scheduledTo": moment("scheduled_start", "lt", "Of the planned start; not included."),
        "assignedUserId": one_id("assigned_user_id"),
        "assignedCompanyContactId": one_id("assigned_company_contact_id"),
        "routineId": one_id("routine_id"),
        "overdue": yes_no(overdue, "Not executed, and its planned end is past."),
        "archived": ARCHIVED,
        "q": search("description", *CONTACTS, *PEOPLE),
    },
    wide=cache(wide),
)
# Both sides of a link, in short [annex 30].
LINK = Row(
    {
        "id": Column("id"),
        "anomalyId": Column("anomaly_id"),
        "interventionId": Column("intervention_id"),
        "comment": OF_ITS_ANOMALIES.members["comment"],
        "providerAction": Number("provider_action", PROVIDER_ACTIONS),
        "clientDecision": Number("client_decision", CLIENT_DECISIONS),
        "clientDecisionComment": OF_ITS_ANOMALIES.members["clientDecisionComment"],
        "anomaly": anomaly("anomaly__"),
        "intervention": Row(
            {
                "id": Column("intervention_id"),
                "status": Number("intervention__status", STATUSES),
                "type": Number("intervention__kind", TYPES),
                "scheduledStart": Moment("intervention__scheduled_start"),
                "scheduledEnd": Moment("intervention__scheduled_end"),
                "assignedCompanyContactId": Column("intervention__assigned_company_contact_id"),
                "assignedUserId": Column("intervention__assigned_user_id"),
                "verifiedAt": Moment("intervention__verified_at"),
            }
        ),
    }
)
LINKS = Listing(
    LINK,
    {"id": "pk", "anomalyId": "anomaly_id", "interventionId": "intervention_id"},
    "id",
    {
        "interventionId": one_id("intervention_id"),
        "anomalyId": one_id("anomaly_id"),
        "siteIds": any_id("anomaly__site_id"),
        "status": any_number("intervention__status", STATUSES),
        "providerAction": any_number("provider_action", PROVIDER_ACTIONS),
        "clientDecision": any_number("client_decision", CLIENT_DECISIONS),
    },
)
