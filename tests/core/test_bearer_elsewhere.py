"""A bearer is read in the Authorization header alone; one in the query is refused [contract 00, Credentials]."""

import pytest

from tests import api
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
SERVICES = "/v2/community_services"
NOT_AUTHORIZED = {"error": "Not authorized", "message": "The access token is invalid"}
DESCRIPTION = "An access token in the query is refused: send it in the Authorization header"
CREATE = {"community_service": {"duration": 7200}}


@pytest.fixture
def staff():
    return api.program(make_organization())


@pytest.fixture
def nobody():
    return api.Caller()


@pytest.mark.parametrize("header", ["good", "none", "bad"])
@pytest.mark.parametrize(
    "query", ["access_token={token}", "access_token=", "access_token", "page=1&access%5Ftoken={token}"]
)
def test_a_bearer_in_the_query_is_refused_whatever_the_header_says(staff, header, query):
    caller = {"good": staff, "none": api.Caller(), "bad": api.Caller("unknown")}[header]
    response = caller.get(f"{SERVICES}?{query.format(token=staff.token)}")
    assert (response.status_code, response.json()) == (401, NOT_AUTHORIZED)
    assert response["WWW-Authenticate"] == (
        f'Bearer realm="dutyboard", error="invalid_token", error_description="{DESCRIPTION}"'
    )


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_bearer_in_the_query_stops_every_change(staff, method):
    row = staff.post(SERVICES, CREATE)["Location"]
    path = SERVICES if method == "POST" else row
    assert staff.call(method, f"{path}?access_token={staff.token}", CREATE).status_code == 401
    assert staff.get(row).json()["duration"] == 7200
    assert len(staff.get(SERVICES).json()) == 1


@pytest.mark.parametrize("query", ["access_tokens=1", "page[access_token]=1", "sort=id&x=access_token%3D1"])
def test_other_names_in_the_query_are_no_bearer(staff, query):
    assert staff.get(f"{SERVICES}?{query}").status_code == 200


def test_the_token_info_refuses_a_bearer_in_the_query_too(staff, nobody):
    for caller in (staff, nobody):
        response = caller.get(f"/oauth/token/info?access_token={staff.token}")
        assert response.status_code == 401
        assert response.json() == {"error": "invalid_token", "error_description": DESCRIPTION}
    assert staff.get("/oauth/token/info").status_code == 200


def test_a_bearer_in_a_body_opens_nothing(staff, nobody):
    form = f"access_token={staff.token}&community_service[duration]=7200"
    for caller in (nobody, api.Caller("unknown")):
        assert caller.post(SERVICES, form=form).status_code == 401
        assert caller.post(SERVICES, {**CREATE, "access_token": staff.token}).status_code == 401


def test_a_bearer_in_a_body_beside_a_good_header_is_an_unknown_field(staff):
    assert staff.post(SERVICES, form="access_token=another&community_service[duration]=7200").status_code == 201
    assert staff.post(SERVICES, {**CREATE, "access_token": "another"}).status_code == 201
