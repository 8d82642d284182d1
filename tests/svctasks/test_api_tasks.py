"""A service task's members: what is taken, what is kept, what is refused [contract 50]."""

import uuid

import pytest

from core.errors import Busy
from svctasks.models import ServiceTask
from svctasks.services import tasks as services
from tests.factories import make_organization
from tests.svctask_factories import make_script, make_site, make_task
from tests.svctasks.wire import TASKS, done, error

pytestmark = pytest.mark.django_db
SEED_ID = "380daae6-016c-cdd4-606e-50e54938780c"
BLANK = {
    "isenabled": 0,
    "svcscriptcode": "",
    "sitemode": "all",
    "sites": "",
    "isregular": 0,
    "overlap": 1,
    "intervalsec": 0,
    "dtstart": None,
    "dtstop": None,
    "schedule": "all",
    "periods": [],
    "opts": {"title": "", "comment": ""},
}


def test_a_name_is_enough_and_the_rest_is_as_the_page_says(app):
    found = done(app.post(TASKS, {"name": "Calls"}))
    assert uuid.UUID(found.pop("id"))
    assert list(found.pop("ext")) == ["ct", "lwt"]
    assert found == {"name": "Calls", **BLANK}


def test_a_client_may_choose_the_id_once_in_an_organization(app):
    body = {"name": "Calls", "id": SEED_ID.upper()}
    make_task(make_organization(), public_id=uuid.UUID(SEED_ID))
    assert done(app.post(TASKS, body))["id"] == SEED_ID
    error(app.post(TASKS, body), 409, 1402, "id")
    assert ServiceTask.objects.filter(public_id=SEED_ID).count() == 2


def test_the_id_is_never_changed_and_sent_back_as_it_is_it_hinders_nobody(app):
    path = f"{TASKS}/{done(app.post(TASKS, {'name': 'Calls', 'id': SEED_ID}))['id']}"
    assert done(app.patch(path, {"id": SEED_ID.upper(), "name": "Other", "ext": {"ct": "x"}}))["name"] == "Other"
    error(app.patch(path, {"id": str(uuid.uuid4()), "name": "Third"}), 400, 1413, "id")
    error(app.patch(path, {"id": "x"}), 400, 1413, "id")
    assert done(app.get(path))["name"] == "Other"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        *[({"overlap": value}, {"overlap": 0}) for value in (0, False, "0", "false")],
        *[({"overlap": value}, {"overlap": 1}) for value in (1, True, "1", "true")],
        *[({"dtstart": value}, {"dtstart": None}) for value in (None, "")],
        ({"dtstart": "2026-11-01T09:30:00.999+01:00"}, {"dtstart": "2026-11-01T08:30:00Z"}),
        ({"dtstart": "2026-11-01t08:30:00z"}, {"dtstart": "2026-11-01T08:30:00Z"}),
        ({"sites": ["north", " south "]}, {"sites": "north, south"}),
        ({"sites": "north,south, north"}, {"sites": "north, south"}),
        ({"sites": ""}, {"sites": ""}),
        ({"sites": []}, {"sites": ""}),
        *[({"sitemode": word}, {"sitemode": word}) for word in ("all", "any", "firstsite")],
        *[({"sitemode": word, "sites": "north"}, {"sitemode": word}) for word in ("listed", "anylisted")],
        *[({"schedule": word}, {"schedule": word}) for word in ("all", "work", "nonwork")],
        (
            {"schedule": "individual", "periods": [{"timestart": 540, "timestop": 1080, "more": 1}]},
            {"schedule": "individual", "periods": [{"timestart": 540, "timestop": 1080}]},
        ),
        (
            {"periods": [{"timestart": 0, "timestop": 60}, {"timestart": 60, "timestop": 10080}]},
            {"periods": [{"timestart": 0, "timestop": 60}, {"timestart": 60, "timestop": 10080}]},
        ),
        ({"unheard": "of"}, {}),
        (
            {"opts": {"b": [1, {"a": None}], "comment": "x", "title": None}},
            {"opts": {"title": "", "comment": "x", "b": [1, {"a": None}]}},
        ),
        (
            {
                "isregular": 1,
                "intervalsec": 86400,
                "opts": {"clock": "local", "misfiresec": 0, "retry": 2, "pauseafter": 3, "system": 1, "pausenote": "x"},
            },
            {"opts": {"title": "", "comment": "", "clock": "local", "misfiresec": 0, "retry": 2, "pauseafter": 3}},
        ),
        ({"opts": {"clock": "utc", "misfiresec": None, "retry": 0, "pauseafter": None}}, {"opts": BLANK["opts"]}),
    ],
)
def test_what_is_taken_is_shown_in_one_form_when_it_is_made_and_when_it_is_changed(app, given, shown):
    make_site("north")
    made = done(app.post(TASKS, {"name": "Calls", **given}))
    assert {name: made[name] for name in shown} == shown
    path = f"{TASKS}/{done(app.post(TASKS, {'name': 'Calls'}))['id']}"
    changed = done(app.patch(path, given))
    assert {name: changed[name] for name in shown} == shown
    assert done(app.get(path)) == changed


def test_a_change_merges_at_the_top_and_replaces_what_is_composite(app):
    opts = {"title": "T", "comment": "C", "own": 1, "clock": "local", "retry": 3, "pauseafter": 5, "misfiresec": 60}
    body = {"name": "Calls", "isregular": 1, "intervalsec": 86400, "sites": "a, b", "opts": opts}
    body |= {"periods": [{"timestart": 1, "timestop": 2}], "dtstart": "2026-11-01T08:00:00Z"}
    path = f"{TASKS}/{done(app.post(TASKS, body))['id']}"
    changed = done(app.patch(path, {"opts": {"comment": "D"}, "sites": ["c"], "periods": []}))
    assert changed["opts"] == {"title": "", "comment": "D"}
    assert (changed["sites"], changed["periods"], changed["intervalsec"]) == ("c", [], 86400)
    assert changed["dtstart"] == "2026-11-01T08:00:00Z"


NO_TEXT = [1, 1.5, True, None, [], {}]
NO_TRUTH = [2, -1, "yes", "", None, [], {}, 1.5]
NO_WHOLE = ["60", "", -1, 1.5, True, None, [], {}, 3661 * 86400, 2**63, 10**30]
NO_MOMENT = [
    *(
        "soon",
        "2026-11-01",
        "2026-11-01T08:00:00",
        "2026-11-01 08:00:00Z",
        "2026-02-30T08:00:00Z",
        "0000-01-01T00:00:00Z",
    ),
    *("2026-11-01T24:00:00Z", "2026-11-01T08:00:60Z", "2026-11-01T08:00:00+24:00", "2026-11-01T08:00:00.Z"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z"),
    *(" 2026-11-01T08:00:00Z", "2026-11-01T08:00:00Z\n", "２０２６-11-01T08:00:00Z", 1795424400, True, [], {}, " "),
]
NO_SITES = [1, None, True, {}, [1], ["a", None], ["a,b"], ["x" * 61], ["a\nb"], [f"s{n}" for n in range(501)]]
NO_PERIODS = [
    *(1, None, "", {}, ["x"], [1], [{}], [{"timestart": 1}], [{"timestart": "1", "timestop": 2}]),
    *([{"timestart": 2, "timestop": 2}], [{"timestart": 3, "timestop": 2}], [{"timestart": -1, "timestop": 2}]),
    *([{"timestart": 0, "timestop": 10081}], [{"timestart": 0, "timestop": 9}, {"timestart": 8, "timestop": 10}]),
    *([{"timestart": 1.5, "timestop": 2}], [{"timestart": True, "timestop": 2}], [{"timestart": 0, "timestop": 2**70}]),
]
WRONG = [
    *[("id", value) for value in ("", "x", 1, None, [], "380daae6016ccdd4606e50e54938780c", f"{{{SEED_ID}}}")],
    *[("name", value) for value in (*NO_TEXT, "", " ", "x" * 251, "a\nb")],
    *[(name, value) for name in ("isenabled", "isregular", "overlap") for value in NO_TRUTH],
    *[("svcscriptcode", value) for value in (*NO_TEXT, "unknown", "foreign", "x" * 500)],
    *[("sitemode", value) for value in (*NO_TEXT, "", "first", "any_listed", "ALL")],
    *[("sites", value) for value in NO_SITES],
    *[("intervalsec", value) for value in NO_WHOLE],
    *[(name, value) for name in ("dtstart", "dtstop") for value in NO_MOMENT],
    *[("schedule", value) for value in (*NO_TEXT, "", "always", "non_work")],
    *[("periods", value) for value in NO_PERIODS],
    *[("opts", value) for value in (1, None, "", [])],
]
WRONG_OPTS = [
    *[(name, value) for name in ("title", "comment") for value in (1, True, [], {})],
    *[("clock", value) for value in ("", "Local", 1, None)],
    *[("misfiresec", value) for value in ("1", -1, 1.5, True, 2**63)],
    *[("retry", value) for value in (*("1", -1, 101, None, True), 2**63)],
    *[("pauseafter", value) for value in (-1, 1001, "3", True)],
]


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "changed"])
def test_a_wrong_value_is_refused_on_its_name_and_nothing_is_written(town, app, is_new):
    make_script(make_organization(), "foreign")
    task = make_task(town)
    before = ServiceTask.objects.values().get()
    found = []
    for name, value in [*WRONG, *((f"opts.{name}", {name: value}) for name, value in WRONG_OPTS)]:
        body = {"name": "Calls", name.partition(".")[0]: value}
        response = app.post(TASKS, body) if is_new else app.patch(f"{TASKS}/{task.public_id}", body)
        told = response.json()
        if (response.status_code, told["error_code"], told["error_details"]["field"]) != (400, 1413, name):
            found.append((name, value, response.content))
    assert found == []
    assert ServiceTask.objects.values().get() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"isregular": 1}, "intervalsec"),
        ({"isregular": 1, "intervalsec": 0}, "intervalsec"),
        ({"isregular": 1, "intervalsec": 3600, "opts": {"clock": "local"}}, "intervalsec"),
        ({"dtstart": "2026-11-01T08:00:00Z", "dtstop": "2026-11-01T08:00:00Z"}, "dtstop"),
        ({"schedule": "individual"}, "periods"),
        ({"sitemode": "listed"}, "sites"),
        ({"sitemode": "anylisted", "sites": "nowhere"}, "sites"),
        ({"sitemode": "listed", "sites": "north, nowhere"}, "sites"),
    ],
)
def test_a_broken_rule_is_refused_on_the_name_that_it_is_about(app, body, field):
    make_site("north")
    error(app.post(TASKS, {**({"name": "Calls"} if body else {}), **body}), 400, 1413, field)
    assert ServiceTask.objects.count() == 0


def test_all_that_is_wrong_is_told_at_once(app):
    body = {"overlap": 2, "opts": {"clock": "x", "title": "T", "retry": -1}, "sites": 1}
    fields = error(app.post(TASKS, body), 400, 1413, "sites")["error_details"]["fields"]
    assert fields == {
        "sites": ["must be an array of names, or one text with commas"],
        "overlap": ["must be 0 or 1"],
        "opts.clock": ["must be one of: utc, local"],
        "opts.retry": ["must be from 0 to 100"],
        "name": ["must be given"],
    }


def test_enabling_without_a_script_is_against_its_state(town, app):
    body = error(app.post(TASKS, {"name": "Calls", "isenabled": 1}), 409, 1406)
    assert body["error_message"] == "A task without a script cannot be enabled"
    path = f"{TASKS}/{done(app.post(TASKS, {'name': 'Calls'}))['id']}"
    error(app.patch(path, {"isenabled": 1}), 409, 1406)
    make_script(town, "calls")
    assert done(app.patch(path, {"isenabled": 1, "svcscriptcode": "calls"}))["isenabled"] == 1
    error(app.patch(path, {"svcscriptcode": ""}), 409, 1406)


def test_one_of_ours_may_be_switched_off_and_timed_anew_but_not_more(town, app):
    task = make_task(town, name="Cleaning", is_system=True, is_enabled=True)
    path = f"{TASKS}/{task.public_id}"
    assert done(app.get(path))["opts"] == {"title": "", "comment": "", "system": 1}
    assert done(app.patch(path, {"isenabled": 0, "intervalsec": 7200, "opts": {"system": 0}}))["opts"]["system"] == 1
    for body in ({"svcscriptcode": ""}, {"name": "x"}, {"isregular": 0}):
        error(app.patch(path, body), 409, 1406)
    error(app.delete(path), 409, 1406)


def test_a_time_that_another_took_in_the_same_moment_may_be_tried_again(town, app, monkeypatch):
    def busy(*args):
        raise Busy("Another is changing it")

    monkeypatch.setattr(services, "update_task", busy)
    response = app.patch(f"{TASKS}/{make_task(town).public_id}", {"name": "x"})
    error(response, 409, 1406)
    assert response["Retry-After"] == "1"
