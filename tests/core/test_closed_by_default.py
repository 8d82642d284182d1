"""What declares nothing lets nobody in; the back office lets in staff alone."""

import pytest
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.dialects import COMMON
from core.api.views import Access, DialectView
from core.context import acting
from core.models import Role
from tests import routes
from tests.factories import make_client, make_member, make_organization, make_token

pytestmark = pytest.mark.django_db
# What Django's admin shows to anybody.
OPEN_IN_ADMIN = {"admin/login/", "admin/logout/", "admin/jsi18n/"}
EXAMPLES = {"object_id": "1", "pk": "1", "name": "x", "app_label": "core", "url": "x", "content_type_id": "1"}


class Undeclared(APIView):
    def get(self, request):
        return Response("in")


class Careless(DialectView):
    dialect = COMMON

    def list(self, request):
        return Response("in")


class Careful(Careless):
    accesses = {"list": Access("tig")}


@pytest.fixture
def administrator():
    """A request with the widest token that there is."""
    application = make_client(make_organization(), roles=[Role.ADMINISTRATOR])
    with acting(door="api"):
        yield RequestFactory().get("/", headers={"Authorization": f"Bearer {make_token(application)}"})


def test_a_plain_api_view_is_closed(administrator):
    assert Undeclared.as_view()(administrator).status_code == 403


def test_an_action_that_declares_no_access_is_closed(administrator):
    assert Careless.as_view({"get": "list"})(administrator).status_code == 403
    assert Careful.as_view({"get": "list"})(administrator).status_code == 200


def example(text: str) -> str:
    """A path that the route matches."""
    path = text.replace("^", "").replace("$", "").replace("(?P<app_label>scheduling|core)", "core")
    path = path.replace("(?P<url>.*)", "x")
    for name, value in EXAMPLES.items():
        for kind in ("int", "slug", "path", "str"):
            path = path.replace(f"<{kind}:{name}>", value)
    return "/" + path


ADMIN_ROUTES = sorted(
    text for text, _ in routes.all_routes() if text.startswith(routes.ADMIN) and text not in OPEN_IN_ADMIN
)


@pytest.mark.parametrize("who", ["nobody", "student"])
def test_no_page_of_the_back_office_opens_to(who, client):
    if who == "student":
        client.force_login(make_member(make_organization()))
    opened = []
    for text in ADMIN_ROUTES:
        for method in ("get", "post"):
            response = getattr(client, method)(example(text))
            if not (response.status_code == 302 and "/login/" in response["Location"]):
                opened.append((method, text, response.status_code))
    assert opened == []


def test_the_back_office_opens_to_staff(client):
    client.force_login(make_member(make_organization(), Role.BASIC_STAFF))
    assert client.get("/admin/").status_code == 200


def test_a_bearers_token_opens_no_page_of_the_back_office(client):
    token = make_token(make_client(make_organization(), roles=[Role.ADMINISTRATOR]))
    assert client.get("/admin/", headers={"Authorization": f"Bearer {token}"}).status_code == 302


def test_a_session_opens_no_api(client):
    client.force_login(make_member(make_organization(), Role.ADMINISTRATOR))
    assert client.get("/v2/closes").status_code == 401


def test_every_class_of_the_api_declares_the_access_of_every_action():
    """Read from the routes, so that a new endpoint cannot be forgotten."""
    missing = []
    for text, route in routes.all_routes():
        for action in getattr(route.callback, "actions", {}).values():
            if not isinstance(route.callback.cls.accesses.get(action), Access):
                missing.append((text, action))
    assert missing == []


def test_every_other_view_of_an_api_prefix_names_its_permission():
    """OAuth2's own endpoints judge their clients themselves; all else under a prefix is a class with permissions."""
    unnamed = []
    for text, route in routes.all_routes():
        kind = getattr(route.callback, "cls", None)
        if text.startswith(("api/", "v2/")) and not routes.is_catch_all(text):
            assert kind is not None, f"{text} is no API view"
            if not issubclass(kind, DialectView) and not kind.permission_classes:
                unnamed.append(text)
    assert unnamed == []
