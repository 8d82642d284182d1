"""Opening and closing sessions over HTTP [seed; contract 30]."""

import pytest
from django.core.cache import cache

from core.models import Application, Membership, Role
from interventions.models import InterventionStatus, Session
from interventions.services.pins import pin_of
from tests import api
from tests.factories import make_member, make_organization, make_token
from tests.interventions.register import Register
from tests.interventions.wire import SessionCaller, data, error, fields, make_app, unpacked

pytestmark = pytest.mark.django_db
PATH, SITES = "/interventions/v2/sessions", "/sites/v1/rs"
PASSWORD = "correct horse battery"
S = InterventionStatus


@pytest.fixture
def town():
    return make_organization("Ville")


@pytest.fixture
def ada(town):
    return make_member(town, Role.BASIC_STAFF, "ada", password=PASSWORD)


def caller(*organizations, **fields) -> api.Caller:
    return api.Caller(make_token(make_app(*organizations, **fields)))


def opened(client: api.Caller, **body) -> SessionCaller:
    found = data(client.post(PATH, {"login": "ada", "password": PASSWORD, **body}), 201)
    return SessionCaller(client.token, found["token"])


# -- opening ------------------------------------------------------------------------------------------------


def test_a_login_and_password_open_a_session_of_a_day(town, ada):
    client = caller(town)
    response = client.post(PATH, {"login": "ada", "password": PASSWORD, "otp": "123456"})
    found = data(response, 201)
    assert list(found) == ["token", "expiresAt"]
    assert response["Cache-Control"] == "no-store"
    head, claims = unpacked(found["token"])
    assert head == {"alg": "HS256", "typ": "JWT"}
    # The very claims of the seed's sample.
    assert list(claims) == ["userId", "sessionId", "iat", "exp"]
    assert claims["userId"] == str(ada.pk)
    assert isinstance(claims["sessionId"], str)
    assert claims["exp"] - claims["iat"] == 86400
    assert data(SessionCaller(client.token, found["token"]).get(SITES)) == []


def test_wrong_login_password_and_otp_answer_alike(town, ada):
    make_member(town, Role.BASIC_STAFF, "gone", password=PASSWORD, is_active=False)
    client = caller(town)
    bodies = [
        {"login": "ada", "password": "wrong"},
        {"login": "nobody", "password": PASSWORD},
        {"login": "gone", "password": PASSWORD},
        {"login": "ada", "password": "wrong", "otp": "000000"},
    ]
    answers = [client.post(PATH, body) for body in bodies]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert Session.objects.count() == 0


def test_the_pause_after_five_failures_is_the_admins_own(town, ada, client):
    for _ in range(5):
        client.post("/admin/login/", {"username": "ada", "password": "wrong"})
    assert caller(town).post(PATH, {"login": "ada", "password": PASSWORD}).status_code == 401
    cache.clear()
    assert opened(caller(town)).session


def test_five_failures_here_close_the_back_office_too(town, ada, client):
    for _ in range(5):
        caller(town).post(PATH, {"login": "ADA", "password": "wrong"})
    response = client.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert response.status_code == 200
    assert "sessionid" not in client.cookies


def test_of_several_shared_organizations_one_is_named(town, ada):
    other, foreign = make_organization("Other"), make_organization("Foreign")
    Membership.objects.create(user=ada, organization=other, role=Role.ADVANCED_STAFF)
    Membership.objects.create(user=ada, organization=foreign, role=Role.ADVANCED_STAFF)
    client, body = caller(town, other), {"login": "ada", "password": PASSWORD}
    assert fields(client.post(PATH, body)) == {"organizationId": f"must be one of: {town.pk}, {other.pk}"}
    assert opened(client, organizationId=other.pk).post(SITES, {"name": "École"}).status_code == 201
    assert opened(client, organizationId=town.pk).post(SITES, {"name": "École"}).status_code == 403
    for pk in (foreign.pk, 10**9, -1):
        error(client.post(PATH, {**body, "organizationId": pk}), 403)


def test_who_is_no_staff_of_a_shared_organization_opens_none(town):
    make_member(town, Role.STUDENT, "ada", password=PASSWORD)
    body = {"login": "ada", "password": PASSWORD}
    assert caller(town).post(PATH, body).content == caller(make_organization()).post(PATH, body).content
    error(caller(town).post(PATH, body), 403)


def test_a_persons_bearer_opens_sessions_of_nobody_else(town, ada):
    bob = make_member(town, Role.BASIC_STAFF, "bob", password=PASSWORD)
    app = make_app(town, authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE)
    body = {"login": "ada", "password": PASSWORD}
    error(api.person(bob, app).post(PATH, body), 401)
    session = data(api.person(ada, app).post(PATH, body), 201)["token"]
    assert SessionCaller(make_token(app, ada), session).get(SITES).status_code == 200
    error(SessionCaller(make_token(app, bob), session).get(SITES), 401, "session_invalid")


def test_what_opens_a_session_is_told_by_its_shape(town, ada):
    client = caller(town)
    assert list(fields(client.post(PATH, {}))) == ["login", "password"]
    assert list(fields(client.post(PATH, {"login": 1, "password": None, "organizationId": "1"}))) == [
        "login",
        "password",
        "organizationId",
    ]
    assert list(fields(client.post(PATH, {"codePin": "123456"}))) == ["codePin", "interventionId"]
    error(client.post(PATH, []), 400)
    error(client.call("POST", PATH, form="login=ada"), 415)
    error(api.Caller().post(PATH, {"login": "ada", "password": PASSWORD}), 401)
    error(caller(town, scopes=["tig"]).post(PATH, {"login": "ada", "password": PASSWORD}), 403)


# -- by the code PIN ----------------------------------------------------------------------------------------


def test_a_code_pin_on_site_begins_the_intervention_and_opens_it_alone():
    register = Register()
    visit = register.in_state(S.PLANNED)
    client = caller(register.town)
    token = data(client.post(PATH, {"interventionId": visit.pk, "codePin": pin_of(visit)}), 201)["token"]
    visit.refresh_from_db()
    assert (visit.status, visit.actual_start is not None) == (S.IN_PROGRESS, True)
    assert unpacked(token)[1]["userId"] == ""
    provider = SessionCaller(client.token, token)
    for path in (SITES, "/anomalies/v2/rs/observations", "/company-contacts/v1/rs", "/routines/v1/rs/preventive"):
        error(provider.get(path), 403)
    assert provider.call("DELETE", PATH).status_code == 204
    error(provider.call("DELETE", PATH), 401, "session_invalid")


def test_wrong_id_ended_visit_wrong_pin_foreign_visit_and_locked_door_answer_alike():
    register, other = Register(), Register("Other")
    visit, ended = register.in_state(S.PLANNED), register.in_state(S.CANCELLED)
    foreign = other.in_state(S.PLANNED)
    pin = pin_of(visit)
    client = caller(register.town)
    tries = [(visit.pk, pin % 900_000 + 100_000 - 1), (10**9, pin), (ended.pk, pin), (foreign.pk, pin_of(foreign))]
    answers = [client.post(PATH, {"interventionId": pk, "codePin": code}) for pk, code in tries]
    for _ in range(5):
        client.post(PATH, {"interventionId": visit.pk, "codePin": 1})
    answers.append(client.post(PATH, {"interventionId": visit.pk, "codePin": pin}))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert Session.objects.count() == 0
