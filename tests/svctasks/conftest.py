import pytest

from core import service_scripts
from core.models import Role
from tests import api
from tests.factories import make_organization

SCOPES = ["svctasks:read", "svctasks:write"]


@pytest.fixture
def town(db):
    return make_organization("Town")


@pytest.fixture
def app(town):
    """A client program of the town's: no role, the scopes alone."""
    return api.program(town, roles=[], scopes=SCOPES)


@pytest.fixture
def reader(town):
    return api.program(town, roles=[Role.BASIC_STAFF], scopes=SCOPES[:1])


@pytest.fixture
def own_handlers(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(service_scripts, "_handlers", dict(service_scripts._handlers))
