"""schemathesis over the OpenAPI document: no 5xx, and no status, media type or body that is not written there."""

import os
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from appointments.api.vevent_shapes import FIRST_EVENT
from config.wsgi import application
from core.events import record
from core.locks import atomic
from core.models import Role
from core.webhooks.services import create_webhook
from interventions.api.errors import PREFIXES
from interventions.sessions import open_for_person, token_of
from scheduling import events
from scheduling.models import Close, CommunityService, ContactGroup
from tests import appointment_factories, factories, intervention_factories, job_factories, svctask_factories
from tests.scale import scaled
from tests.svctasks.wire import rows_of as svctask_rows

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The values at every schema's edges are many; they are tried by `make soak`.
config = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": os.environ.get("SOAK") == "1"}}})
schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True), config=config)
schema.app = application


@pytest.fixture
def open_connection():
    """A request would close the connection, and with it the transaction that the test runs in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(db, open_connection) -> dict:
    """A client with every right and, of each kind, a row for it to find."""
    organization = factories.make_organization()
    close = factories.make_close(organization)
    factories.make_community_service(close)
    dialects = ("jobs", "appointments", "interventions", "svctasks")
    scopes = ["public", "tig", *(f"{name}:{right}" for name in (*dialects, "webhooks") for right in ("read", "write"))]
    client = factories.make_client(organization, roles=[Role.ADVANCED_STAFF], allowed_scopes=scopes)
    good = {"user_id": close.user_id, "closer_id": close.closer_id, "tiger_id": close.closer_id, "close_id": close.pk}
    good |= {"grant_type": "client_credentials", "scope": "tig"}
    return {
        "token": factories.make_token(client),
        "organization": str(organization.pk),
        "login": close.user.login,
        "jobs": jobs_world(organization),
        "appointments": appointments_world(organization),
        "interventions": interventions_world(organization),
        "svctasks": svctasks_world(organization),
        "webhooks": webhooks_world(organization, close),
        "session": session_of(client, organization),
        "good": {**good, "client_id": client.client_id, "client_secret": factories.CLIENT_SECRET, "kind": "other"},
    }


def jobs_world(organization) -> dict:
    """The name of an id under /v1 → the id of a row."""
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
    }


def appointments_world(organization) -> dict:
    """The name of an id, or of a collection, under /api/v1 → the id of a row."""
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
    return {
        **ids,
        **good,
        **lists,
        "calendar_id": calendar.pk,
        "intervention_id": 0,
        "resource_id": calendar.resource_id,
    }


def session_of(client, organization) -> str:
    person = factories.make_member(organization, Role.ADVANCED_STAFF)
    return token_of(open_for_person(client.pk, organization.pk, person))


def interventions_world(organization) -> dict:
    """The name of an id, or of a collection, of the interventions' dialect → the id of a row."""
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


def svctasks_world(organization) -> dict:
    """The name of a collection under /rest/v1, and of what names a row in a body → what is good there."""
    svctask_factories.make_site()
    rows = svctask_rows(organization)
    collections = {"svctasks": "svctask", "svcscripts": "svcscript", "workdays": "workday", "runs": "svcrun"}
    good = {"svcscriptcode": "", "handler": "purge_archived", "params": {}, "sites": ["main"]}
    return {**good, **{name: rows[row] for name, row in collections.items()}}


def webhooks_world(organization, close) -> dict:
    """The name of an id under /api/webhooks, and of what a body holds → what is good there."""
    webhook, _secret = create_webhook(organization, {"url": "https://hooks.example.org/", "types": ["*"]})
    with atomic():
        record(events.CLOSE_UPDATED, close)
    return {"id": webhook.pk, "delivery": webhook.deliveries.get().pk, "url": webhook.url, "types": ["close.closed"]}


def aim(case, world: dict) -> None:
    """Of four cases three go to what exists, as an id by chance hardly does."""
    if len(repr((case.query, case.body))) % 4 == 0:
        return
    # A key by chance would be judged in the token's place.
    for place, name in ((case.query, "apikey"), (case.headers, "X-Api-Key")):
        if place:
            place.pop(name, None)
    for name in {"X-Organization-Id", "Customer-Id"} & set(case.headers or {}):
        case.headers[name] = world["organization"]
    case.path_parameters = {
        name: found(case, name, world) or value for name, value in (case.path_parameters or {}).items()
    }
    if isinstance(case.body, dict):
        case.body = with_good_values(case.body, world[dialect_of(case)])


def dialect_of(case) -> str:
    """The name of the part of the world that it is about."""
    path = case.operation.path
    prefixes = {"jobs": "/v1/", "appointments": "/api/v1/", "interventions": PREFIXES, "svctasks": "/rest/v1/"}
    prefixes["webhooks"] = "/api/webhooks"
    return next((name for name, prefix in prefixes.items() if path.startswith(prefix)), "good")


def found(case, name: str, world: dict) -> object:
    part = dialect_of(case)
    if part == "appointments" and name == "id":
        # /api/v1/groups/{group_id}/calendars/{id}
        return world[part].get(case.operation.path.split("/")[5])
    if part == "interventions" and name == "id":
        return world[part].get(case.operation.path.split("/")[1])
    if part == "svctasks":
        # /rest/v1/service/svctasks/{id}
        return world[part].get(case.operation.path.split("/")[4])
    if part != "good":
        return world[part].get(name)
    if name == "user_id":
        return world["login"]
    service = case.operation.path.startswith("/v2/community_services/{id}")
    rows = (CommunityService if service else Close).objects.order_by("-pk")
    return rows.values_list("pk", flat=True).first() if name in {"id", "close_id"} else None


def with_good_values(body: dict, good: dict) -> dict:
    """The body with every name that has a good value given that; roots are looked into."""
    return {
        name: with_good_values(value, good) if isinstance(value, dict) else good.get(name, value)
        for name, value in body.items()
    }


@pytest.mark.soak
@schema.parametrize()
@settings(max_examples=scaled(300), suppress_health_check=list(HealthCheck))
def test_every_operation(case, world):
    aim(case, world)
    asked = repr(case.operation.definition.raw)
    headers = {"Authorization": f"Bearer {world['token']}"} if "oauth2" in asked else {}
    headers |= {"x-session-token": world["session"]} if "sessionToken" in asked else {}
    case.call_and_validate(headers=headers, checks=CHECKS)
