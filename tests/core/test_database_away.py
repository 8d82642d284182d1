"""A database that is not there, or was restarted: told to programs in their own form, and forgotten once it is back."""

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.api import program
from tests.factories import make_organization
from tests.web import serving

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import django
django.setup()
from django.test import Client
web = Client(raise_request_exception=False, headers={"Authorization": "Bearer abc", "X-Request-Id": "look-for-me"})
client = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
asked = [web.get("/v2/closes"), web.post("/oauth/token", client, content_type="application/json")]
for response in asked:
    print(response.status_code, response["Retry-After"], response["Content-Type"], sep="|")
    print(response.content.decode())
"""


def test_without_a_database_programs_get_a_503_in_their_own_form(tmp_path):
    missing = f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3"
    environment = {**os.environ, "DATABASE_URL": missing, "ALLOWED_HOSTS": "testserver", "REDIS_URL": ""}
    output = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    head, body, token_head, token_body = output.splitlines()
    assert head == "503|5|application/json; charset=utf-8"
    assert json.loads(body) == {
        "error": "Service Unavailable",
        "message": "The database cannot be reached; try again",
        "request_id": "look-for-me",
    }
    assert token_head.split("|")[:2] == ["503", "5"]
    assert json.loads(token_body)["requestId"] == "look-for-me"


@pytest.fixture
def persistent(monkeypatch):
    """A server keeps its connection from request to request, as in production."""
    monkeypatch.setenv("CONN_MAX_AGE", "300")


def get(port: int, path: str, token: str) -> tuple[int, bytes]:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    web.request("GET", path, headers={"Authorization": f"Bearer {token}", "Host": "127.0.0.1"})
    response = web.getresponse()
    return response.status, response.read()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_server_outlives_a_restart_of_the_database(persistent):
    token = program(make_organization()).token
    with serving("granian") as port:
        assert get(port, "/v2/closes", token) == (200, b"[]")
        assert end_other_connections() >= 1
        assert get(port, "/v2/closes", token) == (200, b"[]")


def end_other_connections() -> int:
    """As a restart does; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]
