from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, transaction

from tests.everywhere.worlds import WORLDS, Scene

# The tables' days are still to come then.
NOVEMBER = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="package")
def worlds(django_db_setup, django_db_blocker):
    """Dialect → its world, once a test asked for it; making one takes three times as long as a test in it.

    In a transaction that is undone after this folder's last test.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield {}
        transaction.set_rollback(True)


@pytest.fixture
def db(worlds):
    """Within that transaction, in place of the plugin's own, which closes the connection: a savepoint for each test."""
    with transaction.atomic():
        yield
        # As a commit would.
        connection.check_constraints()
        transaction.set_rollback(True)


@pytest.fixture
def world(worlds, operation):
    """That of the operation's dialect; it stays for the tests that follow."""
    if operation.dialect not in worlds:
        with time_machine.travel(NOVEMBER, tick=False):
            worlds[operation.dialect] = WORLDS[operation.dialect]()
    return worlds[operation.dialect]


@pytest.fixture
def scene(world, db):
    """A maker of scenes."""
    with time_machine.travel(NOVEMBER, tick=False):
        yield lambda operation: Scene(operation, world)
