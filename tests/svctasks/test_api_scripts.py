"""Scripts and special working days [contract 50; annex 50]."""

import pytest

from core.service_scripts import _handlers, only, service_script
from scheduling.models import Workday
from svctasks.models import ServiceScript
from tests.factories import make_organization
from tests.svctask_factories import make_script, make_task
from tests.svctasks.wire import NO_ID, SCRIPTS, WORKDAYS, done, error

pytestmark = pytest.mark.django_db
SEED_ID = "86228b15-016c-cdef-ccce-50e54938780c"
OPTS = {"title": "", "comment": ""}
NEW = {"code": "clean", "name": "Clean", "scriptdata": {"handler": "purge_archived"}}
NO_TEXT = [1, 1.5, True, None, [], {}]


@pytest.fixture
def ringing(monkeypatch):
    """A handler that calls out, and takes a number of rings."""
    monkeypatch.setattr("core.service_scripts._handlers", dict(_handlers))
    service_script("ring", title="Rings", check=lambda params: only(params, "rings"), calls_out=True)(lambda run: None)


# -- scripts ------------------------------------------------------------------------------------------------


def test_a_script_is_made_read_changed_and_deleted(app):
    made = done(app.post(SCRIPTS, {**NEW, "id": SEED_ID, "opts": {"loglevel": 3}}))
    data = {"handler": "purge_archived", "params": {}, "timeoutsec": 300}
    ext = made.pop("ext")
    assert list(made) == ["id", "code", "name", "scriptdata", "opts"]
    assert made == {
        "id": SEED_ID,
        "code": "clean",
        "name": "Clean",
        "scriptdata": data,
        "opts": {**OPTS, "loglevel": 3},
    }
    path = f"{SCRIPTS}/{SEED_ID}"
    assert done(app.get(path)) == {**made, "ext": ext}
    changed = done(app.patch(path, {"name": "Sweep", "scriptdata": {"handler": "purge_archived", "timeoutsec": 60}}))
    assert (changed["name"], changed["scriptdata"]["timeoutsec"], changed["opts"]["loglevel"]) == ("Sweep", 60, 3)
    assert app.delete(path).status_code == 204
    error(app.get(path), 404, 1404)


def test_a_secret_is_told_once_where_the_handler_sends_something(ringing, app):
    body = {"code": "ring", "name": "Ring", "scriptdata": {"handler": "ring", "params": {"rings": 2}, "secret": "mine"}}
    first = app.post(SCRIPTS, body, Idempotency_Key="k")
    secret = done(first)["scriptdata"]["secret"]
    assert secret.startswith("whsec_")
    assert app.post(SCRIPTS, body, Idempotency_Key="k").content == first.content
    path = f"{SCRIPTS}/{done(first)['id']}"
    answers = [app.get(path), app.get(f"{SCRIPTS}?mask=scriptdata"), app.patch(path, {"name": "Bell"})]
    assert all("secret" not in answer.content.decode() for answer in answers)
    assert done(answers[0])["scriptdata"] == {"handler": "ring", "params": {"rings": 2}, "timeoutsec": 300}
    error(app.get(f"{path}?mask=scriptdata.secret"), 400, 1413, "mask")
    secret_of_change = done(
        app.patch(f"{SCRIPTS}/{done(app.post(SCRIPTS, NEW))['id']}", {"scriptdata": {"handler": "ring"}})
    )
    assert secret_of_change["scriptdata"]["secret"] != secret


WRONG = [
    *[("id", {"id": value}) for value in ("x", None, 1)],
    *[(name, {name: value}) for name in ("code", "name") for value in (*NO_TEXT, "", " ", "a\nb", "x" * 251)],
    *[("scriptdata", {"scriptdata": value}) for value in (1, None, "", [])],
    *[
        ("scriptdata.handler", {"scriptdata": value})
        for value in ({}, {"handler": "rm -rf"}, {"handler": 1}, {"handler": ""})
    ],
    *[("scriptdata.params", {"scriptdata": {"handler": "ring", "params": value}}) for value in (1, None, [], {"x": 1})],
    *[
        ("scriptdata.timeoutsec", {"scriptdata": {"handler": "ring", "timeoutsec": value}})
        for value in (0, -1, 86401, "60", None, 1.5, True, 2**70)
    ],
    *[("opts", {"opts": value}) for value in (1, None, [])],
    *[("opts.title", {"opts": {"title": value}}) for value in (1, [])],
]


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "changed"])
def test_a_wrong_value_of_a_script_is_refused_on_its_name(ringing, town, app, is_new):
    script = make_script(town, "ring", handler="ring")
    found = []
    for name, body in WRONG:
        response = app.post(SCRIPTS, {**NEW, **body}) if is_new else app.patch(f"{SCRIPTS}/{script.public_id}", body)
        told = response.json()
        if (response.status_code, told["error_code"], told["error_details"]["field"]) != (400, 1413, name):
            found.append((name, body, response.content))
    assert found == []
    assert list(ServiceScript.objects.values_list("code", "version")) == [("ring", 1)]


@pytest.mark.parametrize("name", ["code", "name", "scriptdata"])
def test_a_script_needs_its_code_its_name_and_its_handler(app, name):
    error(app.post(SCRIPTS, {key: value for key, value in NEW.items() if key != name}), 400, 1413, name)


def test_a_code_is_taken_once_in_an_organization(town, app):
    make_script(make_organization(), "clean")
    key = done(app.post(SCRIPTS, NEW))["id"]
    error(app.post(SCRIPTS, NEW), 409, 1402, "code")
    error(app.post(SCRIPTS, {**NEW, "code": "other", "id": key}), 409, 1402, "id")
    other = make_script(town, "other")
    error(app.patch(f"{SCRIPTS}/{other.public_id}", {"code": "clean"}), 409, 1402, "code")


@pytest.mark.parametrize(("method", "path"), [("LOOKUP", SCRIPTS), ("POST", f"{SCRIPTS}/lookup")])
def test_a_script_is_looked_up_by_its_id_or_its_code(town, app, method, path):
    script = make_script(town, "clean")
    make_script(make_organization(), "elsewhere")
    for text in ("clean", str(script.public_id), str(script.public_id).upper()):
        assert done(app.call(method, path, text)) == [str(script.public_id)]
    for text in ("elsewhere", "Clean", "", NO_ID):
        assert error(app.call(method, path, text), 404, 1404)["error_message"] == "Lookup failed"


def test_a_script_that_a_task_runs_and_one_of_ours_stay(town, app):
    script = make_script(town, "clean")
    task = make_task(town, script)
    path = f"{SCRIPTS}/{script.public_id}"
    error(app.delete(path), 409, 1406)
    task.delete()
    ServiceScript.objects.update(is_system=True)
    assert done(app.get(path))["opts"] == {**OPTS, "system": 1}
    error(app.delete(path), 409, 1406)
    error(app.patch(path, {"code": "mine"}), 409, 1406)
    assert done(app.patch(path, {"name": "Ours"}))["name"] == "Ours"


# -- special working days -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"date": "2019-05-01"}, {"date": "2019-05-01", "isannual": 0, "isworkday": 0, "asdow": 0, "periods": []}),
        ({"date": "0000-05-01", "isannual": 1}, {"date": "0000-05-01", "isannual": 1, "isworkday": 0}),
        ({"date": "2019-05-01", "isannual": "true"}, {"date": "0000-05-01", "isannual": 1}),
        ({"date": "0000-02-29", "isannual": 1}, {"date": "0000-02-29"}),
        ({"date": "2019-09-01", "isworkday": 1, "asdow": 5}, {"date": "2019-09-01", "isworkday": 1, "asdow": 5}),
        (
            {"date": "2019-12-31", "isworkday": 2, "periods": [{"timestart": 360, "timestop": 900}]},
            {"isworkday": 2, "asdow": 0, "periods": [{"timestart": 360, "timestop": 900}]},
        ),
        (
            {"date": "2019-05-01", "opts": {"title": "May", "own": 1}},
            {"opts": {"title": "May", "comment": "", "own": 1}},
        ),
    ],
)
def test_a_day_is_shown_as_the_page_says(app, body, shown):
    made = done(app.post(WORKDAYS, body))
    assert list(made) == ["id", "date", "isannual", "isworkday", "asdow", "periods", "opts", "ext"]
    assert {name: made[name] for name in shown} == shown
    assert done(app.get(f"{WORKDAYS}/{made['id']}")) == made
    assert done(app.call("LOOKUP", WORKDAYS, made["id"])) == [made["id"]]


def test_a_day_is_changed_and_deleted(app):
    path = f"{WORKDAYS}/{done(app.post(WORKDAYS, {'date': '2019-05-01'}))['id']}"
    assert done(app.patch(path, {"isannual": 1}))["date"] == "0000-05-01"
    error(app.patch(path, {"isannual": 0}), 400, 1413, "date")
    assert done(app.patch(path, {"isannual": 0, "date": "2020-05-02"}))["date"] == "2020-05-02"
    error(app.patch(path, {"isworkday": 1}), 400, 1413, "asdow")
    assert done(app.patch(path, {"isworkday": 1, "asdow": 7}))["asdow"] == 7
    assert done(app.patch(path, {"isworkday": 0, "asdow": 0}))["isworkday"] == 0
    assert app.delete(path).status_code == 204
    assert Workday.objects.count() == 0


WRONG_DAYS = [
    *[("date", {"date": value}) for value in (*NO_TEXT, "", "2019-02-29", "2019-13-01", "0000-02-30", "2019-5-1")],
    *[
        ("date", {"date": value})
        for value in ("20190501", "2019-05-01T00:00:00Z", "10000-01-01", "0000-05-01", " 2019-05-01")
    ],
    *[("isannual", {"isannual": value}) for value in (2, "yes", None)],
    *[("isworkday", {"isworkday": value}) for value in (3, -1, "0", True, None, [])],
    *[("asdow", {"isworkday": 1, "asdow": value}) for value in (0, 8, -1, "5", None, 1.5, True)],
    *[("asdow", {"isworkday": value, "asdow": 5}) for value in (0,)],
    *[
        ("periods", {"isworkday": 2, "periods": value})
        for value in ([], None, [{"timestart": 0, "timestop": 1441}], [1])
    ],
    *[("periods", {"isworkday": 0, "periods": [{"timestart": 0, "timestop": 60}]})],
]


def test_a_wrong_day_is_refused_on_its_name_and_nothing_is_written(app):
    found = []
    for name, body in WRONG_DAYS:
        response = app.post(WORKDAYS, {"date": "2019-05-01", **body})
        told = response.json()
        if (response.status_code, told["error_code"], told["error_details"]["field"]) != (400, 1413, name):
            found.append((name, body, response.content))
    assert found == []
    error(app.post(WORKDAYS, {}), 400, 1413, "date")
    assert Workday.objects.count() == 0


def test_a_day_has_one_exception_in_an_organization(app):
    done(app.post(WORKDAYS, {"date": "2019-05-01"}))
    done(app.post(WORKDAYS, {"date": "0000-05-01", "isannual": 1}))
    error(app.post(WORKDAYS, {"date": "2019-05-01", "isworkday": 1, "asdow": 1}), 409, 1402, "date")
    error(app.post(WORKDAYS, {"date": "2031-05-01", "isannual": 1}), 409, 1402, "date")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('filter={"isannual":"true"}&offset=0&limit=3', ["0000-01-01", "0000-05-01"]),
        ('filter={"date":{"ge":"2019-06-01","lt":"2020-01-01"}}', ["2019-09-01"]),
        ('filter={"date":["0000-05-01","2019-09-01"]}', ["0000-05-01", "2019-09-01"]),
        ('filter={"date":"2000-05-01"}', []),
        ('filter={"isworkday":1,"asdow":5}', ["2019-09-01"]),
        ('order=["-date"]&filter={"isannual":0}', ["2020-01-02", "2019-09-01"]),
    ],
)
def test_days_are_narrowed_and_ordered(app, query, found):
    days = [{"date": "0000-01-01", "isannual": 1}, {"date": "0000-05-01", "isannual": 1}]
    days += [{"date": "2020-01-02"}, {"date": "2019-09-01", "isworkday": 1, "asdow": 5}]
    for body in days:
        done(app.post(WORKDAYS, body))
    assert [one["date"] for one in done(app.get(f"{WORKDAYS}?{query}"))] == found
