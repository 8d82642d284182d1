"""The day and the time of a community service in the back office, with and without the organization's hour."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Role
from scheduling.models import CommunityService, SchedulingSettings
from scheduling.rules import allowed_days
from scheduling.services.community_services import update_community_service
from tests import api
from tests.back_office import browser, close_of, errors_of, organization, person, sent_form, url

pytestmark = pytest.mark.django_db
MODEL = "scheduling_communityservice"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def staff(paris):
    return person("mara", Role.ADVANCED_STAFF, paris)


@pytest.fixture
def service(paris, staff):
    lea = person("lea", Role.STUDENT, paris)
    return close_of(lea, staff, paris, {"duration": 7200, "occupation": "Library"}).community_services.get()


@pytest.fixture
def at_seven(paris):
    return SchedulingSettings.objects.create(organization=paris, community_service_start="07:00")


def on(place, days: int, clock: str = "") -> dict:
    return {"schedule_at_0": f"{place.local_date() + timedelta(days=days)}", "schedule_at_1": clock}


def hour_of(service) -> str:
    service.refresh_from_db()
    return f"{timezone.localtime(service.schedule_at, service.organization.zone):%H:%M}"


def change(staff, service, sent: dict):
    client = browser(staff)
    address = url(MODEL, "change", service.pk)
    return client.post(address, sent_form(client, address) | sent)


@pytest.mark.parametrize("clock", ["", "07:00", "07:00:00"])
def test_a_day_alone_means_the_organizations_hour(staff, service, paris, at_seven, clock):
    assert change(staff, service, on(paris, 3, clock)).status_code == 302
    assert hour_of(service) == "07:00"


def test_a_new_service_needs_no_time_either(staff, paris, at_seven):
    client = browser(staff)
    form = sent_form(client, url(MODEL, "add")) | {"duration": "7200"} | on(paris, 3)
    assert client.post(url(MODEL, "add"), form).status_code == 302
    assert hour_of(CommunityService.objects.get()) == "07:00"


def test_the_hour_is_that_of_the_chosen_organization(staff, paris, at_seven):
    york = organization("New York", time_zone="America/New_York")
    SchedulingSettings.objects.create(organization=york, community_service_start="09:30")
    staff.memberships.create(organization=york, role=Role.BASIC_STAFF)
    client = browser(staff)
    page = client.get(url(MODEL, "add"))
    assert "The time may be left empty where the organization sets the hour." in page.content.decode()
    form = sent_form(client, url(MODEL, "add")) | {"duration": "7200", "organization": york.pk} | on(york, 3)
    assert client.post(url(MODEL, "add"), form).status_code == 302
    assert hour_of(CommunityService.objects.get()) == "09:30"


def test_another_hour_is_told_and_not_replaced_in_silence(staff, service, paris, at_seven):
    page = change(staff, service, on(paris, 3, "10:00"))
    sentence = "must be at 07:00, when community services start here; or leave the time empty"
    assert errors_of(page) == {"schedule_at": [sentence]}
    service.refresh_from_db()
    assert service.schedule_at is None


def test_where_no_hour_is_set_a_day_needs_its_time(staff, service, paris):
    assert errors_of(change(staff, service, on(paris, 3))) == {"schedule_at": ["must have a time"]}
    assert change(staff, service, on(paris, 3, "10:15")).status_code == 302
    assert hour_of(service) == "10:15"


def test_the_form_says_the_hour(staff, service, at_seven):
    page = browser(staff).get(url(MODEL, "change", service.pk)).content.decode()
    assert "Community services start at 07:00 here: the time may be left empty." in page


def test_a_date_that_nobody_touched_stays_whatever_the_hour_is_now(staff, service, paris):
    moment = timezone.now() + timedelta(days=3)
    update_community_service(service.pk, {"schedule_at": moment.replace(microsecond=123000)})
    SchedulingSettings.objects.create(organization=paris, community_service_start="07:00")
    service.refresh_from_db()
    assert change(staff, service, {"occupation": "Robotics lab"}).status_code == 302
    stored, before = CommunityService.objects.get(), service.schedule_at
    assert (stored.occupation, stored.schedule_at) == ("Robotics lab", before)


def test_a_program_may_send_a_date_back_as_it_read_it_whatever_the_hour_is_now(service, paris):
    program = api.program(paris)
    update_community_service(
        service.pk, {"schedule_at": (timezone.now() + timedelta(days=3)).replace(microsecond=123000)}
    )
    SchedulingSettings.objects.create(organization=paris, community_service_start="07:00")
    address = f"/v2/community_services/{service.pk}"
    read = program.get(address).json()["schedule_at"]
    sent = {"community_service": {"schedule_at": read, "occupation": "Robotics lab"}}
    assert program.patch(address, sent).status_code < 300
    assert program.get(address).json()["schedule_at"] == read


def test_the_form_of_a_service_that_is_past_can_still_be_saved(staff, service, at_seven):
    CommunityService.objects.update(schedule_at=timezone.now() - timedelta(days=3))
    assert change(staff, service, {"occupation": "Robotics lab"}).status_code == 302


def test_the_picker_offers_the_allowed_days_alone(staff, service, paris):
    page = browser(staff).get(url(MODEL, "change", service.pk)).content.decode()
    days = allowed_days(paris)
    assert re.search(rf'type="date" name="schedule_at_0"[^>]* min="{days[0]}" max="{days[-1]}"', page)
    assert days[0] == paris.local_date() + timedelta(days=1)
    assert "DateTimeShortcuts" not in page


def test_seconds_that_a_program_wrote_are_shown(staff, service):
    moment = (timezone.now() + timedelta(days=3)).replace(second=30)
    update_community_service(service.pk, {"schedule_at": moment})
    local = timezone.localtime(moment, service.organization.zone)
    assert f'value="{local:%H:%M}:30"' in browser(staff).get(url(MODEL, "change", service.pk)).content.decode()
