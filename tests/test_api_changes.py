"""What `make check` takes for a breaking change of the API, and what for an addition [docs/api-compatibility.md]."""

import subprocess
import sys
from copy import deepcopy

import pytest
import yaml
from django.conf import settings

from tools.api_changes import breaking_changes, read

BASELINE, CURRENT = (settings.BASE_DIR / "docs" / name for name in ("openapi-baseline.yaml", "openapi.yaml"))
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
FORM = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 60},
        "kind": {"enum": ["close", "other"]},
        "number": {"type": ["integer", "null"], "minimum": 0},
        "when": {"anyOf": [{"type": "string", "format": "date-time"}, WHOLE]},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 5},
    },
    "required": ["name"],
}
JOB = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "status": {"enum": ["new", "done"]},
        "note": TEXT,
        "parent": {"$ref": "#/components/schemas/Job"},
    },
    "required": ["id", "status"],
}


def released() -> dict:
    """One collection with a list and a create."""
    ref = {"$ref": "#/components/schemas/Job"}
    page = {"name": "page", "in": "query", "schema": {"type": "integer", "maximum": 100}}
    security = [{"oauth2": ["jobs:read"]}, {"apiKey": []}]
    document = {
        "paths": {
            "/jobs": {
                "get": {
                    "parameters": [page],
                    "security": security,
                    "responses": {
                        "200": {"headers": {"ETag": {}}, "content": {"application/json": {"schema": {"items": ref}}}},
                        "404": {},
                    },
                },
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": FORM}}},
                    "responses": {"201": {"content": {"application/json": {"schema": ref}}}},
                },
            },
            "/jobs/{id}": {"delete": {"responses": {"204": {}}}},
        },
        "components": {"schemas": {"Job": JOB}},
    }
    return deepcopy(document)


GET, POST = "paths /jobs get ", "paths /jobs post "
SENT = f"{POST}requestBody content application/json schema "
NAME, KIND, NUMBER, WHEN, TAGS = (f"{SENT}properties {name} " for name in FORM["properties"])
ANSWERED = "components schemas Job "
GONE = object()
# Where, what stands there now, and what is said of it.
BREAKING = {
    "a path": ("paths /jobs/{id}", GONE, "/jobs/{id}: the path is gone"),
    "a method": ("paths /jobs get", GONE, "GET /jobs: the method is gone"),
    "a parameter": (f"{GET}parameters", [], "GET /jobs: query page: the parameter is gone"),
    "an optional parameter is required": (f"{GET}parameters 0 required", True, "query page: is required now"),
    "a new parameter is required": (
        *(f"{GET}parameters 1", {"name": "Customer-Id", "in": "header", "required": True, "schema": WHOLE}),
        "GET /jobs: header Customer-Id: a new parameter is required",
    ),
    "a parameter takes less": (f"{GET}parameters 0 schema maximum", 50, "query page: maximum was 100, is 50"),
    "another scope": (f"{GET}security 0 oauth2", ["jobs:write"], "{'oauth2': ['jobs:read']} is no longer enough"),
    "a credential": (f"{GET}security 1", GONE, "GET /jobs: {'apiKey': []} is no longer enough"),
    "a credential where none was asked for": (f"{POST}security", [{"apiKey": []}], "no credential is no longer enough"),
    "a required body": (f"{POST}requestBody required", True, "POST /jobs: body: is required now"),
    "a media type": (f"{POST}requestBody content", {}, "POST /jobs: body: application/json is gone"),
    "a property of a body": (f"{SENT}properties name", GONE, "the property name is gone"),
    "a new required property": (f"{SENT}required", ["name", "kind"], "the property kind is required now"),
    "a value of a body": (f"{KIND}enum", ["close"], "kind: the values ['other'] are gone"),
    "values where all were taken": (f"{NAME}enum", ["a"], "name: takes ['a'] alone now"),
    "a narrower type": (f"{NUMBER}type", "integer", "number: the type was ['integer', 'null'], is ['integer']"),
    "another type": (f"{NAME}type", "integer", "name: the type was ['string'], is ['integer']"),
    "a shorter text": (f"{NAME}maxLength", 30, "name: maxLength was 60, is 30"),
    "a pattern": (f"{NAME}pattern", "^a", "name: pattern was None, is ^a"),
    "a higher least number": (f"{NUMBER}minimum", 1, "number: minimum was 0, is 1"),
    "fewer items": (f"{TAGS}maxItems", 4, "tags: maxItems was 5, is 4"),
    "shorter items": (f"{TAGS}items maxLength", 10, "tags[]: maxLength was 20, is 10"),
    "an alternative": (f"{WHEN}anyOf 1", GONE, "when: an alternative is gone"),
    "strict bodies": (f"{SENT}additionalProperties", False, "body: other properties are refused now"),
    "a status": (f"{POST}responses 201", GONE, "POST /jobs: 201 is no longer answered"),
    "a header of an answer": (f"{GET}responses 200 headers", {}, "GET /jobs: 200: the header ETag is gone"),
    "a property of an answer": (f"{ANSWERED}properties note", GONE, "the property note is gone"),
    "a property may be missing": (f"{ANSWERED}required", ["id"], "the property status may be missing now"),
    "a value of an answer": (f"{ANSWERED}properties status enum", ["new"], "status: the values ['done'] are gone"),
    "an answer may be null": (
        *(f"{ANSWERED}properties note type", ["string", "null"]),
        "note: the type was ['string'], is ['null', 'string']",
    ),
}
ADDITIONS = {
    "a path": ("paths /crews", {"get": {"responses": {}}}),
    "a method": ("paths /jobs/{id} get", {"responses": {}}),
    "an optional parameter": (f"{GET}parameters 1", {"name": "q", "in": "query", "schema": TEXT}),
    "an optional property of a body": (f"{SENT}properties note", TEXT),
    "a property of an answer": (f"{ANSWERED}properties colour", TEXT),
    "a property that is always there": (f"{ANSWERED}required", ["id", "status", "note"]),
    "a value of a body": (f"{KIND}enum", ["close", "other", "third"]),
    "a value of an answer": (f"{ANSWERED}properties status enum", ["new", "done", "late"]),
    "a wider type of a body": (f"{NUMBER}type", ["number", "null"]),
    "an alternative of a body": (f"{WHEN}anyOf 2", {"type": "null"}),
    "a longer text": (f"{NAME}maxLength", 90),
    "an optional property that is no longer required": (f"{SENT}required", []),
    "a refusal": (f"{GET}responses 409", {}),
    "no refusal": (f"{GET}responses 404", GONE),
    "a header of an answer": (f"{GET}responses 200 headers Link", {}),
    "a credential": (f"{GET}security 2", {"session": []}),
    "a description": (f"{GET}description", "Read jobs"),
}


def changed(place: str, value: object) -> dict:
    """The released document with this at the place, whose names are parted by blanks; a list grows at its end."""
    document = released()
    *names, last = [int(name) if name.isdigit() and len(name) == 1 else name for name in place.split()]
    found: dict = document
    for name in names:
        found = found[name]
    if value is GONE:
        del found[last]
    elif isinstance(found, list) and last == len(found):
        found.append(value)
    else:
        found[last] = value
    return document


def test_the_same_document_breaks_nothing():
    assert breaking_changes(released(), released()) == []


@pytest.mark.parametrize("name", BREAKING)
def test_it_breaks_clients_to_take_or_ask(name):
    place, value, said = BREAKING[name]
    (told,) = breaking_changes(released(), changed(place, value))
    assert said in told


@pytest.mark.parametrize("name", ADDITIONS)
def test_it_breaks_nobody_to_add(name):
    assert breaking_changes(released(), changed(*ADDITIONS[name])) == []


def test_a_break_of_a_shared_component_is_told_once():
    assert len(breaking_changes(released(), changed(f"{ANSWERED}properties id", GONE))) == 1


def test_the_api_of_now_breaks_nothing_of_the_release():
    assert breaking_changes(read(str(BASELINE)), read(str(CURRENT))) == []


def run(*paths: object) -> subprocess.CompletedProcess:
    tool = [sys.executable, "tools/api_changes.py", *map(str, paths)]
    return subprocess.run(tool, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


def test_the_command_fails_where_something_breaks_and_says_what(tmp_path):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(yaml.safe_dump(released()))
    new.write_text(yaml.safe_dump(changed("paths /jobs get", GONE)))
    assert run(old, old).returncode == 0
    found = run(old, new)
    assert (found.returncode, found.stdout.splitlines()[0]) == (1, "GET /jobs: the method is gone")
