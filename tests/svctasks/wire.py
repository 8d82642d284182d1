"""What the tests of this dialect call, and ask of an answer."""

from datetime import date

from django.db.models import Model

from core.models import Organization
from scheduling.models import Workday
from tests.factories import make_client, make_token
from tests.svctask_factories import make_run, make_task

TASKS, SCRIPTS, RUNS = (f"/rest/v1/service/{name}" for name in ("svctasks", "svcscripts", "runs"))
WORKDAYS = "/rest/v1/domain/workdays"
JSON = "application/json; charset=utf-8"
NO_ID = "00000000-0000-0000-0000-000000000000"


def done(response):
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == JSON
    return response.json()


def error(response, status: int, code: int, field: str | None = None) -> dict:
    """The body of a refusal; `field`: the first that is complained of."""
    assert (response.status_code, response["Content-Type"]) == (status, JSON), response.content
    body = response.json()
    assert list(body)[:2] == ["error_code", "error_message"]
    assert set(body) <= {"error_code", "error_message", "error_details"}
    assert isinstance(body["error_message"], str)
    assert body["error_code"] == code, body
    assert body.get("error_details", {}).get("field") == field, body
    return body


def make_world(ours: Organization, theirs: Organization) -> dict[str, str]:
    """What the table of malformed requests speaks of: one row of each kind, ours and a foreign one; a token."""
    client = make_client(ours, roles=[], allowed_scopes=["svctasks:read", "svctasks:write"])
    foreign = {f"foreign_{name}": text for name, text in rows_of(theirs).items()}
    return {**rows_of(ours), **foreign, "svctasks_token": make_token(client)}


def rows_of(place: Organization) -> dict[str, str]:
    task = make_task(place)
    day = Workday.objects.create(organization=place, day=date(2019, 5, 1))
    rows: dict[str, Model] = {"svctask": task, "svcscript": task.script, "workday": day, "svcrun": make_run(task)}
    return {name: str(row.public_id) for name, row in rows.items()}  # type: ignore[attr-defined]
