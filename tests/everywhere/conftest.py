from datetime import UTC, datetime

import pytest
import time_machine

from tests.everywhere.worlds import Scene


@pytest.fixture
def scene(db):
    """A maker of scenes, in November 2026, where the tables' days are still to come."""
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        yield Scene
