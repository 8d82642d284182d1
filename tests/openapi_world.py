"""What requests made from the OpenAPI document may find: of each part of the API a row of every kind.

A new part is one more Part: its prefixes, its scopes, how its rows are made, and how a path names one.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from appointments.api.vevent_shapes import FIRST_EVENT
from core.events import record
from core.locks import atomic
from core.models import Application, Organization, Role
from core.webhooks.services import create_webhook
from interventions.api.errors import PREFIXES
from interventions.sessions import open_for_person, token_of
from scheduling import events
from scheduling.models import Close, CommunityService, ContactGroup
from tests import appointment_factories, factories, intervention_factories, job_factories, svctask_factories
from tests.svctasks.wire import rows_of as svctask_rows

Found = dict[str, Any]


class Part(NamedTuple):
    """`make`: the name of an id in a path, or of a property in a body → what is good there. `find`: the operation's
    path, the name of a parameter in it and those → the good value, or None.
    """

    prefixes: tuple[str, ...]
    scopes: tuple[str, ...]
    make: Callable[[Organization], Found]
    find: Callable[[str, str, Found], object]


def by_name(_path: str, name: str, rows: Found) -> object:
    """/v1/jobs/{jobId}"""
    return rows.get(name)


def by_collection(place: int) -> Callable[[str, str, Found], object]:
    """`{id}` is of the collection that the path names there; any other parameter goes by its name."""
    return lambda path, name, rows: rows.get(path.split("/")[place] if name == "id" else name)


def community(organization: Organization) -> Found:
    close = factories.make_close(organization)
    factories.make_community_service(close)
    people = {"user_id": close.user_id, "closer_id": close.closer_id, "tiger_id": close.closer_id}
    return {**people, "close_id": close.pk, "login": close.user.login, "kind": "other"}


def of_community(path: str, name: str, rows: Found) -> object:
    if name == "user_id":
        return rows["login"]
    service = path.startswith("/v2/community_services/{id}")
    found = (CommunityService if service else Close).objects.order_by("-pk")
    return found.values_list("pk", flat=True).first() if name in {"id", "close_id"} else None


def jobs(organization: Organization) -> Found:
    contact = job_factories.make_contact(organization)
    definition = job_factories.make_definition(organization)
    job_type = job_factories.make_job_type(organization, definition)
    return {
        "contactId": contact.pk,
        "personId": str(job_factories.make_contact_person(contact).uid),
        "contactGroupId": ContactGroup.objects.create(organization=organization, name="Schools").pk,
        "resourceId": job_factories.make_resource(organization).pk,
        "vehicleId": job_factories.make_vehicle(organization).pk,
        "customFieldDefinitionId": definition.pk,
        "definitionId": definition.pk,
        "jobTypeId": job_type.pk,
        "typeId": job_type.pk,
        "jobId": job_factories.make_job(organization, type=job_type, contact=contact).pk,
        "jobRecurrenceId": job_factories.make_recurrence(organization, type=job_type, contact=contact).pk,
    }


def appointments(organization: Organization) -> Found:
    service = appointment_factories.make_service(organization)
    calendar = appointment_factories.make_calendar(organization, service)
    start = timezone.now() + timedelta(days=7)
    event = appointment_factories.make_event(calendar, start, start + timedelta(hours=1))
    ids = {
        "group_id": organization.pk,
        "calendars": calendar.pk,
        "calendarsets": appointment_factories.make_calendar_set(organization).pk,
        "interventions": service.pk,
        "interventionsets": appointment_factories.make_service_set(organization).pk,
        "fiches": appointment_factories.make_customer(organization).pk,
        "vevents": FIRST_EVENT + event.pk,
    }
    good = {"calendarset_id": ids["calendarsets"], "interventionset_id": ids["interventionsets"], "fiche_id": 0}
    lists = {"calendar_ids": [calendar.pk], "intervention_ids": [service.pk]}
    own = {"calendar_id": calendar.pk, "intervention_id": 0, "resource_id": calendar.resource_id}
    return {**ids, **good, **lists, **own}


def interventions(organization: Organization) -> Found:
    site = intervention_factories.make_site(organization)
    contact = intervention_factories.make_company_contact(organization)
    free, held = (intervention_factories.make_anomaly(site) for _ in range(2))
    visit = intervention_factories.make_intervention(organization, held, assigned_company_contact=contact)
    routine = intervention_factories.make_routine(organization, site)
    person = factories.make_member(organization, Role.BASIC_STAFF)
    collections = {"sites": site, "company-contacts": contact, "anomalies": free, "routines": routine}
    return {
        **{name: row.pk for name, row in collections.items()},
        "interventions": visit.pk,
        "reportId": 5,
        "siteId": site.pk,
        "siteIds": [site.pk],
        "anomalyIds": [free.pk],
        "routineId": routine.pk,
        "assignedCompanyContactId": contact.pk,
        "assignedUserId": person.pk,
    }


def svctasks(organization: Organization) -> Found:
    svctask_factories.make_site()
    rows = svctask_rows(organization)
    collections = {"svctasks": "svctask", "svcscripts": "svcscript", "workdays": "workday", "runs": "svcrun"}
    good = {"svcscriptcode": "", "handler": "purge_archived", "params": {}, "sites": ["main"]}
    return {**good, **{name: rows[row] for name, row in collections.items()}}


def webhooks(organization: Organization) -> Found:
    webhook, _secret = create_webhook(organization, {"url": "https://hooks.example.org/", "types": ["*"]})
    with atomic():
        record(events.CLOSE_UPDATED, factories.make_close(organization))
    return {"id": webhook.pk, "delivery": webhook.deliveries.get().pk, "url": webhook.url, "types": ["close.closed"]}


def both(dialect: str) -> tuple[str, str]:
    return f"{dialect}:read", f"{dialect}:write"


PARTS = {
    "community": Part(("/v2/",), ("public", "tig"), community, of_community),
    "jobs": Part(("/v1/",), both("jobs"), jobs, by_name),
    "appointments": Part(("/api/v1/",), both("appointments"), appointments, by_collection(5)),
    "interventions": Part(PREFIXES, both("interventions"), interventions, by_collection(1)),
    "svctasks": Part(("/rest/v1/",), both("svctasks"), svctasks, by_collection(4)),
    "webhooks": Part(("/api/webhooks", "/api/events"), both("webhooks"), webhooks, by_name),
}


class World:
    """A client with every right and, of each kind, a row for it to find."""

    def __init__(self) -> None:
        self.organization = factories.make_organization()
        scopes = [scope for part in PARTS.values() for scope in part.scopes]
        self.client = factories.make_client(self.organization, roles=[Role.ADVANCED_STAFF], allowed_scopes=scopes)
        self.token = factories.make_token(self.client)
        self.session = session_of(self.client, self.organization)
        self.rows = {name: part.make(self.organization) for name, part in PARTS.items()}

    @property
    def of_oauth(self) -> Found:
        secret = {"client_id": self.client.client_id, "client_secret": factories.CLIENT_SECRET}
        return {"grant_type": "client_credentials", "scope": "tig", **secret}

    def good(self, path: str) -> Found:
        """For bodies."""
        name = part_of(path)
        return self.rows[name] if name else self.of_oauth

    def found(self, path: str, parameter: str) -> object:
        """For a parameter of the path."""
        name = part_of(path)
        return PARTS[name].find(path, parameter, self.rows[name]) if name else None

    def credentials(self, security: str) -> dict[str, str]:
        """Those that the operation's text asks for."""
        headers = {"Authorization": f"Bearer {self.token}"} if "oauth2" in security else {}
        return headers | ({"x-session-token": self.session} if "sessionToken" in security else {})


def part_of(path: str) -> str | None:
    return next((name for name, part in PARTS.items() if path.startswith(part.prefixes)), None)


def session_of(client: Application, organization: Organization) -> str:
    person = factories.make_member(organization, Role.ADVANCED_STAFF)
    return token_of(open_for_person(client.pk, organization.pk, person))
