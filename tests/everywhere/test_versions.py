"""ETag, If-None-Match and If-Match on every route of every dialect [contract 00]."""

import re

import pytest

from tests.everywhere.operations import NO_VERSION, POSTS, SHOWN_NOWHERE, SINGLE, TABLE, VERSIONED
from tests.scheduling.test_malformed import count_rows

TAG = re.compile(r'"(\d+)-([0-9a-f]{16})"')
LISTS = [one for one in TABLE if one.method == "GET" and one not in SINGLE and not one.is_by_address]
UNVERSIONED = [one for one in TABLE if one.route in NO_VERSION and one.method not in {"GET", "POST"}]
MADE_NOWHERE = {"appointments-feeds", "appointments-holds"}
# The world's rows are so already; the announced image is still to come.
UNCHANGED = {"community-close-close", "jobs-contacts-unstop", "interventions-execute"}
CHANGING = [one for one in VERSIONED if one.method != "DELETE" and one.route not in UNCHANGED]
SHOWN = [one for one in VERSIONED if one.route not in SHOWN_NOWHERE]


def version_of(tag: str) -> int:
    match = TAG.fullmatch(tag)
    assert match, tag
    return int(match[1])


@pytest.mark.parametrize("operation", SINGLE, ids=str)
def test_a_single_row_has_a_tag_and_is_not_sent_again_to_who_has_it(scene, operation):
    asked = scene(operation).good
    tag = asked.send()["ETag"]
    version = version_of(tag)
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = asked.having(If_None_Match=header).send()
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag), header
    for header in (f'"{version}-0000000000000000"', f'"{version}"', "garbage", ""):
        assert asked.having(If_None_Match=header).send().status_code == 200, header


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_what_is_no_single_row_has_no_version(scene, operation):
    assert TAG.fullmatch(scene(operation).good.send().get("ETag", "")) is None


@pytest.mark.parametrize("operation", VERSIONED, ids=str)
def test_a_stale_or_foreign_tag_stops_every_change(scene, operation):
    found = scene(operation)
    before = count_rows()
    headers = ['"99-0000000000000000"', 'W/"1-x"', '"1"', '"98-x", "99-x"', "garbage", ""]
    answers = {header: found.good.having(If_Match=header).send() for header in headers}
    assert {header: found.complaint(answer, 412) for header, answer in answers.items()} == dict.fromkeys(headers, "")
    assert count_rows() == before


@pytest.mark.parametrize("operation", SHOWN, ids=str)
@pytest.mark.parametrize("header", ["{tag}", '"99-x", {tag}', '"{version}-anything"', "*"])
def test_a_change_is_made_where_the_version_is_the_callers(scene, operation, header):
    found = scene(operation)
    tag = found.reading().send()["ETag"]
    response = found.good.having(If_Match=header.format(tag=tag, version=version_of(tag))).send()
    assert 200 <= response.status_code < 300, response.content


@pytest.mark.parametrize("operation", CHANGING, ids=str)
def test_each_change_numbers_the_row_anew(scene, operation):
    found = scene(operation)
    before = version_of(found.reading().send()["ETag"])
    assert found.good.send().status_code < 300
    after = found.reading().send()
    assert version_of(after["ETag"]) > before
    # The tag that was read before the change is stale now.
    assert found.complaint(found.good.having(If_Match=f'"{before}-x"').send(), 412) == ""


@pytest.mark.parametrize("operation", UNVERSIONED, ids=str)
def test_what_has_no_version_has_none_that_could_be_the_callers(scene, operation):
    found = scene(operation)
    before = count_rows()
    assert found.complaint(found.good.having(If_Match='"1-x"').send(), 412) == ""
    assert count_rows() == before
    response = found.good.having(If_Match="*").send()
    assert 200 <= response.status_code < 300, response.content


@pytest.mark.parametrize("operation", [one for one in VERSIONED if one.route in SHOWN_NOWHERE], ids=str)
def test_what_no_get_shows_is_changed_by_the_version_that_was_told_where_it_was_made(scene, operation):
    response = scene(operation).good.having(If_Match='"1-x"').send()
    assert response.status_code == 200, response.content


@pytest.mark.parametrize("operation", [one for one in POSTS if one.route in MADE_NOWHERE], ids=str)
def test_what_no_get_shows_is_told_its_version_where_it_is_made(scene, operation):
    """The world's caller has a feed already, which the call renews."""
    assert version_of(scene(operation).good.send()["ETag"]) == (2 if operation.route == "appointments-feeds" else 1)
