"""What no dialect takes is refused by every route in its dialect's form, and nothing is written [contract 00, Errors].

What each field of each route refuses beside that is in the tables of tests/*/malformed*.py.
"""

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.everywhere.operations import TABLE
from tests.everywhere.requests import Request
from tests.everywhere.spoiling import with_leaves
from tests.everywhere.worlds import Scene
from tests.scheduling.test_malformed import count_rows

BROKEN = {
    "cut off": b'{"a":',
    "no JSON": b"a=1&b=2",
    "bad UTF-8": b'{"a": "\xff"}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "surrogate key": b'{"\\udfff": 1}',
    "NUL": b'{"a": "x\\u0000"}',
    "NUL key": b'{"\\u0000": 1}',
    "NUL in a list": b'["\\u0000"]',
    "raw NUL": b'{"a": "\0"}',
    "33 deep": b"[" * 33 + b"]" * 33,
    "33 deep in objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "thousands deep": b"[" * 20_000 + b"]" * 20_000,
    "infinite": b'{"a": 1e400}',
}
KINDS = ["text/xml", "text/plain", "multipart/form-data; boundary=x", "application/jsonp", "x"]
CODINGS = ["gzip", "GZIP", "br", "identity, gzip", "x"]
NUMBERS = [2**63, -(2**63) - 1, 2**64, 10**30]
# Past the year 9999, as each dialect writes a moment; and what overflows in a time zone.
MOMENTS = ["10000-01-01T00:00:00Z", "10000-01-01 00:00:00", "9999-12-31T23:59:59-14:00", "99999999999999"]
DAYS = ["10000-01-01", "99999-12-31"]
DATED = re.compile(r"\d{4}-\d\d-\d\d(.*)")
WRITING = [one for one in TABLE if one.method != "GET" and not isinstance(one.body, bytes)]
FILLED = [one for one in WRITING if isinstance(one.body, dict | list) and one.body]
# A feed that the token does not read is 401, whichever calendar the address names.
NAMING = [one for one in TABLE if one.names and not one.is_by_address]
LIMITS = {"interventions-upload": 200 * 1024}


def complaints(scene: Scene, asked: dict[str, Request], *statuses: int) -> dict[str, str]:
    """What is wrong with the answers, by the name of the request; and that nothing was written."""
    before = count_rows()
    found = {name: scene.complaint(request.send(), *statuses) for name, request in asked.items()}
    assert count_rows() == before
    return {name: text for name, text in found.items() if text}


@pytest.mark.parametrize("operation", TABLE, ids=str)
def test_a_method_that_is_unknown_is_told_which_are_known(scene, operation):
    found = scene(operation)
    asked = {name: replace(found.good, method=name) for name in ("FOO", "OPTIONS", "TRACE")}
    assert complaints(found, asked, 405) == {}
    allowed = {name.strip() for name in asked["FOO"].send()["Allow"].split(",")}
    assert operation.method in allowed


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_what_is_no_good_json_is_malformed(scene, operation):
    found = scene(operation)
    assert complaints(found, {name: replace(found.good, body=body) for name, body in BROKEN.items()}, 400) == {}


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_a_body_of_another_type_cannot_be_read(scene, operation):
    found = scene(operation)
    body = found.good.body or b"{}"
    assert complaints(found, {kind: replace(found.good, kind=kind, body=body) for kind in KINDS}, 415) == {}


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_a_body_that_is_said_to_be_encoded_cannot_be_read(scene, operation):
    found = scene(operation)
    good = replace(found.good, body=found.good.body or b"{}")
    asked = {coding: good.having(Content_Encoding=coding) for coding in CODINGS}
    assert complaints(found, asked, 415) == {}


@pytest.mark.parametrize("operation", [one for one in TABLE if one.method != "GET"], ids=str)
def test_a_body_over_the_limit_is_too_large(scene, operation):
    found = scene(operation)
    limit = LIMITS.get(operation.route, 1024 * 1024)
    body = (found.good.body or b"{}").ljust(limit + 1)
    assert complaints(found, {"too large": replace(found.good, body=body)}, 413) == {}


@pytest.mark.parametrize("operation", TABLE, ids=str)
def test_a_nul_or_bad_utf8_in_the_address_is_malformed(scene, operation):
    found = scene(operation)
    sign = "&" if "?" in found.good.path else "?"
    asked = {text: replace(found.good, path=f"{found.good.path}{sign}a={text}") for text in ("%00", "x%00y")}
    assert complaints(found, asked, 400) == {}
    asked = {"%00": replace(found.good, path=found.good.path.partition("?")[0] + "%00")}
    assert complaints(found, asked, 400) == {}


@pytest.mark.parametrize("operation", NAMING, ids=str)
def test_an_id_past_int64_is_no_row(scene, operation):
    found = scene(operation)
    address = found.world.address
    asked = {
        f"{name}={number}": replace(found.good, path=address(operation, **{name: number}))
        for name in operation.names
        for number in (2**63, 2**64, "9" * 30)
    }
    # Of interventions one past 2^53 cannot be read [contract 30].
    assert complaints(found, asked, 404, *([400] if operation.dialect == "interventions" else [])) == {}


@pytest.mark.parametrize("operation", FILLED, ids=str)
def test_a_number_past_int64_is_refused_wherever_there_is_one(scene, operation):
    found = scene(operation)
    asked = {str(number): with_leaves(found.good, larger(number)) for number in NUMBERS}
    asked = {name: request for name, request in asked.items() if str(abs(int(name))) in request.body.decode()}
    assert complaints(found, asked, 400, 422) == {}


def larger(number: int):
    def by(value: Any) -> Any:
        return number if isinstance(value, int) and not isinstance(value, bool) else value

    return by


@pytest.mark.parametrize("operation", FILLED, ids=str)
def test_a_date_past_the_year_9999_is_refused_wherever_there_is_one(scene, operation):
    found = scene(operation)
    asked = {text: with_leaves(found.good, later(text)) for text in (*MOMENTS, *DAYS)}
    asked = {text: request for text, request in asked.items() if text in request.body.decode()}
    assert complaints(found, asked, 400, 422) == {}


def later(text: str):
    def by(value: Any) -> Any:
        return text if isinstance(value, str) and DATED.fullmatch(value) else value

    return by
