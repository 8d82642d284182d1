"""A header that names an organization, and is empty, names none [contract 00, One tenant]."""

from dataclasses import replace

import pytest

from tests.everywhere.operations import TABLE

READING = [one for one in TABLE if one.method == "GET"]


@pytest.mark.parametrize("operation", READING, ids=str)
def test_it_is_as_if_it_were_missing(scene, operation):
    found = scene(operation)
    name = found.world.organization_header
    bare = {key: text for key, text in found.good.headers.items() if key != name}
    missing, *empty = [
        replace(found.good, headers=headers).send() for headers in (bare, {**bare, name: ""}, {**bare, name: " "})
    ]
    told = [(answer.status_code, answer.content) for answer in (missing, *empty)]
    assert told == [told[0]] * 3
