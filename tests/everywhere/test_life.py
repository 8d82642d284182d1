"""What a POST made is there at its address, and what a DELETE took is not there any more [contract 00].

By the calls themselves, as a chain of calls by chance hardly comes to it.
"""

import pytest

from tests.everywhere.operations import POSTS, SHOWN_NOWHERE, TABLE
from tests.everywhere.requests import Request

# A hold has an address to be given back at, and no GET.
MAKING = [one for one in POSTS if not one.names and one.route != "appointments-holds"]
REMOVING = [one for one in TABLE if one.method == "DELETE" and one.names and one.route not in SHOWN_NOWHERE]
# What is retired stays to be read, and says so: an appointment is cancelled, an intervention is, set-up is deleted.
RETIRED = {
    *(f"appointments-{name}-one" for name in ("calendars", "calendarsets", "interventions", "interventionsets")),
    *("appointments-vevents-one", "appointments-appointment", "appointments-waiting", "interventions-intervention"),
}


@pytest.mark.parametrize("operation", MAKING, ids=str)
def test_what_was_made_is_at_its_address_with_the_tag_that_was_told(scene, operation):
    found = scene(operation)
    made = found.good.send()
    if "Location" not in made:
        assert "ETag" not in made or operation.dialect == "svctasks", "a version is told with an address"
        return
    read = Request("GET", made["Location"], found.good.headers).send()
    assert read.status_code == 200, read.content
    assert made["ETag"].split("-")[0] == read["ETag"].split("-")[0]


@pytest.mark.parametrize("operation", REMOVING, ids=str)
def test_what_was_removed_is_not_there_any_more(scene, operation):
    found = scene(operation)
    done = found.good.send()
    assert 200 <= done.status_code < 300, done.content
    shown = found.reading().send() if operation.route != "jobs-constraint" else found.good.send()
    if operation.route in RETIRED:
        assert (shown.status_code, b'"deleted":true' in shown.content or b'"status":8' in shown.content) == (200, True)
        return
    assert found.complaint(shown, 404) == ""
    assert found.complaint(found.good.send(), 404) == ""
