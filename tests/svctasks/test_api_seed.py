"""The seed's requests, letter by letter, and the seed's answers [seed; contract 50]."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from svctasks.models import ServiceTask
from tests.svctask_factories import make_script, make_site
from tests.svctasks.wire import JSON, TASKS

pytestmark = pytest.mark.django_db
CALLS_ID, CLEANING_ID = "380daae6-016c-cdd4-606e-50e54938780c", "86228b15-016c-cdef-ccce-50e54938780c"
CREATED = datetime(2019, 8, 26, 12, 9, 3, 347_000, tzinfo=UTC)
SECOND_CREATED = datetime(2019, 8, 26, 12, 39, 0, 559_999, tzinfo=UTC)
CHANGED = datetime(2019, 9, 10, 12, 38, 40, 110_000, tzinfo=UTC)
CALLS = """{
  "id": "380daae6-016c-cdd4-606e-50e54938780c",
  "name": "Debtor calls",
  "isenabled": 0,
  "svcscriptcode": "dialByCallList",
  "sitemode": "all",
  "sites": "",
  "isregular": 1,
  "overlap": 1,
  "intervalsec": 3600,
  "dtstart": "2019-02-20T08:00:00Z",
  "dtstop": "2020-02-20T08:00:00Z",
  "schedule": "work",
  "periods": [],
  "opts": {
    "title": "",
    "comment": ""
  },
  "ext": {
    "ct": "2019-08-26T12:09:03.34Z",
    "lwt": "2019-08-26T12:09:03.34Z"
  }
}"""
LIST = """[
  {
    "id": "380daae6-016c-cdd4-606e-50e54938780c",
    "name": "Debtor calls",
    "isenabled": 0,
    "svcscriptcode": "dialByCallList",
    "sitemode": "all",
    "isregular": 1,
    "overlap": 1,
    "intervalsec": 3600,
    "dtstart": "2019-02-20T08:00:00Z",
    "dtstop": "2020-02-20T08:00:00Z",
    "schedule": "work",
    "ext": {
      "ct": "2019-08-26T12:09:03.34Z",
      "lwt": "2019-08-26T12:09:03.34Z"
    }
  },
  {
    "id": "86228b15-016c-cdef-ccce-50e54938780c",
    "name": "Daily cleaning",
    "isenabled": 1,
    "svcscriptcode": "cleardata",
    "sitemode": "all",
    "isregular": 1,
    "overlap": 1,
    "intervalsec": 86400,
    "dtstart": "2019-02-20T08:00:00Z",
    "dtstop": "2020-02-20T08:00:00Z",
    "schedule": "work",
    "ext": {
      "ct": "2019-08-26T12:39:00.55Z",
      "lwt": "2019-08-26T12:39:00.55Z"
    }
  }
]"""
PATCHED = {"isenabled": 1, "sitemode": "firstsite", "sites": "SITE1, SITE2", "schedule": "all"}


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


def same(response, text: str, status: int = 200) -> None:
    """Status, type, names, their order, values and the kinds of these: all but the white space."""
    assert (response.status_code, response["Content-Type"]) == (status, JSON), response.content
    assert response.content.decode() == json.dumps(json.loads(text), separators=(",", ":"))


@pytest.fixture
def seeded(town, app):
    """The seed's two tasks, made as its client makes them: by sending the whole entity."""
    make_script(town, "dialByCallList")
    make_script(town, "cleardata")
    make_site("SITE1")
    made = []
    with at(CREATED):
        made.append(app.post(TASKS, json.loads(CALLS), content_type=JSON))
    with at(SECOND_CREATED):
        made.append(app.post(TASKS, json.loads(LIST)[1], content_type=JSON))
    return made


def test_the_task_is_created_and_answered_whole_with_200(seeded):
    same(seeded[0], CALLS)
    assert ServiceTask.objects.count() == 2


def test_the_list_is_a_bare_array_that_leaves_out_sites_periods_and_opts(seeded, app):
    same(app.get(f"{TASKS}?offset=0&limit=2"), LIST)


def test_one_is_read(seeded, app):
    same(app.get(f"{TASKS}/{CALLS_ID}"), CALLS)
    same(app.get(f"{TASKS}/{CALLS_ID.upper()}/"), CALLS)


def test_it_is_changed_in_what_is_sent_and_answered_whole_with_200(seeded, app):
    make_site("SITE2")
    changed = {**json.loads(CALLS), **PATCHED}
    changed["ext"]["lwt"] = "2019-09-10T12:38:40.11Z"
    with at(CHANGED):
        same(app.patch(f"{TASKS}/{CALLS_ID}", PATCHED, content_type=JSON), json.dumps(changed))
    # The whole entity sent back changes nothing.
    same(app.patch(f"{TASKS}/{CALLS_ID}", changed, content_type=JSON), json.dumps(changed))


def test_it_is_deleted_with_204_and_no_body(seeded, app):
    response = app.delete(f"{TASKS}/{CALLS_ID}")
    assert (response.status_code, response.content) == (204, b"")
    assert list(ServiceTask.objects.values_list("name", flat=True)) == ["Daily cleaning"]


@pytest.mark.parametrize(("method", "path"), [("LOOKUP", TASKS), ("POST", f"{TASKS}/lookup")])
def test_an_id_is_looked_up(seeded, app, method, path):
    same(app.call(method, path, CALLS_ID, content_type=JSON), f'["{CALLS_ID}"]')
    same(app.call(method, path, CALLS_ID.upper(), content_type=JSON), f'["{CALLS_ID}"]')
    app.delete(f"{TASKS}/{CALLS_ID}")
    for text in (CALLS_ID, "Debtor calls", ""):
        response = app.call(method, path, text, content_type=JSON)
        same(response, '{"error_code": 1404, "error_message": "Lookup failed"}', 404)
