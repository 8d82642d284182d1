"""ETag, If-None-Match and If-Match [contract 00]."""

import hashlib
import re

import pytest

from core.errors import StaleVersion
from scheduling.models import Close, CommunityService
from scheduling.services import closes, community_services
from tests import api
from tests.factories import make_close, make_community_service, make_organization

pytestmark = pytest.mark.django_db
CHANGE = {"community_service": {"duration": 60}}


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def staff(organization):
    return api.program(organization, roles=["advanced_staff"])


@pytest.fixture
def service(organization):
    return make_community_service(make_close(organization))


@pytest.fixture
def url(service):
    return f"/v2/community_services/{service.pk}"


def test_the_tag_is_the_version_and_the_hash_of_the_body(staff, url, service):
    response = staff.get(url)
    digest = hashlib.sha256(response.content).hexdigest()[:16]
    assert response["ETag"] == f'"{service.version}-{digest}"'


@pytest.mark.parametrize("path", ["/v2/community_services/{service}", "/v2/closes/{close}", "/v2/users/{user}"])
def test_every_single_resource_has_a_tag(staff, service, path):
    names = {"service": service.pk, "close": service.close_id, "user": service.close.user_id}
    assert re.fullmatch(r'"\d+-[0-9a-f]{16}"', staff.get(path.format(**names))["ETag"])


def test_a_creations_tag_is_that_of_the_following_get(staff):
    response = staff.post("/v2/community_services", {"community_service": {"duration": 60}})
    assert response["ETag"] == staff.get(response["Location"])["ETag"]


def test_the_version_grows_with_every_write_by_any_door(staff, url, service):
    assert staff.get(url)["ETag"].startswith('"1-')
    staff.patch(url, CHANGE)
    assert staff.get(url)["ETag"].startswith('"2-')
    service.refresh_from_db()
    service.save()
    assert staff.get(url)["ETag"].startswith('"3-')


# -- If-None-Match ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_what_the_client_has_already_is_not_sent_again(staff, url, header):
    tag = staff.get(url)["ETag"]
    response = staff.get(url, If_None_Match=header.format(tag=tag))
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("header", ['"1-0000000000000000"', '"1"', "1", "", "garbage"])
def test_another_tag_gets_the_whole(staff, url, header):
    assert staff.get(url, If_None_Match=header).status_code == 200


def test_a_changed_close_inside_a_service_changes_its_tag_though_not_its_version(staff, url, service):
    tag = staff.get(url)["ETag"]
    Close.objects.update(state=Close.State.UNCLOSE)
    response = staff.get(url, If_None_Match=tag)
    assert response.status_code == 200
    assert response["ETag"].split("-")[0] == tag.split("-")[0]


# -- If-Match -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["{tag}", '"x", {tag}', "*", '"1-anything"'])
def test_a_change_is_made_where_the_version_is_the_clients(staff, url, header):
    tag = staff.get(url)["ETag"]
    assert staff.patch(url, CHANGE, If_Match=header.format(tag=tag)).status_code == 204


def stale_calls(service):
    """Every call that changes one row."""
    row, close = f"/v2/community_services/{service.pk}", f"/v2/closes/{service.close_id}"
    return [
        ("PATCH", row, CHANGE),
        ("PUT", row, CHANGE),
        ("PUT", f"{row}/validate", None),
        ("PATCH", f"{row}/invalidate", None),
        ("DELETE", row, None),
        ("PATCH", close, {"close": {"reason": "x"}}),
        ("PUT", f"{close}/unclose", None),
        ("PATCH", f"{close}/close", None),
        ("DELETE", close, None),
    ]


@pytest.mark.parametrize("header", ['"2-0000000000000000"', 'W/"1-x"', '"1"', "garbage", ""])
def test_a_stale_or_foreign_tag_stops_every_change(staff, service, header):
    for method, path, body in stale_calls(service):
        response = staff.call(method, path, body, If_Match=header)
        assert (response.status_code, response.json()["error"]) == (412, "Precondition Failed")
    service.refresh_from_db()
    assert (service.version, service.state, service.duration) == (1, "schedule", 7200)


def test_every_service_compares_the_version_again_under_its_lock(service):
    """The view compares before the lock; another writer may come in between."""
    stale = {service.version + 1}
    calls = [
        lambda: community_services.update_community_service(service.pk, {"duration": 60}, stale),
        lambda: community_services.judge_community_service(service.pk, CommunityService.State.VALIDATED, stale),
        lambda: community_services.delete_community_service(service.pk, stale),
        lambda: closes.update_close(service.close_id, {"reason": "x"}, (), stale),
        lambda: closes.set_close_state(service.close_id, Close.State.UNCLOSE, stale),
        lambda: closes.delete_close(service.close_id, stale),
    ]
    for call in calls:
        with pytest.raises(StaleVersion):
            call()


def test_without_if_match_the_last_writer_wins(staff, url):
    for duration in (60, 120):
        assert staff.patch(url, {"community_service": {"duration": duration}}).status_code == 204
    assert staff.get(url).json()["duration"] == 120


def test_a_stale_tag_is_told_before_bad_fields(staff, url):
    bad = {"community_service": {"duration": 0}}
    assert staff.patch(url, bad, If_Match='"9-x"').status_code == 412
    assert staff.patch(url, bad).status_code == 422


def test_a_row_that_is_not_there_is_told_before_the_tag(staff):
    assert staff.patch("/v2/community_services/999999", CHANGE, If_Match='"9-x"').status_code == 404


def test_a_list_has_no_tag(staff, service):
    assert "ETag" not in staff.get("/v2/community_services")
