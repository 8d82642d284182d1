"""Every route and method of every dialect stands in the one table, and its good request is done."""

import re

import pytest
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from core.api.views import DialectView
from tests import routes
from tests.everywhere.operations import (
    NO_KEY,
    NO_SINGLE_ROW,
    NO_VERSION,
    SHOWN_NOWHERE,
    SINGLE,
    TABLE,
    VERSIONED,
    shown_by,
)


@pytest.fixture(scope="module")
def document() -> dict:
    return SchemaGenerator().get_schema(public=True)


def documented(document: dict) -> dict[tuple[str, str], dict]:
    """(method, route) → the operation; of the dialects alone, as the others' views are no dialect's."""
    found = {}
    for path, methods in document["paths"].items():
        match = resolve(re.sub(r"{\w+}", "1", path))
        if issubclass(getattr(match.func, "cls", object), DialectView):
            found |= {(method.upper(), str(match.url_name)): operation for method, operation in methods.items()}
    return found


def test_every_route_of_a_dialect_stands_in_it():
    found = {
        (method, routes.label(text, route))
        for text, route in routes.all_routes()
        if issubclass(getattr(route.callback, "cls", object), DialectView)
        for method in routes.methods(route)
    }
    known = {(one.method, one.route) for one in TABLE}
    assert (found - known, known - found) == (set(), set())
    assert len(known) == len(TABLE) >= 190


def test_every_operation_of_the_document_stands_in_it(document):
    known = {(one.method, one.route) for one in TABLE if one.method != "LOOKUP"}
    found = set(documented(document))
    assert (found - known, known - found) == (set(), set())


def test_the_document_offers_to_each_operation_what_the_table_asks_of_it(document):
    parameters = {
        key: {one.get("$ref", "").rpartition("/")[2] for one in operation.get("parameters", ())}
        for key, operation in documented(document).items()
    }
    takes = {name: {key for key, known in parameters.items() if name in known} for name in ("IfMatch", "IfNoneMatch")}
    assert takes["IfNoneMatch"] - {("GET", "appointments-feed-file")} == {(one.method, one.route) for one in SINGLE}
    changing = {key for key in takes["IfMatch"] if key[0] != "POST"}
    assert changing == {(one.method, one.route) for one in VERSIONED}
    with_key = {key for key, known in parameters.items() if "IdempotencyKey" in known}
    assert with_key == {(one.method, one.route) for one in TABLE if one.method == "POST" and one.route not in NO_KEY}


def test_the_exceptions_are_routes():
    assert {one.route for one in TABLE} >= NO_SINGLE_ROW | NO_KEY | NO_VERSION


def test_each_versioned_row_is_shown_by_a_get():
    shown = [one for one in VERSIONED if one.route not in SHOWN_NOWHERE]
    assert [str(one) for one in shown if shown_by(one) is None] == []


@pytest.mark.parametrize("operation", TABLE, ids=str)
def test_its_good_request_is_done(scene, operation):
    response = scene(operation).good.send()
    assert 200 <= response.status_code < 300, response.content
