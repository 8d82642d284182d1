"""Every endpoint of this dialect by every kind of caller; a route that the table has not fails."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from core.models import Membership, Role
from scheduling.models import Workday
from svctasks.api.urls import urlpatterns
from svctasks.models import RunState
from tests import api, routes
from tests.api import Caller
from tests.factories import make_client, make_member, make_organization, make_token
from tests.scheduling.test_malformed import count_rows
from tests.svctask_factories import make_run, make_script, make_site, make_task
from tests.svctasks.access_table import COLUMNS, TABLE, Endpoint
from tests.svctasks.conftest import SCOPES
from tests.svctasks.wire import TASKS, done, error

pytestmark = pytest.mark.django_db
ROWS = pytest.mark.parametrize("endpoint", TABLE, ids=[f"{one.method} {one.path}" for one in TABLE])
CODES = {401: 1407, 403: 1401, 404: 1404}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOW):
        yield


class World:
    """The rows that the table's paths and bodies name."""

    def __init__(self):
        self.town, self.elsewhere = make_organization("Town"), make_organization("Elsewhere")
        make_site()
        task = make_task(self.town)
        rows = {
            "task": task,
            "script": make_script(self.town),
            "workday": Workday.objects.create(organization=self.town, day=NOW.date()),
            "run": make_run(task, state=RunState.WAITING),
        }
        self.ids = {name: str(row.public_id) for name, row in rows.items()}

    def caller(self, column: str, scopes: list[str] = SCOPES) -> Caller:
        if column == "program":
            return api.program(self.town, roles=[], scopes=scopes)
        if column == "other organization":
            return api.program(self.elsewhere, roles=[], scopes=scopes)
        client = make_client(self.town, roles=[], allowed_scopes=scopes)
        return api.person(make_member(self.town, Role(column.replace(" ", "_"))), client)

    def call(self, caller: Caller, endpoint: Endpoint, **headers: str):
        body = endpoint.body.format(**self.ids) if isinstance(endpoint.body, str) else endpoint.body
        return caller.call(endpoint.method, endpoint.path.format(**self.ids), body, **headers)


@pytest.fixture
def world():
    return World()


@ROWS
def test_each_kind_of_caller_gets_what_the_table_says(world, endpoint):
    callers = {column: world.caller(column) for column in COLUMNS}
    before, found = count_rows(), {}
    for column, caller in callers.items():
        # Each finds the world as it was.
        with transaction.atomic():
            response = world.call(caller, endpoint)
            found[column] = response.status_code
            if response.status_code >= 400:
                error(response, response.status_code, CODES[response.status_code])
                assert count_rows() == before
            transaction.set_rollback(True)
    assert found == dict(zip(COLUMNS, endpoint.answers, strict=True))


@ROWS
def test_without_a_good_token_each_endpoint_says_only_that(world, endpoint):
    for caller in (Caller(), Caller("nothing")):
        response = world.call(caller, endpoint)
        error(response, 401, 1407)
        assert response["WWW-Authenticate"].startswith("Bearer")


@ROWS
def test_without_its_own_scope_an_endpoint_stays_closed(world, endpoint):
    scopes = ["public", "tig", "jobs:write", *({*SCOPES} - {endpoint.needed})]
    for column in ("program", "advanced staff"):
        response = world.call(world.caller(column, scopes), endpoint)
        error(response, 403, 1401)
        assert f'scope="{endpoint.needed}"' in response["WWW-Authenticate"]


@ROWS
def test_naming_another_organization_is_refused_whether_or_not_it_exists(world, endpoint):
    caller = world.caller("program")
    answers = [world.call(caller, endpoint, X_Organization_Id=str(pk)) for pk in (world.elsewhere.pk, 10**9)]
    assert answers[0].content == answers[1].content
    error(answers[0], 403, 1401)


@ROWS
def test_who_is_granted_several_organizations_has_to_name_one(world, endpoint):
    caller = Caller(make_token(make_client(world.town, world.elsewhere, roles=[], allowed_scopes=SCOPES)))
    for named in ({}, {"X_Organization_Id": ""}, {"X_Organization_Id": " "}):
        body = error(world.call(caller, endpoint, **named), 400, 1413, "X-Organization-Id")
        assert f"{world.town.pk}, {world.elsewhere.pk}" in body["error_message"]
    assert world.call(caller, endpoint, X_Organization_Id=str(world.elsewhere.pk)).status_code == endpoint.answers[-1]
    assert world.call(caller, endpoint, X_Organization_Id=str(world.town.pk)).status_code in {200, 204}


def test_a_person_has_in_each_organization_the_rights_of_his_role_there(world):
    client = make_client(world.town, world.elsewhere, roles=[], allowed_scopes=SCOPES)
    mara = make_member(world.town, Role.ADVANCED_STAFF)
    Membership.objects.create(user=mara, organization=world.elsewhere, role=Role.STUDENT)
    caller = api.person(mara, client)
    for place, status in ((world.town, 200), (world.elsewhere, 403)):
        assert caller.post(TASKS, {"name": "Calls"}, X_Organization_Id=str(place.pk)).status_code == status
        assert caller.get(TASKS, X_Organization_Id=str(place.pk)).status_code == status


def test_what_is_withdrawn_stops_at_once(world):
    client = make_client(world.town, roles=[], allowed_scopes=SCOPES)
    caller = Caller(make_token(client))
    done(caller.get(TASKS))
    client.allowed_scopes = ["svctasks:write"]
    client.save()
    error(caller.get(TASKS), 403, 1401)


def test_every_route_and_method_stands_in_the_table():
    known = {(one.method, one.route) for one in TABLE}
    found = {
        (method, route.name)
        for text, route in routes.all_routes(urlpatterns)
        if not routes.is_catch_all(text)
        for method in routes.methods(route)
    }
    assert found == known
