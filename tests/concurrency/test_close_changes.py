"""Writers of one close at once, in real connections: each gets an answer that is true."""

import threading

import pytest
from django.db import connection

from core.models import Role
from scheduling.models import CommunityService
from tests import api
from tests.factories import make_close, make_community_service, make_member, make_organization
from tests.scale import scaled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]
ROUNDS = scaled(200)


def together(*actions) -> list[int]:
    """Every action ROUNDS times, each in a thread of its own; the statuses that came."""
    statuses: list[int] = []

    def repeat(action):
        try:
            statuses.extend(action(number).status_code for number in range(ROUNDS))
        finally:
            connection.close()

    threads = [threading.Thread(target=repeat, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_services_are_assigned_while_their_close_goes_from_student_to_student():
    campus = make_organization()
    students = [make_member(campus) for _ in range(3)]
    close = make_close(campus, student=students[0], closer=make_member(campus, Role.BASIC_STAFF))
    service = make_community_service(close)
    staff = api.program(campus)

    def hand_over(number):
        body = {"close": {"user_id": students[number % 3].pk}}
        return api.Caller(staff.token).patch(f"/v2/closes/{close.pk}", body)

    def assign(number):
        body = {"community_service": {"duration": 60, "close_id": close.pk}}
        return api.Caller(staff.token).post("/v2/community_services", body)

    def judge(number):
        verdict = "validate" if number % 2 else "invalidate"
        return api.Caller(staff.token).put(f"/v2/community_services/{service.pk}/{verdict}")

    assert set(together(hand_over, assign, judge)) <= {201, 204}
    assert CommunityService.objects.filter(close=close).count() == ROUNDS + 1


def test_of_those_who_write_what_they_read_one_wins_and_the_others_are_told_that_it_is_stale():
    campus = make_organization()
    close = make_close(campus)
    staff = api.program(campus)
    tag = staff.get(f"/v2/closes/{close.pk}")["ETag"]
    barrier = threading.Barrier(6)
    statuses: list[int] = []

    def write(number):
        try:
            barrier.wait()
            body = {"close": {"reason": f"Reason {number}"}}
            answer = api.Caller(staff.token).patch(f"/v2/closes/{close.pk}", body, If_Match=tag)
            statuses.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204, 412, 412, 412, 412, 412]
