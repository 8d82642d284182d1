"""What the doctor finds wrong with closes and community services."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Membership, Role
from scheduling.models import Close, CommunityService
from scheduling.services.closes import create_close, set_close_state
from scheduling.services.community_services import create_community_service
from tests.core.examining import examine, healthy_organization, only_finding, stand_alone
from tests.core.oauth_clients import make_organization, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    stand_alone(settings, tmp_path)


@pytest.fixture
def organization():
    return healthy_organization()


@pytest.fixture
def close(organization):
    student, closer = make_person("sam", organization), make_person("bruno", organization, Role.BASIC_STAFF)
    values = {"user": student, "closer": closer, "kind": Close.Kind.AGU, "reason": "Stole a lamp"}
    return create_close(organization, values)


def test_a_close_past_its_end(close):
    Close.objects.update(end_at=timezone.now() - timedelta(minutes=9))
    assert examine() == (0, [])
    Close.objects.update(end_at=timezone.now() - timedelta(minutes=11))
    assert "periodic" in only_finding("ended_closes", "error")["mend"]


def add_service(close, **values) -> CommunityService:
    return create_community_service(close.organization, {"duration": 7200, "close": close, **values})


def test_a_close_in_force_whose_services_are_all_dated(close):
    add_service(close, schedule_at=timezone.now() + timedelta(days=3))
    set_close_state(close.pk, Close.State.CLOSE)
    only_finding("dated_closes", "warning")
    add_service(close)
    assert examine() == (0, [])


def test_undated_services_on_an_unclosed_close_are_fine(close):
    set_close_state(close.pk, Close.State.UNCLOSE)
    add_service(close)
    assert examine() == (0, [])


def test_a_service_whose_close_is_of_another_organization(close):
    other = make_organization("Second")
    make_person("owen", other, Role.ADMINISTRATOR)
    service = add_service(close)
    CommunityService.objects.update(organization=other)
    assert f"(id {service.pk})" in only_finding("scheduling_organizations", "error")["what"]


def test_a_supervisor_who_is_staff_no_longer(close):
    add_service(close, supervisor=close.closer)
    assert examine() == (0, [])
    Membership.objects.filter(user=close.closer).update(role=Role.STUDENT)
    assert "supervisor" in only_finding("scheduling_members", "warning")["what"]


def test_a_student_who_left(close):
    Membership.objects.filter(user=close.user).delete()
    assert "no active member" in only_finding("scheduling_members", "warning")["what"]
