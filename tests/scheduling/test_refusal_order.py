"""The first refusal wins: any two faults in one request are answered as the first of them alone [contract 00]."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from django.core.cache import cache
from django.test import Client

from core.models import Role
from scheduling.models import Close, CommunityService
from tests.factories import make_client, make_close, make_community_service, make_member, make_organization, make_token

pytestmark = pytest.mark.django_db
EARLY = {"schedule_at": "2001-01-01 00:00 UTC", "end_at": "2001-01-01 00:00 UTC"}
UNREADABLE = {"duration": "long", "kind": "odd"}


@dataclass(frozen=True)
class Request:
    """`values` stand under `root`; `raw` is sent in their place; `limited`: this is the second of one an hour."""

    method: str
    path: str
    missing: str
    root: str = ""
    values: dict = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    token: str = "good"
    raw: str | None = None
    limited: bool = False

    def having(self, **headers: str) -> "Request":
        return replace(
            self, headers={**self.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        )

    @property
    def body(self) -> str:
        return self.raw if self.raw is not None else json.dumps({self.root: self.values})


@dataclass(frozen=True)
class Fault:
    name: str
    status: int
    says: str
    put: Callable[[Request], Request]


def without(gate: str) -> Callable[[Request], Request]:
    """A token that lacks scope or role, or both."""
    return lambda request: replace(request, token=gate if request.token == "good" else "neither")


# In the contract's order. Each is put into the request after those that come later, so that it spoils what they left.
ORDER = [
    Fault("path", 404, "{}", lambda request: replace(request, path="/v2/nowhere")),
    Fault("method", 405, "is not allowed here", lambda request: replace(request, method="LOOKUP")),
    Fault("credential", 401, "Not authorized", lambda request: replace(request, token="unknown")),
    Fault("organization", 403, "Access Denied", lambda request: request.having(X_Organization_Id="999999")),
    Fault("scope", 403, "Insufficient scope", without("scope")),
    Fault("role", 403, "Access Denied", without("role")),
    Fault("rate", 429, "Too many requests", lambda request: replace(request, limited=True)),
    Fault("accept", 406, "Only application/json", lambda request: request.having(Accept="text/html")),
    Fault("type", 415, "cannot be read", lambda request: request.having(Content_Type="text/xml")),
    Fault("size", 413, "too large", lambda request: replace(request, raw=request.body + " " * 1024 * 1024)),
    Fault("syntax", 400, "not valid JSON", lambda request: replace(request, raw='{"close":')),
    Fault("row", 404, "{}", lambda request: replace(request, path=request.missing)),
    Fault("If-Match", 412, "Precondition Failed", lambda request: request.having(If_Match='"99-x"')),
    Fault("fields", 422, "errors", lambda request: replace(request, values={**request.values, **UNREADABLE})),
    Fault("rules", 422, "errors", lambda request: replace(request, values={**request.values, **EARLY})),
]
NAMES = [fault.name for fault in ORDER]
# What a request of this kind cannot be refused for.
NEVER = {"POST": {"If-Match"}, "DELETE": {"fields", "rules"}}


class World:
    """One campus with a service; a client for each gate that may be shut."""

    def __init__(self) -> None:
        campus = make_organization()
        self.close = make_close(campus)
        self.service = make_community_service(self.close)
        self.person = make_member(campus)
        clients = {
            "good": make_client(campus, roles=[Role.ADVANCED_STAFF]),
            "scope": make_client(campus, roles=[Role.ADVANCED_STAFF], allowed_scopes=["public"]),
            "role": make_client(campus, roles=[]),
            "neither": make_client(campus, roles=[], allowed_scopes=["public"]),
        }
        self.tokens = {"unknown": "unknown", **{name: make_token(client) for name, client in clients.items()}}

    def requests(self) -> dict[str, Request]:
        """A good one of each method."""
        row = (f"/v2/community_services/{self.service.pk}", "/v2/community_services/999999", "community_service")
        people = {"closer_id": self.close.closer_id, "kind": "other", "reason": "Late"}
        return {
            "PATCH": Request("PATCH", *row, {"occupation": "Sweep"}),
            "PUT": Request("PUT", *row, {"occupation": "Sweep"}),
            "DELETE": Request("DELETE", *row),
            "POST": Request("POST", f"/v2/users/{self.person.pk}/closes", "/v2/users/nobody/closes", "close", people),
        }

    def send(self, request: Request, settings):
        cache.clear()
        settings.RATE_LIMIT_PER_HOUR = int(request.limited)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.tokens[request.token]}"}
        headers |= request.headers
        if request.limited:
            Client().get("/v2/community_services", headers=headers)
        return Client().generic(request.method, request.path, request.body, headers["Content-Type"], headers=headers)


@pytest.fixture
def world(monday):
    return World()


def possible(method: str) -> list[Fault]:
    return [fault for fault in ORDER if fault.name not in NEVER.get(method, set())]


def told(response) -> tuple[int, str]:
    """What does not depend on other faults: a 422 tells all bad fields at once."""
    if response.status_code == 422:
        return 422, "errors" if response.json()["errors"] else ""
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("name", NAMES)
def test_the_first_refusal_wins_over_every_later_one(world, settings, method, name):
    faults = possible(method)
    first = next((fault for fault in faults if fault.name == name), None)
    if first is None:
        return
    good = world.requests()[method]
    alone = told(world.send(first.put(good), settings))
    assert alone[0] == first.status
    assert first.says in alone[1]
    for later in faults[faults.index(first) + 1 :]:
        both = first.put(later.put(good))
        assert told(world.send(both, settings)) == alone, f"{first.name} and {later.name}"
    assert (CommunityService.objects.get().version, Close.objects.get().version) == (1, 1)


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE", "POST"])
def test_without_a_fault_each_of_these_requests_is_taken(world, settings, method):
    response = world.send(world.requests()[method], settings)
    assert response.status_code == (201 if method == "POST" else 204)


# -- every kind of 400 comes before the row and the version -----------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/v2/community_services/{pk}", {}, "Missing parameter community_service"),
        ("/v2/community_services/{pk}", {"community_service": None}, "Missing parameter community_service"),
        ("/v2/community_services/{pk}?a=%FF", {"community_service": {}}, "The parameters are not valid UTF-8"),
        ("/v2/community_services/{pk}/validate?a[b]=1&a=2&a[]=3", None, "The parameter a is given as two different"),
        ("/v2/closes/{pk}", {"close": []}, "Missing parameter close"),
        ("/v2/closes/{pk}", {"close": {"community_services_attributes": [{}]}}, "Missing parameter duration"),
        ("/v2/closes/{pk}/unclose?a=%FF", None, "The parameters are not valid UTF-8"),
    ],
)
def test_a_malformed_change_is_told_before_a_missing_row_and_a_stale_version(world, settings, path, body, message):
    rows = world.service.pk if "services/" in path else world.close.pk
    for pk in (rows, 999999):
        raw = "" if body is None else json.dumps(body)
        request = Request("PATCH", path.format(pk=pk), "", raw=raw).having(If_Match='"99-x"')
        response = world.send(request, settings)
        assert (response.status_code, response.json()["error"]) == (400, "Bad Request")
        assert response.json()["message"].startswith(message)


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/v2/users/nobody/closes", {}, "Missing parameter close"),
        ("/v2/users/nobody/closes", {"close": {"closer_id": 1, "kind": "other"}}, "Missing parameter reason"),
        ("/v2/community_services", {"community_service": {"close_id": 999999}}, "Missing parameter duration"),
        ("/v2/closes", {"close": {"user_id": 999999, "kind": "odd"}}, "Missing parameter closer_id"),
    ],
)
def test_a_missing_parameter_is_told_before_rows_that_do_not_exist(world, settings, path, body, message):
    response = world.send(Request("POST", path, "", raw=json.dumps(body)), settings)
    assert (response.status_code, response.json()["message"]) == (400, message)


@pytest.mark.parametrize("query", ["filter[token]=1", "sort=token", "range[token]=1,2", "filter[id]=x"])
@pytest.mark.parametrize("path", ["/v2/closes/999999/community_services", "/v2/users/nobody/closes"])
def test_a_bad_filter_is_told_before_a_missing_row(world, settings, path, query):
    assert world.send(Request("GET", f"{path}?{query}", "", raw=""), settings).status_code == 400
    assert world.send(Request("GET", path, "", raw=""), settings).status_code == 404


def test_the_role_to_remove_a_nested_service_is_asked_before_the_version(world, settings):
    world.tokens["good"] = make_token(make_client(world.close.organization, roles=[Role.BASIC_STAFF]))
    nested = [{"id": world.service.pk, "_destroy": True}]
    values = {"close": {"community_services_attributes": nested}}
    request = Request("PATCH", f"/v2/closes/{world.close.pk}", "", raw=json.dumps(values))
    assert world.send(request.having(If_Match='"99-x"'), settings).status_code == 403
