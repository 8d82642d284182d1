"""LOOKUP as a real method on the wire, by curl through real servers [seed]."""

import json
import shutil
import subprocess

import pytest

from tests.svctask_factories import make_script, make_task
from tests.svctasks.wire import JSON, NO_ID, SCRIPTS, TASKS
from tests.web import COMMANDS, OTHERS, serving

pytestmark = pytest.mark.django_db(transaction=True)
STATUS = "%{http_code} %{content_type}"


def curl(port: int, method: str, path: str, token: str, text: str) -> tuple[str, object]:
    """Status and content type, and the body."""
    command = [
        *("curl", "-s", "-S", "-X", method, "-w", f"\n{STATUS}", "-d", json.dumps(text)),
        *("-H", f"Authorization: Bearer {token}", "-H", f"Content-Type: {JSON}", f"http://127.0.0.1:{port}{path}"),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    body, _, about = answer.rpartition("\n")
    return about, json.loads(body)


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
@pytest.mark.parametrize("server", [*COMMANDS, *OTHERS])
def test_curl_looks_up_an_id_and_a_code_through(server, town, app):
    task = make_task(town, make_script(town, "clean"))
    found, failed = f"200 {JSON}", f"404 {JSON}"
    with serving(server) as port:
        answers = [
            curl(port, "LOOKUP", TASKS, app.token, str(task.public_id)),
            curl(port, "LOOKUP", SCRIPTS, app.token, "clean"),
            curl(port, "LOOKUP", TASKS, app.token, NO_ID),
            curl(port, "POST", f"{TASKS}/lookup", app.token, str(task.public_id)),
        ]
    refused = (failed, {"error_code": 1404, "error_message": "Lookup failed"})
    assert answers == [
        (found, [str(task.public_id)]),
        (found, [str(task.script.public_id)]),
        refused,
        (found, [str(task.public_id)]),
    ]
