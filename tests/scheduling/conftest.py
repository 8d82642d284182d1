import pytest
import time_machine

from core.models import Role
from tests import api
from tests.factories import make_close, make_member, make_organization


@pytest.fixture
def noon():
    """The clock stands at the seed's date, 2017-11-22, at 12:00 UTC (13:00 in Paris)."""
    with time_machine.travel("2017-11-22T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def monday():
    """The clock goes on from eight in Paris on the Monday that begins the week of the jobs' plans."""
    with time_machine.travel("2026-11-23T07:00:00Z") as clock:
        yield clock


@pytest.fixture
def campus(noon):
    """In Europe/Paris, without a starting hour."""
    return make_organization("Paris")


@pytest.fixture
def student(campus):
    return make_member(campus)


@pytest.fixture
def tiger(campus):
    return make_member(campus, Role.BASIC_STAFF)


@pytest.fixture
def close(campus, student, tiger):
    return make_close(campus, student=student, closer=tiger)


@pytest.fixture
def staff(campus):
    """An application's own token with Basic staff."""
    return api.program(campus)


@pytest.fixture
def advanced(campus):
    return api.program(campus, roles=[Role.ADVANCED_STAFF])


@pytest.fixture
def fields(student, tiger):
    """A whole close as a client sends it."""
    return {"user_id": student.pk, "closer_id": tiger.pk, "kind": "other", "reason": "Connecticut giants"}
