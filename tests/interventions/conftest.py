from datetime import UTC, datetime

import pytest
import time_machine

# Before the visits of tests.intervention_factories, in their year: pages leave out this year's number.
NOVEMBER = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def november():
    """For what depends on whether a visit is still to come."""
    with time_machine.travel(NOVEMBER):
        yield
