"""A connection that is kept between requests, and what became of it meanwhile."""

import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, close_old_connections, connection
from django.test import Client

from tests.servers import database_env

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """As in production: the connection outlives its request, and is looked at before the next one."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 300)
    connection.close()
    assert Client().get("/readyz").status_code == 200
    close_old_connections()
    yield
    connection.close()


def end_from_the_server(pid: int) -> None:
    with psycopg.connect(database_env()["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            time.sleep(0.01)


def test_one_that_the_server_ended_costs_no_request():
    ended = connection.connection.info.backend_pid
    end_from_the_server(ended)
    assert Client().get("/readyz").status_code == 200
    assert connection.connection.info.backend_pid != ended


def test_one_that_lives_is_used_again_and_asked_nothing():
    pid = connection.connection.info.backend_pid
    connection.connection.execute("SELECT 'the last statement'")
    close_old_connections()
    connection.cursor().close()
    assert connection.connection.info.backend_pid == pid
    with psycopg.connect(database_env()["DATABASE_URL"]) as other:
        asked = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()[0]
    assert asked == "SELECT 'the last statement'"


@pytest.mark.parametrize(
    "text", ["2026-03-29T01:30:00", "2026-01-01T00:00:00.000001", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"]
)
def test_an_instant_is_read_as_it_was_sent(text):
    sent = datetime.fromisoformat(text).replace(tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [sent])
        found = cursor.fetchone()[0]
    assert (found, found.tzinfo) == (sent, UTC)


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 BC", "10000-01-01"])
def test_an_instant_that_python_has_no_year_for_is_a_failure_of_the_data(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        with pytest.raises(DataError):
            cursor.fetchone()
