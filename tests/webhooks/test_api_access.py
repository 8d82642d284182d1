"""Every endpoint of webhooks and events by every kind of caller; a route that the table has not fails."""

import pytest

from core.api.integration.urls import urlpatterns
from core.models import Event, Role, WebhookDelivery
from core.webhooks.services import create_webhook
from tests import api, routes
from tests.api import Caller
from tests.factories import make_organization
from tests.scheduling.test_malformed import count_rows
from tests.webhooks.access_table import COLUMNS, TABLE, Endpoint
from tests.webhooks.wire import BODY, READS, SCOPES, happen, integrator, member

pytestmark = pytest.mark.django_db
ROWS = pytest.mark.parametrize("endpoint", TABLE, ids=[f"{one.method} {one.path}" for one in TABLE])


class World:
    def __init__(self):
        self.town, self.elsewhere = make_organization("Town"), make_organization("Elsewhere")
        webhook, _secret = create_webhook(self.town, {**BODY, "types": ["*"]})
        happen(self.town, "close.closed")
        self.ids = {"webhook": webhook.pk, "delivery": WebhookDelivery.objects.get(webhook=webhook).pk}

    def caller(self, column: str) -> Caller:
        if column in ("program", "other organization"):
            return integrator(self.town if column == "program" else self.elsewhere)
        return member(self.town, Role(column.replace(" ", "_")))

    def call(self, caller: Caller, endpoint: Endpoint, **headers: str):
        return caller.call(endpoint.method, endpoint.path.format(**self.ids), endpoint.body, **headers)


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("column", COLUMNS)
@ROWS
def test_each_kind_of_caller_gets_what_the_table_says(world, endpoint, column):
    caller, expected = world.caller(column), endpoint.answers[COLUMNS.index(column)]
    before = count_rows()
    response = world.call(caller, endpoint)
    assert response.status_code == expected, response.content
    if expected >= 400:
        assert response["Content-Type"] == "application/problem+json"
        assert count_rows() == before


@ROWS
def test_nobody_without_a_token_or_without_the_scope(world, endpoint):
    nobody = world.call(Caller(), endpoint)
    assert (nobody.status_code, nobody["Content-Type"]) == (401, "application/problem+json")
    others = [scope for scope in (*SCOPES, *READS, "public") if scope != endpoint.scope]
    narrow = world.call(api.program(world.town, roles=[Role.ADMINISTRATOR], scopes=others), endpoint)
    assert (narrow.status_code, narrow["Content-Type"]) == (403, "application/problem+json")
    assert 'error="insufficient_scope"' in narrow["WWW-Authenticate"]
    assert Event.objects.count() == 1


@ROWS
def test_an_organization_that_is_not_granted_is_one_answer_whether_or_not_it_exists(world, endpoint):
    caller = world.caller("program")
    answers = [world.call(caller, endpoint, X_Organization_Id=str(pk)) for pk in (world.elsewhere.pk, 10**9)]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].content == answers[1].content


def test_every_route_stands_in_the_table():
    found = {(method, route.name) for route in urlpatterns for method in routes.methods(route)}
    assert found == {(endpoint.method, endpoint.route) for endpoint in TABLE}
