"""Closes and community services: by the API, the back office, the student's page, service tasks and the purge."""

from datetime import date, datetime, timedelta

from django.test import Client

from core.links import sign_link
from core.models import Retention, Role
from scheduling.emails import CLOSE_LINK, LINK_LIFETIME, SERVICE_LINK
from scheduling.models import Close, CommunityService, Contest
from scheduling.rules import allowed_days
from scheduling.services.contests import contest_close
from tests import api
from tests.back_office import browser, press, url
from tests.core.purging import purge
from tests.factories import make_close, make_community_service, make_member, make_organization
from tests.scheduling.calls import CLOSES, SERVICES
from tests.scripts import run_script
from tests.webhooks.stories import story

SERVICE, CONTEST = "scheduling_communityservice", "scheduling_contest"
DAY = "2026-11-30 09:00 UTC"


class Campus:
    def __init__(self):
        self.place = make_organization("Paris")
        self.staff = api.program(self.place, roles=[Role.ADVANCED_STAFF])
        self.mara = make_member(self.place, Role.ADVANCED_STAFF)
        self.desk = browser(self.mara)
        self.close = make_close(self.place)

    def service(self, **fields) -> CommunityService:
        return make_community_service(self.close, **fields)

    def call(self, method: str, path: str, body: dict | None = None) -> None:
        response = self.staff.call(method, path, body)
        assert response.status_code < 300, response.content


def fill(campus: Campus, **fields) -> dict:
    return {"user_id": campus.close.user_id, "closer_id": campus.close.closer_id, "kind": "other", **fields}


@story("community_service.created")
def a_service_is_created_by_the_api():
    campus = Campus()
    yield
    campus.call("POST", SERVICES, {"community_service": {"duration": 7200}})


@story("community_service.created", "community_service.assigned")
def a_service_is_created_for_a_close():
    campus = Campus()
    yield
    campus.call("POST", SERVICES, {"community_service": {"duration": 7200, "close_id": campus.close.pk}})


@story("community_service.created", "close.unclosed", "community_service.assigned")
def a_service_is_created_with_its_date():
    campus = Campus()
    yield
    body = {"duration": 7200, "close_id": campus.close.pk, "schedule_at": DAY}
    campus.call("POST", SERVICES, {"community_service": body})


@story("community_service.scheduled")
def one_of_two_services_gets_a_date():
    campus = Campus()
    campus.service()
    service = campus.service()
    yield
    campus.call("PATCH", f"{SERVICES}/{service.pk}", {"community_service": {"schedule_at": DAY}})


@story("community_service.updated")
def a_service_is_changed_by_the_api():
    campus = Campus()
    service = campus.service()
    yield
    campus.call("PATCH", f"{SERVICES}/{service.pk}", {"community_service": {"occupation": "Mop"}})


@story("community_service.updated", "community_service.assigned")
def a_service_goes_to_the_close_of_another_student():
    campus = Campus()
    service, other = campus.service(), make_close(campus.place)
    yield
    campus.call("PATCH", f"{SERVICES}/{service.pk}", {"community_service": {"close_id": other.pk}})


@story("community_service.validated", "community_service.invalidated")
def a_service_is_judged_by_the_api_and_the_judgement_corrected():
    campus = Campus()
    service = campus.service()
    yield
    campus.call("PUT", f"{SERVICES}/{service.pk}/validate")
    campus.call("PUT", f"{SERVICES}/{service.pk}/validate")
    campus.call("PUT", f"{SERVICES}/{service.pk}/invalidate")


@story("community_service.validated", "community_service.validated")
def two_services_are_validated_in_the_list_of_the_back_office():
    campus = Campus()
    services = [campus.service(), campus.service()]
    yield
    sent = {"action": "validate", "_selected_action": [one.pk for one in services], "confirmed": "yes"}
    campus.desk.post(url(SERVICE, "changelist"), sent)


@story("community_service.invalidated", "community_service.created", "community_service.assigned")
def a_missed_service_is_made_up():
    campus = Campus()
    service = campus.service()
    yield
    press(campus.desk, SERVICE, service.pk, "make_up", reason="Overslept")


@story("community_service.deleted")
def a_service_is_deleted_by_the_api():
    campus = Campus()
    service = campus.service()
    yield
    campus.call("DELETE", f"{SERVICES}/{service.pk}")


@story("community_service.deleted")
def a_service_is_deleted_in_the_back_office():
    campus = Campus()
    service = campus.service()
    yield
    press(campus.desk, SERVICE, service.pk, "delete")


@story("community_service.scheduled", "close.unclosed")
def the_student_picks_a_day_on_his_page():
    campus = Campus()
    service = campus.service()
    path = f"/student/services/{sign_link(SERVICE_LINK, service.pk, service.link_version, LINK_LIFETIME)}"
    day: date = allowed_days(campus.place)[0]
    yield
    assert Client().post(path, {"day": day.isoformat()}).status_code == 302


@story("close.closed", "community_service.created", "community_service.assigned")
def an_account_is_closed_with_a_service():
    campus = Campus()
    nested = {"community_services_attributes": [{"duration": 7200}]}
    yield
    campus.call("POST", CLOSES, {"close": {**fill(campus, reason="Late"), **nested}})


@story("close.updated", "community_service.assigned")
def a_close_goes_to_another_student():
    campus = Campus()
    campus.service()
    student = make_member(campus.place)
    yield
    campus.call("PATCH", f"{CLOSES}/{campus.close.pk}", {"close": {"user_id": student.pk}})


@story("community_service.updated", "community_service.deleted")
def a_close_changes_its_services_alone():
    campus = Campus()
    changed, removed = campus.service(), campus.service()
    nested = [{"id": changed.pk, "occupation": "Mop"}, {"id": removed.pk, "_destroy": True}]
    yield
    campus.call("PATCH", f"{CLOSES}/{campus.close.pk}", {"close": {"community_services_attributes": nested}})


@story("close.unclosed", "close.closed")
def an_account_is_opened_and_closed_again_by_the_api():
    campus = Campus()
    yield
    campus.call("PUT", f"{CLOSES}/{campus.close.pk}/unclose")
    campus.call("PUT", f"{CLOSES}/{campus.close.pk}/unclose")
    campus.call("PUT", f"{CLOSES}/{campus.close.pk}/close")


@story("community_service.deleted", "community_service.deleted", "close.deleted")
def a_close_is_deleted_with_its_services():
    campus = Campus()
    campus.service(), campus.service()
    yield
    campus.call("DELETE", f"{CLOSES}/{campus.close.pk}")


@story("close.contested")
def the_student_contests_on_his_page():
    campus = Campus()
    token = sign_link(CLOSE_LINK, campus.close.pk, campus.close.user_id, LINK_LIFETIME)
    yield
    assert Client().post(f"/student/closes/{token}", {"text": "I was ill"}).status_code == 302


@story("close.unclosed")
def staff_accept_what_he_contested():
    campus = Campus()
    contest_close(campus.close, "I was ill")
    yield
    press(campus.desk, CONTEST, Contest.objects.get().pk, "accept", comment="Seen")


@story("close.unclosed", "close.unclosed")
def the_service_task_opens_what_has_ended():
    campus = Campus()
    ended = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
    for _ in range(2):
        make_close(campus.place, end_at=ended)
    make_close(campus.place, end_at=ended + timedelta(days=9))
    yield
    assert run_script("unclose_ended_closes", campus.place) == {"unclosed": 2}


@story()
def the_purge_tells_nobody_of_whom_it_forgets():
    campus = Campus()
    Retention.objects.create(organization=campus.place, kind="closes_and_services", days=30)
    old = datetime.fromisoformat("2020-01-01T09:00:00+00:00")
    Close.objects.update(state="unclose", created_at=old, end_at=old)
    yield
    assert purge()
