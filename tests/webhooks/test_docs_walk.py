"""docs/api.md walks from nothing to a message whose signature was checked: its commands are run as they stand."""

import base64
import inspect
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Library

from core.api.signature_check import is_genuine
from tests.factories import make_organization
from tests.servers import database_env
from tests.web import free_port, serving
from tests.workers import ROOT

KEY = base64.b64encode(b"k" * 32).decode()
SECRET = f"whsec_{KEY}"
BODY = '{"id":"evt_1","type":"job.created","data":{"entityId":7,"note":"é"}}'
NODE = shutil.which("node")
OPENSSL = shutil.which("openssl")


def section() -> str:
    text = (ROOT / "docs" / "api.md").read_text()
    return re.search(r"^## Webhooks and events$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL).group(1)


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", section(), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(code) for _indent, code in found]


def test_there_are_ten_steps_and_each_has_its_commands():
    assert re.findall(r"^(\d+)\. ", section(), re.MULTILINE) == [str(number) for number in range(1, 11)]
    assert len(blocks("sh")) == 10


@pytest.fixture
def checkout(tmp_path) -> Path:
    """What the commands need of one, and a folder for what they write."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
    (tmp_path / "var").mkdir()
    return tmp_path


def at_ports(script: str, server: int, receiver: int) -> str:
    return script.replace("127.0.0.1:8000", f"127.0.0.1:{server}").replace("9000", str(receiver))


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.django_db(transaction=True)
def test_the_walk(checkout):
    make_organization(pk=1)
    start, *steps = blocks("sh")
    name, _, value = start.split()[0].partition("=")
    own = {"REDIS_URL": "", "DUTYBOARD_VAR": str(checkout / "var")}
    with serving("granian", EMBEDDED_WORKER="1", **own, **{name: value}) as port:
        receiver = free_port()
        script = at_ports("\n".join(["set -eu", *steps]), port, receiver)
        walk = subprocess.Popen(
            ["bash", "-c", script],
            cwd=checkout,
            env={**database_env(), **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said = _said(walk)
        finally:
            os.killpg(walk.pid, signal.SIGKILL)
            walk.wait()
    assert walk.returncode == 0, said
    read = lambda name: json.loads((checkout / "var" / f"{name}.json").read_text())  # noqa: E731
    made, (delivery,), (event,) = read("made"), read("deliveries")["items"], read("events")["items"]
    href = f"http://127.0.0.1:{port}/v2/community_services/{made['id']}"
    assert (checkout / "var" / "received.txt").read_text().splitlines() == [
        f"{word} community_service.created {href}" for word in ("genuine", "again")
    ]
    assert (delivery["state"], delivery["answerStatus"], delivery["eventId"]) == ("delivered", 204, event["id"])
    assert event["data"] == {"entity": "community_service", "entityId": made["id"], "href": href}
    assert '"items":[]' in said


def _said(walk: subprocess.Popen) -> str:
    """Until the script's own end: the receiver that it started goes on, and holds the pipe."""
    try:
        walk.wait(180)
    except subprocess.TimeoutExpired:
        os.killpg(walk.pid, signal.SIGKILL)
    os.set_blocking(walk.stdout.fileno(), False)
    return os.read(walk.stdout.fileno(), 1 << 20).decode()


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_step_that_starts_the_receiver_ends_when_it_listens(tmp_path):
    """Else what happens in the next step finds nobody there, and is sent again only after a rest."""
    (step,) = [code for code in blocks("sh") if "python3 var/receiver.py" in code]
    receiver = re.search(r"<<'END'\n(.*)^END$", blocks("sh")[3], re.MULTILINE | re.DOTALL).group(1)
    port = free_port()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "receiver.py").write_text(at_ports(f"import time; time.sleep(2)\n{receiver}", 0, port))
    script = at_ports(f"of() {{ echo {SECRET}; }}\n{step}\necho ready", 0, port)
    started = {"cwd": tmp_path, "stdout": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen(["bash", "-euc", script], **started) as walk:
        try:
            assert walk.stdout.readline() == "ready\n"
            socket.create_connection(("127.0.0.1", port)).close()
        finally:
            os.killpg(walk.pid, signal.SIGKILL)


# -- the three checks of a signature, against what the published library signs -------------------------------


def signed(secret: str = SECRET, body: str = BODY, age: int = 0) -> dict[str, str]:
    moment = int(time.time()) - age
    signature = Library(secret).sign("evt_1", datetime.fromtimestamp(moment, UTC), body)
    return {"webhook-id": "evt_1", "webhook-timestamp": str(moment), "webhook-signature": signature}


OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
CASES = {
    "genuine": (signed, BODY, True),
    "signed by two": (
        lambda: {
            **signed(),
            "webhook-signature": f"{signed(OTHER)['webhook-signature']} {signed()['webhook-signature']}",
        },
        BODY,
        True,
    ),
    "another secret": (lambda: signed(OTHER), BODY, False),
    "another body": (signed, BODY.replace("7", "8"), False),
    "another id": (lambda: {**signed(), "webhook-id": "evt_2"}, BODY, False),
    "too old": (lambda: signed(age=400), BODY, False),
    "of the future": (lambda: signed(age=-400), BODY, False),
    "no signature": (lambda: {**signed(), "webhook-signature": ""}, BODY, False),
}


@pytest.mark.parametrize("case", CASES)
def test_the_check_in_python(case):
    headers, body, is_good = CASES[case]
    code = re.search(r"<<'END'\n(.*)^END$", blocks("sh")[3], re.MULTILINE | re.DOTALL).group(1)
    names: dict = {"__name__": "receiver"}
    exec(code, names)
    assert names["is_genuine"](SECRET, headers(), body.encode()) is is_good
    assert names["is_genuine"](SECRET, {}, body.encode()) is False


def test_the_page_of_the_api_shows_the_same_check():
    (receiver,) = [code for code in blocks("sh") if "def is_genuine" in code]
    assert inspect.getsource(is_genuine) in receiver


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.parametrize("case", CASES)
def test_the_check_in_javascript(case, tmp_path):
    headers, body, is_good = CASES[case]
    (code,) = blocks("js")
    call = f"isGenuine({json.dumps(SECRET)}, {json.dumps(headers())}, Buffer.from({json.dumps(body)}))"
    (tmp_path / "check.mjs").write_text(f"{code}\nconsole.log({call}, isGenuine('', {{}}, Buffer.from('')));")
    done = subprocess.run([NODE, tmp_path / "check.mjs"], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{str(is_good).lower()} false\n", "")


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl")
@pytest.mark.parametrize("case", CASES)
def test_the_check_in_a_shell(case, tmp_path):
    headers, body, is_good = CASES[case]
    given = headers()
    (tmp_path / "body.json").write_text(body)
    named = {"ID": "webhook-id", "MOMENT": "webhook-timestamp", "SIGNATURE": "webhook-signature"}
    environment = {**os.environ, "SECRET": SECRET, **{name: given[header] for name, header in named.items()}}
    (code,) = blocks("bash")
    done = subprocess.run(["sh", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("genuine\n" if is_good else "", "")
