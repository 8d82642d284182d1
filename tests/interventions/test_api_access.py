"""Every endpoint of the interventions' dialect by every kind of caller; a route that no table has fails."""

import pytest
from django.db import transaction

from core.models import Role
from interventions.api.urls import urlpatterns
from tests import routes
from tests.factories import make_client, make_organization, make_token
from tests.intervention_factories import make_routine
from tests.interventions import access_table, access_table_visits
from tests.interventions.access_table import COLUMNS, Endpoint
from tests.interventions.register import Register, S
from tests.interventions.wire import SessionCaller, error, provider_caller, session_caller
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db
TABLE = [*access_table.TABLE, *access_table_visits.TABLE]
ROWS = pytest.mark.parametrize("endpoint", TABLE, ids=[f"{one.method} {one.path}" for one in TABLE])
# By the bearer alone, or by a token in the address.
ELSEWHERE = {("POST", "interventions-sessions"), *access_table_visits.ELSEWHERE}


class World:
    """The rows that the tables' paths and bodies name."""

    def __init__(self):
        self.register = Register()
        self.town = self.register.town
        self.visit = self.register.in_state(S.PLANNED)
        rows = {
            "site": self.register.site,
            "contact": self.register.provider,
            "routine": make_routine(self.town, self.register.site),
            "anomaly": self.register.anomaly(),
            "visit": self.visit,
            **access_table_visits.rows_of(self.register),
        }
        self.ids = {name: row.pk for name, row in rows.items()}

    def caller(self, column: str) -> SessionCaller:
        if column == "provider":
            return provider_caller(self.visit)
        if column == "other organization":
            return session_caller(make_organization(), Role.ADMINISTRATOR)
        return session_caller(self.town, Role(column.replace(" ", "_")))

    def fill(self, value: object) -> object:
        """A text that is a name alone becomes the id itself."""
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str) and value[:1] == "{" and value[1:-1] in self.ids:
            return self.ids[value[1:-1]]
        return value

    def call(self, caller: SessionCaller, endpoint: Endpoint):
        return caller.call(endpoint.method, endpoint.path.format(**self.ids), self.fill(endpoint.body))


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
                error(response, response.status_code)
                assert count_rows() == before
            transaction.set_rollback(True)
    assert found == dict(zip(COLUMNS, endpoint.answers, strict=True))


@ROWS
def test_without_two_good_tokens_each_endpoint_says_only_that(world, endpoint):
    good = session_caller(world.town, Role.ADMINISTRATOR)
    for caller in (SessionCaller(), SessionCaller("nothing"), SessionCaller("nothing", good.session)):
        assert "code" not in error(world.call(caller, endpoint), 401)
    error(world.call(SessionCaller(good.token), endpoint), 401, "session_required")
    error(world.call(SessionCaller(good.token, "nothing"), endpoint), 401, "session_invalid")


@ROWS
def test_without_its_own_scope_an_endpoint_stays_closed(world, endpoint):
    other = {"interventions:read", "interventions:write"} - {endpoint.needed}
    caller = session_caller(world.town, Role.ADMINISTRATOR, scopes=["public", "tig", *other])
    response = world.call(caller, endpoint)
    error(response, 403)
    assert f'scope="{endpoint.needed}"' in response["WWW-Authenticate"]


@ROWS
def test_naming_another_organization_is_refused(world, endpoint):
    caller = session_caller(world.town, Role.ADMINISTRATOR)
    path, body = endpoint.path.format(**world.ids), world.fill(endpoint.body)
    for pk in (make_organization().pk, 10**9):
        error(caller.call(endpoint.method, path, body, X_Organization_Id=str(pk)), 403)


def test_a_bearer_of_the_highest_role_is_nothing_without_a_session(world):
    program = make_client(world.town, roles=[Role.ADMINISTRATOR], allowed_scopes=["interventions:read"])
    error(SessionCaller(make_token(program)).get("/sites/v1/rs"), 401, "session_required")


def test_every_route_and_method_stands_in_the_tables():
    known = {(one.method, one.route) for one in TABLE}
    found = {
        (method, route.name)
        for text, route in routes.all_routes(urlpatterns)
        if not routes.is_catch_all(text)
        for method in routes.methods(route)
    }
    assert found - ELSEWHERE == known - ELSEWHERE
