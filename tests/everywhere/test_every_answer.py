"""X-Request-Id and the rate limits, on every answer of every route [contract 00]."""

import re
from dataclasses import replace

import pytest

from tests.everywhere.operations import TABLE
from tests.scheduling.test_malformed import count_rows

MADE = re.compile(r"[0-9a-f]{32}")
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
# What asks for no credential has none to count; a feed counts its own.
COUNTED = [one for one in TABLE if one.route != "interventions-upload"]
# What is no JSON when all is well is given whatever is asked for.
FILES = {"appointments-feed-file", "interventions-report", "interventions-signature-image"}
# Its credential is gone once it is done.
ENDING = {"interventions-sessions"}


@pytest.mark.parametrize("operation", TABLE, ids=str)
def test_the_id_is_taken_over_when_sane_and_made_otherwise(scene, operation):
    found = scene(operation)
    nowhere = replace(found.good, path=found.nowhere)
    unknown = replace(found.good, headers={})
    for asked in (found.good, nowhere, unknown, replace(found.good, method="FOO")):
        assert asked.having(X_Request_Id="abc-DEF_1.2").send()["X-Request-Id"] == "abc-DEF_1.2"
        assert MADE.fullmatch(asked.having(X_Request_Id="a b").send()["X-Request-Id"])


@pytest.mark.parametrize("operation", COUNTED, ids=str)
def test_each_answer_tells_what_is_left_and_past_the_limit_it_is_429(scene, operation, settings):
    settings.RATE_LIMIT_PER_HOUR = 2
    found = scene(operation)
    first = replace(found.good, body=b"{") if operation.writes else found.good.having(Accept="text/html")
    second = first if operation.route in ENDING else found.good
    told = [asked.send() for asked in (first, second)]
    if operation.route not in FILES:
        assert found.complaint(told[0], 400, 406) == ""
    assert second is first or 200 <= told[1].status_code < 300, told[1].content
    assert [[answer[name] for name in LIMITS] for answer in told] == [["2", "1", "3600"], ["2", "0", "3600"]]
    before = count_rows()
    over = found.good.send()
    assert found.complaint(over, 429) == ""
    assert [over[name] for name in ("Retry-After", *LIMITS)] == ["3600", "2", "0", "3600"]
    assert count_rows() == before


@pytest.mark.parametrize("operation", COUNTED, ids=str)
def test_without_limits_there_are_no_headers(scene, operation):
    assert [name for name in scene(operation).good.send().headers if "ratelimit" in name.lower()] == []
