import os
import subprocess
import sys

import pytest
import redis
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.scale import scaled
from tests.servers import ON_POSTGRES, database_env

COUNT_ROWS = """
import django; django.setup()
from django.contrib.contenttypes.models import ContentType
print(ContentType.objects.filter(app_label="seen_from_a_child").count())
"""


def test_the_run_is_on_the_database_it_names(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.vendor == ("postgresql" if ON_POSTGRES else "sqlite")
    assert "test" in str(connection.settings_dict["NAME"])


@pytest.mark.postgres
def test_extensions_that_the_constraints_need_are_there(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name IN ('btree_gist', 'pg_trgm')")
        assert len(cursor.fetchall()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_child_process_sees_the_tests_database():
    ContentType.objects.create(app_label="seen_from_a_child", model="row")
    done = subprocess.run(
        [sys.executable, "-c", COUNT_ROWS], env=database_env(), check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "1"


@pytest.mark.redis
def test_the_workers_redis_database_answers():
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()


@pytest.mark.parametrize(("soak", "expected"), [("1", 5000), ("", 500)])
def test_counts_are_whole_only_when_soaking(monkeypatch, soak, expected):
    monkeypatch.setenv("SOAK", soak)
    assert scaled(5000) == expected
    assert scaled(3) == (3 if soak else 1)
