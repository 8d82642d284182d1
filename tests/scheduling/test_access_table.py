"""Every endpoint by every kind of caller. A route that is missing from the table fails."""

from datetime import UTC, datetime

import pytest
import time_machine

from core.models import Application, Role
from tests import api, routes
from tests.api import Caller
from tests.appointments.access_table import TABLE as APPOINTMENTS
from tests.factories import make_client, make_close, make_community_service, make_member, make_organization, make_token
from tests.interventions.access_table import TABLE as REGISTER
from tests.interventions.access_table_visits import TABLE as VISITS
from tests.interventions.test_api_access import ELSEWHERE
from tests.scheduling.access_table import COLUMNS, NO_TOKEN, OTHERS, TABLE, WRONG_SCOPE, Expected
from tests.scheduling.jobs_access_table import TABLE as JOBS
from tests.svctasks.access_table import TABLE as SERVICE
from tests.webhooks.access_table import TABLE as INTEGRATION

pytestmark = pytest.mark.django_db

IDS = [f"{method} {path}" for method, _, path, *_ in TABLE]
NOVEMBER = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOVEMBER):
        yield


def make_world() -> dict:
    """The rows that the table's paths and bodies name."""
    organization = make_organization()
    student = make_member(organization)
    tiger = make_member(organization, Role.BASIC_STAFF)
    close = make_close(organization, student=student, closer=tiger)
    service = make_community_service(close)
    return {"organization": organization, "student": student, "tiger": tiger, "close": close, "service": service}


@pytest.fixture
def world():
    return make_world()


def fill(value: object, world: dict) -> object:
    """The table's value with the rows' ids where it names them."""
    if isinstance(value, dict):
        return {name: fill(item, world) for name, item in value.items()}
    return value.format(**{name: row.pk for name, row in world.items()}) if isinstance(value, str) else value


def callers(column: str, world: dict) -> list[Caller]:
    """One caller of each kind that the column stands for."""
    organization = world["organization"]
    web = make_client(organization, roles=[], authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE)
    if column == "no role":
        return [api.program(organization, roles=[])]
    if column == "student":
        return [api.person(world["student"], web)]
    if column == "other organization":
        elsewhere = make_organization()
        return [api.program(elsewhere, roles=[Role.BASIC_STAFF]), api.member(elsewhere, Role.BASIC_STAFF)]
    role = Role(column.replace(" ", "_"))
    return [api.program(organization, roles=[role]), api.member(organization, role)]


def check(response, expected: Expected) -> None:
    assert response.status_code == expected.status, response.content
    if expected.status == 204:
        assert response.content == b""
        return
    assert response["Content-Type"].startswith("application/json")
    body = response.json()
    if expected.one:
        assert list(body) == expected.one
    elif expected.many:
        assert body
        assert all(list(row) == expected.many for row in body)
    else:
        assert body == expected.body


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_each_kind_of_caller_gets_what_the_table_says(world, row, column):
    method, _, path, body, answers = row
    for number, caller in enumerate(callers(column, world)):
        if method == "DELETE" and number:
            world["service"] = make_community_service(world.setdefault("spare", make_close(world["organization"])))
            world["close"] = world["spare"]
        response = caller.call(method, "/v2/" + fill(path, world), fill(body, world))
        check(response, answers[COLUMNS.index(column)])


@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_without_a_token_each_endpoint_says_only_that(world, row):
    method, _, path, body, _ = row
    response = Caller().call(method, "/v2/" + fill(path, world), fill(body, world))
    check(response, NO_TOKEN)
    assert response["WWW-Authenticate"] == 'Bearer realm="dutyboard"'


@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_without_the_scope_the_highest_role_opens_nothing(world, row):
    method, _, path, body, _ = row
    caller = api.program(world["organization"], roles=[Role.ADMINISTRATOR], scopes=["public", "jobs:write"])
    response = caller.call(method, "/v2/" + fill(path, world), fill(body, world))
    check(response, WRONG_SCOPE)
    challenge = response["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="dutyboard", error="insufficient_scope"')


@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_a_refused_caller_changes_nothing(world, row):
    method, _, path, body, answers = row
    for column, expected in zip(COLUMNS, answers, strict=True):
        if expected.status >= 400:
            for caller in callers(column, world):
                caller.call(method, "/v2/" + fill(path, world), fill(body, world))
    for name in ("close", "service"):
        before = vars(world[name]).copy()
        world[name].refresh_from_db()
        assert {key: before[key] for key in ("version", "state", "updated_at")} == {
            key: getattr(world[name], key) for key in ("version", "state", "updated_at")
        }
    assert type(world["close"]).objects.count() == type(world["service"]).objects.count() == 1


@pytest.mark.parametrize(("method", "route", "path", "without", "with_token"), OTHERS)
def test_every_other_route_answers_nobody_and_a_token_as_the_table_says(method, route, path, without, with_token):
    organization = make_organization()
    token = make_token(make_client(organization), make_member(organization, Role.ADVANCED_STAFF))
    assert Caller().call(method, path).status_code == without
    assert Caller(token).call(method, path).status_code == with_token


def test_every_route_and_method_stands_in_a_table():
    tables = [*TABLE, *JOBS, *APPOINTMENTS, *REGISTER, *VISITS, *SERVICE, *INTEGRATION, *OTHERS]
    known = {(method, route) for method, route, *_ in tables} | ELSEWHERE
    shown = [(text, route) for text, route in routes.all_routes() if not text.startswith(routes.ADMIN)]
    found = {
        (method, routes.label(text, route))
        for text, route in shown
        if not routes.is_catch_all(text)
        for method in routes.methods(route)
    }
    assert found - known == set(), "add them to the table"
    assert {route for _, route in known} - {route for _, route in found} == set(), "no such route any more"
