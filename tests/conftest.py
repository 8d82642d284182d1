import io
import logging
import os
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

from tests import migrated

# No deadline, as a timed figure is never a test; no example folder in the checkout.
hypothesis_settings.register_profile("dutyboard", deadline=None, database=None)
hypothesis_settings.load_profile("dutyboard")

# The real algorithm at its lowest cost: hundreds of tests make people.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """SQLite tests use a file, not memory, so that a test's threads and child processes can open the same database."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"{os.environ['DUTYBOARD_VAR']}/test.sqlite3"
        # Nothing here outlives a power cut, so nothing waits for the disk.
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings) -> bool:
    """With the database of an earlier run in its place, there is none to create."""
    from django.db import connection

    if connection.vendor != "sqlite" or request.config.getvalue("create_db"):
        return request.config.getvalue("reuse_db")
    return migrated.copy_to(Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_keepdb, django_db_blocker):
    from django.db import connection

    if connection.vendor == "sqlite" and not django_db_keepdb:
        with django_db_blocker.unblock():
            migrated.keep(connection)


@pytest.fixture(autouse=True)
def nothing_counted():
    """What one test counted or kept in the cache is nothing to the next one in the same process."""
    from core import usage  # the apps are not loaded yet when pytest imports this file

    cache.clear()
    usage.counter.take()


@pytest.fixture
def log(monkeypatch):
    """What the project's own log handler writes."""
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", io.StringIO())
    return handler.stream
