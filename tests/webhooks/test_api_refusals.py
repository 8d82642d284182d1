"""What `/api/webhooks` refuses, and what it says of it [contract 60]."""

import json

import pytest

from core.models import Webhook
from tests.factories import make_organization
from tests.webhooks.test_api import made, problem
from tests.webhooks.wire import BODY, URL, integrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller():
    return integrator(make_organization())


URLS = [
    *("", "hooks.example.org", "//hooks.example.org/", "ftp://hooks.example.org/", "javascript:alert(1)"),
    *("http://hooks.example.org/", "HTTP://hooks.example.org/", "https://", "https:///x", "https://user@example.org/"),
    *(
        "https://user:word@example.org/",
        "https://example.org/a b",
        "https://example.org:99999/",
        "https://exämple.org/",
    ),
    *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0/"),
    *("https://[fe80::1%25eth0]/", "https://example.org\\@evil.example/", f"https://example.org/{'a' * 2000}"),
]


@pytest.mark.parametrize("url", [*URLS, None, 5, True, ["https://example.org/"], {"url": "https://example.org/"}])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_address_that_may_not_be_called_is_refused_by_name(caller, method, url):
    place = URL if method == "POST" else f"{URL}/{made(caller)['id']}"
    body = problem(caller.call(method, place, {**BODY, "url": url}), 422)
    assert list(body["errors"]) == ["url"]
    assert Webhook.objects.filter(url=BODY["url"]).count() == Webhook.objects.count()


def test_without_tls_only_a_host_of_the_operators_own_network_is_called(caller, settings):
    settings.OUTBOUND_PRIVATE_HOSTS = ["crm.internal"]
    assert made(caller, url="http://crm.internal:8080/hooks")["url"] == "http://crm.internal:8080/hooks"
    body = problem(caller.post(URL, {**BODY, "url": "http://hooks.example.org/"}), 422)
    assert body["errors"] == {"url": ["must begin with https://"]}


SCHEME, ASCII = (
    "must begin with http:// or https://",
    "must be ASCII: its host in the form xn--…, all else percent-encoded",
)
SPACES, NONE = "may have no spaces, line breaks or backslashes", "has no valid host or port"
FAULTS = {
    **dict.fromkeys(["", "hooks.example.org", "ftp://example.org/"], SCHEME),
    **dict.fromkeys(["https://exämple.org/", "https://example.org/é", "https://example.org/\u3000"], ASCII),
    **dict.fromkeys(["https://example.org/a b", "https://example.org/\t", "https://example.org\\@x/"], SPACES),
    **dict.fromkeys(["https://example.org:99999/", "https://[::1/"], NONE),
    f"https://example.org/{'a' * 2000}": "may have 2000 characters at most",
    "https://user@example.org/": "may hold no name and password",
    "https:///x": "names no host",
}


@pytest.mark.parametrize("url", FAULTS)
def test_each_fault_of_an_address_is_told_once_and_truly(caller, url):
    told = problem(caller.post(URL, {**BODY, "url": url}), 422)["errors"]
    assert told == {"url": [f"The address {FAULTS[url]}"]}


def test_no_types_are_told_once(caller):
    told = problem(caller.post(URL, {**BODY, "types": []}), 422)["errors"]
    assert told == {"types": ["must name at least one type of events"]}


@pytest.mark.parametrize("url", ["http://n8n:5678/", "https://n8n/", "https://localhost:8443/"])
def test_a_name_without_a_dot_is_the_operators_own_or_nobodys(caller, settings, url):
    settings.OUTBOUND_PRIVATE_HOSTS = ["crm.internal"]
    (told,) = problem(caller.post(URL, {**BODY, "url": url}), 422)["errors"]["url"]
    assert told.endswith("is no public host, and not in OUTBOUND_PRIVATE_HOSTS")
    settings.OUTBOUND_PRIVATE_HOSTS = ["n8n", "localhost"]
    webhook = made(caller, url=url)
    assert (webhook["url"], caller.patch(f"{URL}/{webhook['id']}", {"url": f"{url}x"}).json()["url"]) == (
        url,
        f"{url}x",
    )


@pytest.mark.parametrize(
    "types",
    [[], ["job.exploded"], ["JOB.CREATED"], ["job.*"], [""], "*", None, [None], [1], [["*"]], {"*": True}, ["é"]],
)
def test_a_type_that_is_none_is_refused_by_name(caller, types):
    assert list(problem(caller.post(URL, {**BODY, "types": types}), 422)["errors"]) == ["types"]
    place = f"{URL}/{made(caller)['id']}"
    assert list(problem(caller.patch(place, {"types": types}), 422)["errors"]) == ["types"]


def test_all_that_is_wrong_is_told_at_once(caller):
    body = problem(caller.post(URL, {"url": 5, "types": 5, "isEnabled": "yes"}), 422)
    assert list(body["errors"]) == ["url", "types", "isEnabled"]
    body = problem(caller.post(URL, {"url": "http://example.org/", "types": ["x"]}), 422)
    assert set(body["errors"]) == {"url", "types"}
    assert problem(caller.post(URL, {}), 422)["errors"] == {"url": ["is missing"], "types": ["is missing"]}


@pytest.mark.parametrize("body", [[], [BODY], "x", 5, None, True, False, 0, ""])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_that_is_no_object_is_refused(caller, method, body):
    place = URL if method == "POST" else f"{URL}/{made(caller)['id']}"
    headers = {"Authorization": f"Bearer {caller.token}"}
    problem(caller.client.generic(method, place, json.dumps(body), "application/json", headers=headers), 400)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("{", "application/json", 400),
        ('{"url": "\\ud800"}', "application/json", 400),
        ('{"url": "\\u0000"}', "application/json", 400),
        ("[" * 40 + "]" * 40, "application/json", 400),
        ("url=https://example.org/", "application/x-www-form-urlencoded", 415),
        ('{"url": "' + "x" * 1_100_000 + '"}', "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(caller, content, kind, status):
    headers = {"Authorization": f"Bearer {caller.token}"}
    problem(caller.client.generic("POST", URL, content, kind, headers=headers), status)
    assert Webhook.objects.count() == 0


def test_a_method_that_is_none_is_refused_with_those_that_are(caller):
    response = caller.put(URL, BODY)
    problem(response, 405)
    assert response["Allow"] == "GET, HEAD, POST"
    problem(caller.get(f"{URL}/1/rotate"), 405)
