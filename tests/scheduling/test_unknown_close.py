"""The close that a service names is read under its lock; a bad one is still told with all else that is wrong."""

import pytest

from scheduling.models import CommunityService
from tests.api import program
from tests.factories import make_close, make_community_service, make_organization

pytestmark = pytest.mark.django_db
URL = "/v2/community_services"
YESTERDAY = "2017-11-21 12:00:00 UTC"


@pytest.fixture
def campus():
    return make_organization()


@pytest.fixture(params=["no close", "a close elsewhere"])
def bad_close_id(request):
    return 2**40 if request.param == "no close" else make_close(make_organization()).pk


@pytest.mark.parametrize("duration", [7200, "long"])
def test_a_create_tells_of_it_and_of_the_date(campus, bad_close_id, duration):
    values = {"duration": duration, "close_id": bad_close_id, "schedule_at": YESTERDAY}
    response = program(campus).post(URL, {"community_service": values})
    assert response.status_code == 422
    assert {"close_id", "schedule_at"} <= response.json()["errors"].keys()
    assert response.json()["errors"]["close_id"] == ["must exist"]
    assert CommunityService.objects.count() == 0


@pytest.mark.parametrize("occupation", ["Mop", "x" * 256])
def test_so_does_a_change(campus, bad_close_id, occupation):
    close = make_close(campus)
    service = make_community_service(close)
    values = {"occupation": occupation, "close_id": bad_close_id, "schedule_at": YESTERDAY}
    response = program(campus).patch(f"{URL}/{service.pk}", {"community_service": values})
    assert response.status_code == 422
    assert {"close_id", "schedule_at"} <= response.json()["errors"].keys()
    service.refresh_from_db()
    assert service.close == close
