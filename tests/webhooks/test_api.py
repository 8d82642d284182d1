"""`/api/webhooks`: where an organization wants to be told of events [contract 60]."""

import base64

import pytest

from core.models import Role, Webhook
from core.webhooks.services import MOST_WEBHOOKS
from tests import api
from tests.factories import make_client, make_organization, make_token
from tests.webhooks.wire import BODY, SCOPES, URL, integrator, member

pytestmark = pytest.mark.django_db
SHOWN = ["id", "organizationId", "url", "types", "isEnabled", "offReason", "failingSince", "formerSecretUntil"]
SHOWN += ["createdAt", "updatedAt"]


@pytest.fixture
def caller(organization):
    return integrator(organization)


def made(caller, **values) -> dict:
    response = caller.post(URL, {**BODY, **values})
    assert response.status_code == 201, response.content
    return response.json()


def problem(response, status: int) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["type"]) == (status, "about:blank")
    return body


# -- making -------------------------------------------------------------------------------------------------


def test_a_new_one_is_shown_with_its_secret_once(caller, organization):
    response = caller.post(URL, BODY)
    body = response.json()
    assert response.status_code == 201
    assert list(body) == [*SHOWN, "secret"]
    assert {name: body[name] for name in ("url", "types", "isEnabled", "organizationId", "failingSince")} == {
        **BODY,
        "isEnabled": True,
        "organizationId": organization.pk,
        "failingSince": None,
    }
    assert response["Location"] == f"{URL}/{body['id']}"
    shown = caller.get(response["Location"])
    assert list(shown.json()) == SHOWN
    assert body["secret"] not in shown.content.decode() + caller.get(URL).content.decode()


def test_its_secret_is_as_the_standard_webhooks_write_one_and_is_kept_encrypted(caller):
    secret = made(caller)["secret"]
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    assert len(key) == 32
    assert key not in bytes(Webhook.objects.get().secret)
    assert made(caller)["secret"] != secret


def test_it_may_be_made_switched_off_and_of_all_types(caller):
    body = made(caller, types=["*"], isEnabled=False)
    assert (body["types"], body["isEnabled"]) == (["*"], False)


def test_a_type_that_is_named_twice_is_kept_once_and_unknown_properties_are_passed_over(caller):
    body = made(caller, types=["job.created", "job.created"], secret="whsec_mine", id=7, colour="red")
    assert body["types"] == ["job.created"]
    assert body["secret"] != "whsec_mine"


def test_there_is_a_most_of_them(caller, organization):
    for _ in range(MOST_WEBHOOKS):
        made(caller)
    body = problem(caller.post(URL, BODY), 422)
    assert body["errors"] == {"url": [f"{MOST_WEBHOOKS} webhooks are the most"]}
    assert Webhook.objects.count() == MOST_WEBHOOKS
    made(integrator(make_organization()))


def test_a_repeated_request_with_the_same_key_gets_the_secret_again(caller):
    first, second = (caller.post(URL, BODY, Idempotency_Key="once") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert second["ETag"] == first["ETag"]
    assert Webhook.objects.count() == 1
    problem(caller.post(URL, {**BODY, "types": ["*"]}, Idempotency_Key="once"), 422)


# -- reading ------------------------------------------------------------------------------------------------


def test_the_list_comes_in_pages_the_newest_first(caller):
    ids = [made(caller)["id"] for _ in range(5)]
    seen, after = [], ""
    for expected in (2, 2, 1):
        page = caller.get(f"{URL}?limit=2{after}").json()
        assert list(page) == ["items", "nextCursor"]
        assert len(page["items"]) == expected
        seen += [row["id"] for row in page["items"]]
        after = f"&after={page['nextCursor']}"
    assert seen == ids[::-1]
    assert page["nextCursor"] is None


def test_a_page_stays_where_it_was_when_another_is_made_meanwhile(caller):
    ids = [made(caller)["id"] for _ in range(3)]
    cursor = caller.get(f"{URL}?limit=1").json()["nextCursor"]
    made(caller)
    assert [row["id"] for row in caller.get(f"{URL}?after={cursor}").json()["items"]] == ids[1::-1]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "limit=1&limit=2", "limit=0000000011111"),
        *("limit=00000000111111111111111111", "limit=" + "9" * 5000, "limit=%D9%A1"),
        *("after=x", "after=", "after=d2ViaG9va3M6eA", "after=ZXZlbnRzIDE6MQ", "after=%F0%9F%98%80", "after=a&after=b"),
    ],
)
def test_a_query_that_is_none_is_refused_by_name(caller, query):
    body = problem(caller.get(f"{URL}?{query}"), 400)
    assert list(body["errors"]) == [query.partition("=")[0]]


def test_one_is_read_again_only_when_it_changed(caller):
    place = f"{URL}/{made(caller)['id']}"
    first = caller.get(place)
    assert caller.get(place, If_None_Match=first["ETag"]).status_code == 304
    caller.patch(place, {"isEnabled": False})
    second = caller.get(place, If_None_Match=first["ETag"])
    assert second.status_code == 200
    assert second["ETag"] != first["ETag"]


@pytest.mark.parametrize("pk", ["0", "01", "-1", "x", "9" * 19, "9" * 40, "1e3", "%00", "²"])
def test_what_is_no_id_is_not_found(caller, pk):
    assert caller.get(f"{URL}/{pk}").status_code in ({400} if pk == "%00" else {404})


# -- changing -----------------------------------------------------------------------------------------------


def test_a_change_changes_what_it_names_alone(caller):
    row = made(caller)
    response = caller.patch(f"{URL}/{row['id']}", {"types": ["*"]})
    changed = response.json()
    assert response.status_code == 200
    assert list(changed) == SHOWN
    assert {**changed, "updatedAt": ""} == {name: row[name] for name in SHOWN} | {"types": ["*"], "updatedAt": ""}


def test_a_change_of_nothing_leaves_its_version(caller):
    row = made(caller)
    before = caller.get(f"{URL}/{row['id']}")["ETag"]
    assert caller.patch(f"{URL}/{row['id']}", {"url": BODY["url"], "isEnabled": True})["ETag"] == before
    assert caller.patch(f"{URL}/{row['id']}")["ETag"] == before


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
def test_who_read_an_older_one_changes_nothing(caller, method):
    row = made(caller)
    place = f"{URL}/{row['id']}"
    stale = caller.get(place)["ETag"]
    caller.patch(place, {"isEnabled": False})
    path = f"{place}/rotate" if method == "POST" else place
    body = {"isEnabled": True} if method == "PATCH" else None
    problem(caller.call(method, path, body, If_Match=stale), 412)
    now = caller.get(place)
    assert now.json()["isEnabled"] is False
    assert caller.call(method, path, body, If_Match=now["ETag"]).status_code in (200, 204)


def test_a_deleted_one_is_gone(caller):
    place = f"{URL}/{made(caller)['id']}"
    assert caller.delete(place).status_code == 204
    for response in (caller.get(place), caller.patch(place, {}), caller.delete(place), caller.post(f"{place}/rotate")):
        problem(response, 404)


# -- who may ------------------------------------------------------------------------------------------------


def test_each_right_opens_its_own_half(organization):
    reader, writer = integrator(organization, "webhooks:read"), integrator(organization, "webhooks:write")
    place = f"{URL}/{made(writer)['id']}"
    assert [reader.get(path).status_code for path in (URL, place, f"{place}/deliveries")] == [200] * 3
    for response in (reader.post(URL, BODY), reader.patch(place, {}), reader.delete(place), writer.get(URL)):
        problem(response, 403)
    problem(reader.post(f"{place}/rotate"), 403)
    assert writer.patch(place, {"isEnabled": False}).status_code == 200


def test_a_person_reads_as_basic_staff_and_writes_as_advanced(organization, caller):
    place = f"{URL}/{made(caller)['id']}"
    basic, advanced = member(organization, Role.BASIC_STAFF), member(organization, Role.ADVANCED_STAFF)
    assert basic.get(place).status_code == advanced.get(place).status_code == 200
    for response in (basic.post(URL, BODY), basic.patch(place, {"isEnabled": False}), basic.delete(place)):
        problem(response, 403)
    problem(basic.post(f"{place}/rotate"), 403)
    assert advanced.post(URL, BODY).status_code == 201
    assert advanced.delete(place).status_code == 204
    for response in (member(organization, Role.STUDENT).get(place), member(organization, Role.STUDENT).get(URL)):
        assert response.status_code in (403, 404)


def test_another_organizations_does_not_exist(caller):
    stranger = integrator(make_organization())
    row = made(caller)
    place = f"{URL}/{row['id']}"
    assert stranger.get(URL).json() == {"items": [], "nextCursor": None}
    tries = [stranger.get(place), stranger.patch(place, {"isEnabled": False}), stranger.delete(place)]
    tries += [stranger.post(f"{place}/rotate"), stranger.get(f"{place}/deliveries")]
    for response in tries:
        problem(response, 404)
    assert caller.get(place).json() == {name: row[name] for name in SHOWN}


def test_who_is_granted_two_organizations_names_the_one_it_writes_to(organization):
    other = make_organization()
    both = api.Caller(make_token(make_client(organization, other, allowed_scopes=SCOPES, roles=[])))
    body = problem(both.post(URL, BODY), 400)
    assert f"{organization.pk}, {other.pk}" in body["detail"]
    made_there = both.post(URL, BODY, X_Organization_Id=str(other.pk)).json()
    made_here = both.post(URL, BODY, X_Organization_Id=str(organization.pk)).json()
    assert (made_here["organizationId"], made_there["organizationId"]) == (organization.pk, other.pk)
    assert {row["id"] for row in both.get(URL).json()["items"]} == {made_here["id"], made_there["id"]}
    assert both.get(f"{URL}/{made_there['id']}", X_Organization_Id=str(organization.pk)).status_code == 404
    problem(both.post(URL, BODY, X_Organization_Id=str(make_organization().pk)), 403)


def test_nobody_without_a_token(caller):
    for response in (api.Caller().get(URL), api.Caller().post(URL, BODY), api.Caller("wrong").get(URL)):
        problem(response, 401)
        assert response["WWW-Authenticate"].startswith('Bearer realm="dutyboard"')
