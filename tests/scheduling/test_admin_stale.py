import pytest

from core.context import acting
from core.models import Role
from scheduling.services.closes import update_close
from scheduling.services.community_services import update_community_service
from tests.back_office import browser, close_of, messages_of, organization, person, sent_form, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def mara(paris):
    return person("mara", Role.BASIC_STAFF, paris)


@pytest.fixture
def ben(paris):
    return person("ben", Role.BASIC_STAFF, paris)


@pytest.fixture
def service(paris, ben):
    student = person("lea", Role.STUDENT, paris)
    return close_of(student, ben, paris, {"duration": 7200, "occupation": "Library"}).community_services.get()


def opened(client, service) -> tuple[str, dict]:
    address = url("scheduling_communityservice", "change", service.pk)
    return address, sent_form(client, address)


def saved_by(user, service, **values):
    with acting(door="admin", user_id=user.pk):
        update_community_service(service.pk, values)


def test_a_colleagues_newer_save_is_not_overwritten_and_the_difference_is_shown(mara, ben, service):
    client = browser(mara)
    address, form = opened(client, service)
    saved_by(ben, service, occupation="Robotics lab")
    response = client.post(address, form | {"occupation": "Front desk"})
    service.refresh_from_db()
    assert service.occupation == "Robotics lab"
    assert messages_of(response) == ""
    (row,) = response.context["collision"].differences
    assert (row.before, row.theirs, row.yours) == ("Library", "Robotics lab", "Front desk")
    page = response.content.decode()
    assert "ben saved this at" in page
    assert "<ins>Robotics lab</ins>" in page


def test_saving_again_after_looking_is_a_decision(mara, ben, service):
    client = browser(mara)
    address, form = opened(client, service)
    saved_by(ben, service, occupation="Robotics lab")
    again = client.post(address, form | {"occupation": "Front desk"}).context["adminform"].form
    assert again["version"].value() == "2"
    response = client.post(address, form | {"occupation": "Front desk", "version": "2"}, follow=True)
    assert "was changed successfully" in messages_of(response)
    service.refresh_from_db()
    assert service.occupation == "Front desk"


def test_what_only_the_colleague_changed_is_taken_over(mara, ben, service):
    client = browser(mara)
    address, form = opened(client, service)
    saved_by(ben, service, duration=14400)
    response = client.post(address, form | {"occupation": "Front desk"})
    shown = response.context["adminform"].form
    assert shown["duration"].value() == "14400"
    assert shown["occupation"].value() == "Front desk"
    (row,) = response.context["collision"].differences
    assert not row.is_clash


def test_a_date_that_the_colleague_gave_is_taken_over(mara, ben, service):
    from datetime import timedelta

    from django.utils import timezone

    client = browser(mara)
    address, form = opened(client, service)
    saved_by(ben, service, schedule_at=timezone.now() + timedelta(days=3))
    response = client.post(address, form)
    service.refresh_from_db()
    local = timezone.localtime(service.schedule_at, service.organization.zone)
    assert f'value="{local:%Y-%m-%d}"' in response.content.decode()


def test_a_form_without_its_version_is_stale(mara, service):
    client = browser(mara)
    address, form = opened(client, service)
    response = client.post(address, form | {"version": "", "occupation": "Front desk"})
    assert response.context["collision"] is not None
    service.refresh_from_db()
    assert service.occupation == "Library"


def test_a_stale_close_does_not_touch_its_services(mara, ben, service):
    client = browser(mara)
    address = url("scheduling_close", "change", service.close_id)
    form = sent_form(client, address)
    update_close(service.close_id, {"reason": "Another"})
    response = client.post(address, form | {"community_services-0-occupation": "Changed"})
    assert response.context["collision"].differences[0].theirs == "Another"
    service.refresh_from_db()
    assert service.occupation == "Library"


def test_two_people_at_once_do_not_overwrite_each_others_nested_service(mara, ben, service):
    address = url("scheduling_close", "change", service.close_id)
    first, second = browser(mara), browser(ben)
    seen = [sent_form(client, address) for client in (first, second)]
    assert first.post(address, seen[0] | {"community_services-0-occupation": "First"}).status_code == 302
    refused = second.post(address, seen[1] | {"community_services-0-occupation": "Second"})
    assert refused.context["collision"].who == "mara"
    service.refresh_from_db()
    assert service.occupation == "First"
