"""The OpenAPI document: valid, complete, and true to the examples that it shows."""

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from appointments.api.urls import urlpatterns as appointments
from config.urls import urlpatterns
from core.events import types as event_types
from core.scopes import SCOPES
from interventions.api.errors import PREFIXES
from interventions.api.urls import ROUTES
from scheduling.api.community.urls import urlpatterns as community
from scheduling.api.jobs.urls import urlpatterns as jobs
from svctasks.api.urls import urlpatterns as service
from tests import routes
from tests.webhooks.access_table import TABLE as INTEGRATION

UNVERSIONED = ("feeds", "holds", "waitings")


@pytest.fixture(scope="module")
def document() -> dict:
    return SchemaGenerator().get_schema(public=True)


def operations(document: dict) -> list[tuple[str, str, dict]]:
    return [(path, method, found) for path, methods in document["paths"].items() for method, found in methods.items()]


def test_it_is_valid_openapi(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


DIALECTS = [("/v2/", community), ("/v1/", jobs), ("/api/v1/", appointments), ("/rest/v1/", service)]


@pytest.mark.parametrize(
    ("prefix", "found"),
    # Each route but the last, which answers 404.
    [*[(prefix, found[:-1]) for prefix, found in DIALECTS], *zip(PREFIXES, ROUTES, strict=True)],
)
def test_every_route_of_a_dialect_is_there(document, prefix, found):
    assert len([path for path in document["paths"] if path.startswith(prefix)]) == len(found)


def test_a_signature_is_an_image_or_announced_and_the_image_is_the_one_that_is_read(document):
    form = document["components"]["schemas"]["ExecuteForm"]
    signature = Draft202012Validator(form["properties"]["signature"])
    image, announced = "data:image/png;base64,AA==", {"name": "x.png", "mimeType": "image/png", "size": 5}
    good = [{"dataUrl": image}, announced, {**announced, "dataUrl": None}, {**announced, "dataUrl": image}]
    assert [value for value in good if not signature.is_valid(value)] == []
    bad = [{}, {"dataUrl": None}, {"dataUrl": "x"}, {**announced, "dataUrl": "x"}]
    assert [value for value in bad if signature.is_valid(value)] == []


def test_no_two_views_call_different_things_by_one_name():
    known: dict[tuple[str, str], dict] = {}
    for _, route in routes.all_routes():
        documentation = getattr(getattr(route.callback, "cls", None), "documentation", None)
        for kind in ("schemas", "parameters", "headers") if documentation else ():
            for name, component in getattr(documentation, kind).items():
                assert known.setdefault((kind, name), component) == component, (kind, name)
    assert len(known) > 200


def test_every_endpoint_for_programs_is_there(document):
    paths = {
        "/oauth/token",
        "/auth/tokens",
        "/oauth/token/info",
        "/oauth/revoke",
        "/oauth/introspect",
        "/livez",
        "/readyz",
    }
    assert paths <= set(document["paths"])
    assert len(urlpatterns) == 19, "a new prefix belongs in the document too"


def test_every_operation_is_named_guarded_and_refuses_in_the_dialects_form(document):
    found = operations(document)
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    for path, method, operation in found:
        if path.startswith("/v2/"):
            assert operation["security"] == [{"oauth2": ["tig"]}]
            expected = {"400", "401", "403", "406", "429", "503"} | ({"404"} if "{" in path else set())
            expected |= {"409", "411", "413", "415", "422"} if method != "get" else set()
            assert expected <= set(operation["responses"]), (path, method)
    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == set(SCOPES)


def test_every_operation_on_jobs_names_its_customer_and_shows_the_seeds_problems(document):
    for path, method, operation in operations(document):
        if path.startswith("/v1/"):
            assert operation["security"] == [{"oauth2": ["jobs:read" if method == "get" else "jobs:write"]}]
            assert {"$ref": "#/components/parameters/Customer"} in operation["parameters"], (path, method)
            expected = {"400", "401", "403", "500"} | ({"422"} if method != "get" else set())
            assert expected <= set(operation["responses"]), (path, method)
            assert set(operation.get("requestBody", {}).get("content", {})) <= {"application/json"}


def test_every_operation_on_appointments_takes_a_key_and_refuses_by_numbers(document):
    components = document["components"]["securitySchemes"]
    assert {(components[name]["in"], components[name]["name"]) for name in ("apiKey", "apiKeyHeader")} == {
        ("query", "apikey"),
        ("header", "X-Api-Key"),
    }
    for path, method, operation in operations(document):
        # The feed's token is its credential.
        if path.startswith("/api/v1/") and not path.endswith(".ics"):
            scope = "appointments:read" if method == "get" else "appointments:write"
            assert operation["security"] == [{"oauth2": [scope]}, {"apiKey": []}, {"apiKeyHeader": []}], (path, method)
            expected = {"400", "401", "403", "406", "429", "500", "503"} | ({"404"} if "{" in path else set())
            # These have no version.
            is_versioned = method in {"put", "delete"} and not any(name in path for name in UNVERSIONED)
            expected |= {"409", "412"} if is_versioned else set()
            assert expected <= set(operation["responses"]), (path, method)
    refusal = document["components"]["responses"]["Appointments401"]["content"]["application/json"]["example"]
    assert refusal == {"error": {"code": 5, "name": "LoginFailed", "message": "Authentification failed.", "fields": {}}}


def test_every_operation_on_service_tasks_refuses_by_codes_and_names_the_method_that_openapi_cannot(document):
    looked_up = set()
    for path, method, operation in operations(document):
        if not path.startswith("/rest/v1/"):
            continue
        if "x-method" in operation:
            assert (method, operation["x-method"]) == ("post", "LOOKUP")
            looked_up.add(path)
        is_read = method == "get" or path.endswith(("/lookup", "/preview"))
        assert operation["security"] == [{"oauth2": ["svctasks:read" if is_read else "svctasks:write"]}], (path, method)
        expected = {"400", "401", "403", "406", "429", "500", "503"} | ({"404"} if "{" in path else set())
        assert expected <= set(operation["responses"]), (path, method)
    assert {path.split("/")[-2] for path in looked_up} == {"svctasks", "svcscripts", "workdays"}
    refusal = document["components"]["responses"]["Svctasks401"]["content"]["application/json"]["example"]
    assert refusal == {"error_code": 1407, "error_message": "The access token is invalid"}


# By the bearer alone, by a token in the address.
WITHOUT_SESSION = {("/interventions/v2/sessions", "post"), ("/interventions/v2/uploads/{token}", "put")}


def test_every_operation_on_interventions_takes_two_tokens_and_refuses_by_paths(document):
    assert document["components"]["securitySchemes"]["sessionToken"]["name"] == "x-session-token"
    for path, method, operation in operations(document):
        if not path.startswith(PREFIXES):
            continue
        if (path, method) not in WITHOUT_SESSION:
            (schemes,) = operation["security"]
            assert list(schemes) == ["oauth2", "sessionToken"], (path, method)
        expected = {"400", "401", "403", "406", "429", "500", "503"} | ({"404"} if "{" in path else set())
        assert expected <= set(operation["responses"]), (path, method)
    refusal = document["components"]["responses"]["Interventions422"]["content"]["application/json"]["example"]
    assert list(refusal) == ["message", "errors"]
    assert list(refusal["errors"][0]) == ["path", "code", "message"]


def test_every_operation_on_webhooks_and_events_refuses_by_problems(document):
    found = [one for one in operations(document) if one[0].startswith(("/api/webhooks", "/api/events"))]
    assert len(found) == len(INTEGRATION)
    for path, method, operation in found:
        scope = "webhooks:read" if method == "get" else "webhooks:write"
        assert operation["security"] == [{"oauth2": [scope]}], (path, method)
        expected = {"400", "401", "403", "406", "429", "503"} | ({"404"} if "{" in path else set())
        expected |= {"409", "411", "413", "415", "422"} if method in {"post", "patch"} else set()
        expected |= {"412"} if method in {"patch", "delete"} or path.endswith("rotate") else set()
        expected |= {"410"} if path == "/api/events" else set()
        assert expected <= set(operation["responses"]), (path, method)


def test_every_list_of_interventions_is_in_an_envelope(document):
    paths = ("/interventions/v2/rs", "/anomalies/v2/rs/observations", "/sites/v1/rs", "/interventions-anomalies/v1/rs")
    for path in (*paths, "/company-contacts/v1/rs", "/routines/v1/rs/preventive"):
        operation = document["paths"][path]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert (schema["required"], schema["properties"]["meta"]["required"]) == (
            ["data", "meta"],
            ["page", "pageSize", "total"],
        )


def test_every_list_of_set_up_is_in_an_envelope(document):
    names = ("calendars", "calendarsets", "interventions", "interventionsets", "fiches", "vevents")
    for path in ("/api/v1/groups", *(f"/api/v1/groups/{{group_id}}/{name}" for name in names)):
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema["required"] == [
            *("records", "sort", "dir", "totalRecords", "startIndex", "recordsReturned", "pageSize")
        ]


def test_every_list_of_jobs_is_in_an_envelope(document):
    lists = [path for path in document["paths"] if path.startswith("/v1/") and not path.endswith("}")]
    pages = [document["paths"][path]["get"] for path in lists if "get" in document["paths"][path]]
    assert len(pages) >= 7
    for operation in pages:
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema["required"] == ["items", "pageNumber", "pageSize", "pageItemCount", "nextCursor"]


def test_every_example_is_as_its_schema_says(document):
    checked = [check_example(document, media) for media in all_media(document)]
    assert sum(checked) > 40


def all_media(document: dict) -> list[dict]:
    holders = [operation.get("requestBody", {}) for _, _, operation in operations(document)]
    holders += [answer for _, _, operation in operations(document) for answer in operation["responses"].values()]
    holders += document["components"]["responses"].values()
    return [media for holder in holders for media in holder.get("content", {}).values()]


def check_example(document: dict, media: dict) -> bool:
    if "example" not in media:
        return False
    whole = {**media["schema"], "components": document["components"]}
    Draft202012Validator(whole).validate(media["example"])
    return True


def test_every_operation_has_an_example_of_what_is_sent_and_of_what_is_answered(document):
    lacking = []
    for path, method, operation in operations(document):
        answers = [found for status, found in operation["responses"].items() if status[0] == "2" and "content" in found]
        # A dry run's own answer stands behind the other one.
        shown = [operation.get("requestBody", {}), *answers[:1]]
        media = [one for body in shown for name, one in body.get("content", {}).items() if "json" in name]
        lacking += [f"{method} {path}"] if any("example" not in one for one in media) else []
    assert lacking == []


def test_it_says_how_to_begin_and_how_each_dialect_pages_and_refuses(document):
    assert "/oauth/token" in document["info"]["description"]
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    used = {operation["tags"][0] for _, _, operation in operations(document)}
    assert used == set(described)
    for name in used - {"Credentials", "Health"}:
        assert "| 429 | `{" in described[name], name
    assert "| 404 | `{}` |" in described["Community services"]
    types = [kind for kind in event_types() if f"| `{kind.name}` | {kind.title} |" in described["Webhooks and events"]]
    assert len(types) == len(event_types()) > 40
