"""What a bearer token is worth at each call: one query, and whatever is withdrawn stops at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from oauth2_provider.models import get_access_token_model
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.test import APIRequestFactory

from core.api.authentication import BearerAuthentication, challenge, read_caller
from core.context import acting, current_actor
from core.models import Membership, Role
from tests.core.oauth_clients import (
    SECRET,
    allowed_code,
    ask_token,
    bearer,
    make_application,
    make_organization,
    make_person,
    make_web_application,
    person_tokens,
    pkce,
    swap_code,
    token_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def application(organization):
    return make_application(organization)


@pytest.fixture
def token(client, application):
    return token_of(ask_token(client, application))


@pytest.fixture
def person(organization):
    return make_person("ann", organization, Role.ADVANCED_STAFF)


@pytest.fixture
def web(organization):
    return make_web_application(organization)


@pytest.fixture
def person_token(client, web, person):
    return person_tokens(client, web, person)["access_token"]


def caller_of(token: str):
    return read_caller(f"Bearer {token}")


def code_of(token: str) -> str:
    with pytest.raises((AuthenticationFailed, NotAuthenticated)) as caught:
        caller_of(token)
    return caught.value.get_codes()


def test_an_applications_own_token(application, organization, token):
    second = make_organization("Second")
    application.organizations.add(second)
    caller = caller_of(token)
    assert caller.is_authenticated
    assert not caller.is_person
    assert (caller.application_id, caller.application_name) == (application.pk, "Timetable")
    assert caller.client_id == application.client_id
    assert caller.scopes == {"public", "tig"}
    assert caller.application_roles == (Role.BASIC_STAFF,)
    assert caller.roles == {organization.pk: Role.BASIC_STAFF, second.pk: Role.BASIC_STAFF}
    assert caller.rank(organization.pk) == Role.BASIC_STAFF.rank
    assert caller.rank(0) == -1


def test_an_application_without_roles_keeps_its_organizations(client, organization):
    application = make_application(organization, roles=[])
    caller = caller_of(token_of(ask_token(client, application)))
    assert caller.roles == {organization.pk: None}
    assert caller.rank(organization.pk) == -1


def test_a_persons_token(person_token, person, organization, web):
    elsewhere, granted = make_organization("Not granted"), make_organization("Granted, no member")
    Membership.objects.create(user=person, organization=elsewhere, role=Role.ADMINISTRATOR)
    web.organizations.add(granted)
    caller = caller_of(person_token)
    assert (caller.is_person, caller.user_id, caller.login) == (True, person.pk, "ann")
    assert caller.roles == {organization.pk: Role.ADVANCED_STAFF}
    assert caller.application_roles == (Role.BASIC_STAFF,)


def test_one_query(token, person_token, django_assert_num_queries):
    for one in (token, person_token, "unknown"):
        with django_assert_num_queries(1):
            connection.ensure_connection()
            try:
                caller_of(one)
            except AuthenticationFailed:
                assert one == "unknown"
    with django_assert_num_queries(0), pytest.raises(AuthenticationFailed):
        caller_of("not a token!")


def test_withdrawn_scope(application, token):
    application.allowed_scopes = ["public", "jobs:read"]
    application.save()
    assert caller_of(token).scopes == {"public"}


def test_withdrawn_role(application, token, organization):
    application.roles = []
    application.save()
    assert caller_of(token).roles == {organization.pk: None}


def test_withdrawn_organization(application, token):
    application.organizations.clear()
    assert caller_of(token).roles == {}


@pytest.mark.parametrize("fixture", ["token", "person_token"])
def test_inactive_organization(request, organization, fixture):
    token = request.getfixturevalue(fixture)
    organization.is_active = False
    organization.save()
    assert caller_of(token).roles == {}


def test_inactive_application(application, token):
    application.is_active = False
    application.save()
    assert code_of(token) == "invalid_token"


def test_inactive_person(person, person_token):
    person.is_active = False
    person.save()
    assert code_of(person_token) == "invalid_token"


def test_changed_membership(person, person_token, organization):
    membership = person.memberships.get()
    membership.role = Role.STUDENT
    membership.save()
    assert caller_of(person_token).roles == {organization.pk: Role.STUDENT}
    membership.delete()
    assert caller_of(person_token).roles == {}


def test_expired(token):
    tokens = get_access_token_model().objects
    tokens.update(expires=timezone.now() + timedelta(seconds=5))
    assert caller_of(token)
    tokens.update(expires=timezone.now() - timedelta(seconds=1))
    assert code_of(token) == "expired_token"


def test_deleted_application(application, token):
    application.delete()
    assert code_of(token) == "invalid_token"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "no_token"),
        ("Basic YTpi", "no_token"),
        ("Token abc", "no_token"),
        ("Bearerabc", "no_token"),
        ("Bearer", "invalid_token"),
        ("Bearer ", "invalid_token"),
        ("Bearer abc def", "invalid_token"),
        ("Bearer é", "invalid_token"),
        ("Bearer a\0b", "invalid_token"),
        ("Bearer abc\n", "invalid_token"),
        ("bearer " + "a" * 5000, "invalid_token"),
        ("Bearer abc", "invalid_token"),
    ],
)
def test_headers_that_open_nothing(authorization, code):
    with pytest.raises((AuthenticationFailed, NotAuthenticated)) as caught:
        read_caller(authorization)
    assert caught.value.get_codes() == code
    assert caught.value.status_code == 401
    assert ("invalid_token" in challenge(code)) == (code != "no_token")


def test_the_scheme_is_read_in_any_case(token):
    assert read_caller(f"bEARER {token}")


def test_drf_class_names_the_actor(token, person_token, application, person, web):
    factory = APIRequestFactory()
    for one, expected in ((token, (application.pk, None)), (person_token, (web.pk, person.pk))):
        with acting(door="api"):
            caller, _ = BearerAuthentication().authenticate(factory.get("/", **bearer(one)))
            assert (current_actor().application_id, current_actor().user_id) == expected
            assert caller.application_id == expected[0]


def test_no_token_is_read_outside_the_header(token):
    request = APIRequestFactory().post("/", {"access_token": token})
    with pytest.raises(NotAuthenticated):
        BearerAuthentication().authenticate(request)
    assert BearerAuthentication().authenticate_header(request) == 'Bearer realm="dutyboard"'


def stored_text() -> str:
    """Every row of every table."""
    with connection.cursor() as cursor:
        tables = [info.name for info in connection.introspection.get_table_list(cursor) if info.type == "t"]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows.extend(cursor.fetchall())
    return repr(rows)


def test_nothing_compared_is_kept_in_clear(client, application, token, web, person):
    verifier, challenge_ = pkce()
    code = allowed_code(client, web, person, challenge_)
    assert code not in stored_text()
    tokens = swap_code(client, web, code, verifier).json()
    text = stored_text()
    assert application.client_id in text
    for secret in (SECRET, token, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in text
