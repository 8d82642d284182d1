"""A body may carry names that nobody knows, now or yet: they are passed over [contract 00, Errors]."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.everywhere.operations import TABLE

UNKNOWN = {"nobodyKnows": "x", "nobody_knows_it": {"a": [1, None]}}
FILLED = [one for one in TABLE if one.method in {"POST", "PATCH", "PUT"} and isinstance(one.body, dict | list)]


def with_more(value: Any) -> Any:
    """Beside the root, under it and in each item of a list."""
    if isinstance(value, dict):
        return {**{name: with_more(item) for name, item in value.items()}, **UNKNOWN}
    return [with_more(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("operation", FILLED, ids=str)
def test_it_is_passed_over(scene, operation):
    good = scene(operation).good
    response = replace(good, body=json.dumps(with_more(json.loads(good.body))).encode()).send()
    assert 200 <= response.status_code < 300, response.content


@pytest.mark.parametrize("operation", [one for one in FILLED if isinstance(one.body, dict)], ids=str)
def test_so_is_one_with_a_number_that_nothing_could_hold(scene, operation):
    """It is neither read nor kept: a number past int64 is refused where it is one or the other."""
    good = scene(operation).good
    body = {**json.loads(good.body), "nobodyCounts": 10**30}
    response = replace(good, body=json.dumps(body).encode()).send()
    assert 200 <= response.status_code < 300, response.content
