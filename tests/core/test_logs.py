"""What the log tells: in production one JSON object a line, and no secret in any form."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api import Caller

ROOT = Path(__file__).resolve().parents[2]
# The database has no tables, so the call fails and its traceback is logged.
SERVE = """
import logging
import django
django.setup()
from django.test import Client
web = Client(raise_request_exception=False, headers={"X-Forwarded-Proto": "https", "X-Request-Id": "look-for-me"})
print(web.get("/livez").status_code)
print(web.get("/v2/closes", headers={"Authorization": "Bearer s3cr3t"}).status_code)
print(web.get("/v2/closes&access_token=s3cr3t").status_code)
try:
    raise RuntimeError("from /student/closes/s3cr3t:s3cr3t?token=s3cr3t\\nand a second line")
except RuntimeError:
    logging.getLogger("dutyboard").exception("it failed")
"""
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DUTYBOARD_ENV": "production",
    "ALLOWED_HOSTS": "testserver",
    "SITE_URL": "https://duty.example.org",
    "EMAIL_URL": "smtp://mail.example.org",
    "REDIS_URL": "",
}


@pytest.fixture(scope="module")
def logged(tmp_path_factory) -> str:
    """What a process in production writes to standard error."""
    database = {"DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('empty')}/db.sqlite3"}
    done = subprocess.run(
        [sys.executable, "-c", SERVE], cwd=ROOT, env={**os.environ, **PRODUCTION, **database},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["200", "503", "404"]
    return done.stderr


@pytest.fixture(scope="module")
def lines(logged) -> list[dict]:
    return [json.loads(line) for line in logged.splitlines()]


def test_in_production_each_line_is_one_json_object(lines):
    for line in lines:
        assert {"at", "level", "logger", "requestId", "message"} <= set(line)


def test_a_request_is_one_line_that_names_it_and_its_caller(lines):
    (line,) = [line for line in lines if line["logger"] == "dutyboard.access" and "/livez" in line["message"]]
    assert line["message"].startswith("GET /livez 200 ")
    assert (line["requestId"], line["level"]) == ("look-for-me", "INFO")
    assert {"client", "user"} <= set(line)


def test_a_failure_is_one_line_with_its_traceback_and_the_request(lines):
    (line,) = [line for line in lines if line["message"] == "unexpected failure"]
    assert line["requestId"] == "look-for-me"
    assert "no such table" in line["error"]


def test_a_traceback_holds_no_secret(lines, logged):
    (line,) = [line for line in lines if line["message"] == "it failed"]
    assert "from /student/closes/…?token=…" in line["error"]
    assert "s3cr3t" not in logged


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["apikey", "token", "code", "client_secret", "access_token", "ACCESS_TOKEN"])
def test_a_secret_in_a_mistyped_address_is_not_in_the_log(log, name):
    Caller().get(f"/v2/closes&{name}=s3cr3t&x=1", X_Request_Id="look-for-me")
    assert f"/v2/closes&{name}=…&x=1" in log.getvalue()
    assert "s3cr3t" not in log.getvalue()
