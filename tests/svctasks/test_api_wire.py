"""What all calls of this dialect have in common: refusals, headers, ETags, keys, limits [contract 00; contract 50]."""

import json
import uuid

import pytest
from django.db import IntegrityError, OperationalError

from core.api.dialects import dialect_of
from core.api.errors import Refusal, refusal_of
from svctasks.api.errors import DIALECT
from svctasks.models import ServiceScript, ServiceTask
from svctasks.services import tasks as services
from tests import api
from tests.factories import make_organization
from tests.svctask_factories import make_run, make_script, make_task
from tests.svctasks.conftest import SCOPES
from tests.svctasks.wire import JSON, NO_ID, RUNS, SCRIPTS, TASKS, WORKDAYS, done, error

pytestmark = pytest.mark.django_db
CODES = {400: 1405, 401: 1407, 403: 1401, 404: 1404, 405: 1403, 406: 1405, 409: 1406, 411: 1405, 412: 1406, 413: 1405}
CODES |= {415: 1405, 422: 1413, 429: 1410, 500: 1501, 502: 1501, 503: 1408}


@pytest.mark.parametrize("status", CODES)
def test_each_status_has_its_code(status):
    body = DIALECT.body(Refusal(status, "some_code", "What is wrong"), "the-id")
    assert (body["error_code"], body["error_message"]) == (CODES[status], "What is wrong")
    details = {**({"timer": 1} if status == 429 else {}), **({"request_id": "the-id"} if status >= 500 else {})}
    assert body.get("error_details", {}) == details
    assert DIALECT.body(Refusal(status, "some_code"), "")["error_message"]


def test_what_is_taken_has_a_code_of_its_own_also_where_two_came_at_once():
    clash = refusal_of(IntegrityError("two of one id"))
    for refusal in (clash, Refusal(409, "already_exists", "id: is taken", fields={"id": [("unique", "is taken")]})):
        assert DIALECT.body(refusal, "")["error_code"] == 1402


@pytest.mark.parametrize("path", ["/rest/v1", "/rest/v1/service/nothing", TASKS, WORKDAYS, RUNS])
def test_the_whole_prefix_is_this_dialects(path):
    assert dialect_of(path) is DIALECT


@pytest.mark.parametrize(("failure", "status", "code"), [(RuntimeError, 500, 1501), (OperationalError, 503, 1408)])
def test_a_failure_of_ours_is_told_with_the_id_of_the_request_and_no_more(app, monkeypatch, failure, status, code):
    def fail(*args):
        raise failure("secret")

    monkeypatch.setattr(services, "create_task", fail)
    response = app.post(TASKS, {"name": "x"}, X_Request_Id="mine")
    body = error(response, status, code)
    assert body["error_details"] == {"request_id": "mine"}
    assert "secret" not in response.content.decode()


def test_too_many_requests_are_told_how_long_to_wait(app, settings):
    settings.RATE_LIMIT_PER_SECOND = 1
    response = next(one for one in (app.get(TASKS) for _ in range(5)) if one.status_code != 200)
    body = error(response, 429, 1410)
    assert body["error_details"]["timer"] == int(response["Retry-After"]) >= 1


def test_every_body_says_that_it_is_json_in_utf_8(town, app):
    task = make_task(town, name="Équipe")
    run = make_run(task)
    calls = [("GET", TASKS), ("GET", f"{TASKS}/{task.public_id}"), ("GET", f"{TASKS}/{task.public_id}/runs")]
    calls += [("GET", f"{TASKS}/{task.public_id}/next"), ("GET", f"{RUNS}/{run.public_id}"), ("GET", SCRIPTS)]
    calls += [("GET", f"{TASKS}/{NO_ID}"), ("PUT", TASKS), ("GET", "/rest/v1/nothing"), ("GET", f"{TASKS}%00")]
    for method, path in calls:
        assert app.call(method, path)["Content-Type"] == JSON, path
    assert "Équipe" in app.get(TASKS).content.decode()
    tag = app.get(f"{TASKS}/{task.public_id}")["ETag"]
    assert app.get(f"{TASKS}/{task.public_id}", If_None_Match=tag)["Content-Type"] == JSON


def test_what_is_not_allowed_is_told_with_what_is(town, app):
    path = f"{TASKS}/{make_task(town).public_id}"
    for method, where, allowed in (
        ("PUT", TASKS, "GET, HEAD, LOOKUP, POST"),
        ("LOOKUP", path, "DELETE, GET, HEAD, PATCH"),
        ("GET", f"{TASKS}/lookup", "POST"),
        ("GET", f"{path}/run", "POST"),
        ("LOOKUP", f"{path}/runs", "GET, HEAD"),
    ):
        response = app.call(method, where)
        error(response, 405, 1403)
        assert response["Allow"] == allowed


@pytest.mark.parametrize("text", [1, None, [], {}, True, ["380daae6-016c-cdd4-606e-50e54938780c"]])
def test_a_look_up_takes_a_text_alone(app, text):
    for method, path in (("LOOKUP", TASKS), ("POST", f"{TASKS}/lookup")):
        response = app.client.generic(
            *(method, path, "null" if text is None else str(text).lower().replace("'", '"'), "application/json"),
            headers={"Authorization": f"Bearer {app.token}"},
        )
        error(response, 400, 1413, "body")


# -- versions -----------------------------------------------------------------------------------------------


def test_an_etag_is_of_what_is_shown_and_if_match_of_the_version(town, app):
    path = f"{TASKS}/{make_task(town).public_id}"
    tag, of_mask = app.get(path)["ETag"], app.get(f"{path}?mask=name")["ETag"]
    assert tag != of_mask
    assert app.get(path, If_None_Match=tag).status_code == 304
    changed = app.patch(path, {"name": "Other"}, If_Match=tag)
    assert changed["ETag"] == app.get(path)["ETag"]
    error(app.patch(path, {"name": "Third"}, If_Match=tag), 412, 1406)
    error(app.delete(path, If_Match=tag), 412, 1406)
    assert ServiceTask.objects.get().name == "Other"
    assert app.delete(path, If_Match=changed["ETag"]).status_code == 204


def test_what_the_dispatcher_notes_is_no_change(town, app):
    task = make_task(town, is_enabled=True)
    tag = app.get(f"{TASKS}/{task.public_id}")["ETag"]
    services.advance(task, task.wake_at)
    assert app.get(f"{TASKS}/{task.public_id}")["ETag"] == tag


def test_a_change_that_changes_nothing_leaves_the_version(town, app):
    script = make_script(town, "calls")
    task = make_task(town, script)
    path = f"{TASKS}/{task.public_id}"
    before = app.get(path)
    same = app.patch(path, {**before.json(), "ext": None})
    assert (same.json(), same["ETag"]) == (before.json(), before["ETag"])


# -- repeated -----------------------------------------------------------------------------------------------


def test_a_repeated_create_gets_the_first_answer_and_makes_one_row(app):
    first, again = (app.post(TASKS, {"name": "Calls"}, Idempotency_Key="k") for _ in range(2))
    assert (again.content, again["Idempotent-Replayed"], again["Content-Type"]) == (first.content, "true", JSON)
    assert again["ETag"] == first["ETag"]
    error(app.post(TASKS, {"name": "Other"}, Idempotency_Key="k"), 422, 1413)
    error(app.post(TASKS, {"name": "Other"}, Idempotency_Key="a b"), 400, 1405)
    assert ServiceTask.objects.count() == 1


def test_a_refused_create_may_be_tried_again_under_its_key(app):
    error(app.post(SCRIPTS, {"code": "c", "name": "C"}, Idempotency_Key="k"), 400, 1413, "scriptdata")
    body = {"code": "c", "name": "C", "scriptdata": {"handler": "purge_archived"}}
    done(app.post(SCRIPTS, body, Idempotency_Key="k"))
    assert ServiceScript.objects.filter(code="c").count() == 1


def test_a_look_up_keeps_no_answer(town, app):
    key = str(make_task(town).public_id)
    for _ in range(2):
        response = app.call("POST", f"{TASKS}/lookup", key, Idempotency_Key="k")
        assert not response.has_header("Idempotent-Replayed")
        assert done(response) == [key]


# -- whose --------------------------------------------------------------------------------------------------


def test_no_answer_tells_of_another_organizations_rows(app):
    elsewhere = make_organization()
    script = make_script(elsewhere, "secret")
    foreign = make_task(elsewhere, script)
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        answers = [app.call(method, f"{TASKS}/{key}", body) for key in (foreign.public_id, uuid.uuid4(), "x")]
        assert len({answer.content for answer in answers}) == 1
        error(answers[0], 404, 1404)
    for code in ("secret", "never"):
        told = error(app.post(TASKS, {"name": "x", "svcscriptcode": code}), 400, 1413, "svcscriptcode")
        assert told["error_message"] == "svcscriptcode: is no script's code"
    assert done(app.get(f'{TASKS}?filter={{"svcscriptcode":"secret"}}')) == []
    assert done(app.post(TASKS, {"name": "x", "id": str(foreign.public_id)}))["id"] == str(foreign.public_id)


def test_history_says_which_client_did_it_by_which_door(town, app):
    path = f"{TASKS}/{done(app.post(TASKS, {'name': 'Calls'}))['id']}"
    app.patch(path, {"name": "Other"}, X_Request_Id="mine")
    record = ServiceTask.objects.get().history.first()
    assert (record.door, record.request_id) == ("api", "mine")
    assert record.application is not None
    deleter = api.program(town, roles=[], scopes=SCOPES)
    deleter.delete(path)
    assert ServiceTask.history.first().history_type == "-"


@pytest.mark.parametrize("number", [2**63, -(2**64), 10**30, 1e300, -1e19])
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (TASKS, '{"name": "Calls", "opts": {"own": ["x", {"deep": %s}]}}', "opts"),
        (
            SCRIPTS,
            '{"code": "a", "name": "A", "scriptdata": {"handler": "purge_archived"}, "opts": {"own": %s}}',
            "opts",
        ),
        (
            SCRIPTS,
            '{"code": "a", "name": "A", "scriptdata": {"handler": "purge_archived", "params": {"own": %s}}}',
            "scriptdata.params",
        ),
        (WORKDAYS, '{"date": "2026-12-24", "opts": {"own": [[%s]]}}', "opts"),
    ],
    ids=["task", "script", "parameters", "working day"],
)
def test_a_number_that_would_make_a_row_unreadable_is_refused(app, path, body, field, number):
    """PostgreSQL gives 1e300 back as an integer of 301 digits, which no answer can carry."""
    refused = error(app.post(path, json.loads(body % number)), 400, 1413, field)
    assert "64 bits" in refused["error_message"]
    assert done(app.get(path)) == []


def test_the_largest_numbers_that_fit_come_back(app):
    numbers = [2**63 - 1, -(2**63), 1.5, -0.25]
    path = f"{TASKS}/{done(app.post(TASKS, {'name': 'Calls', 'opts': {'own': numbers}}))['id']}"
    assert done(app.get(path))["opts"]["own"] == numbers
