"""When a close is unclosed: by a date, by its end, by staff, and by nothing else [contract 10]."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.models import OutboxMessage
from scheduling.models import Close, CommunityService
from scheduling.services.community_services import pick_day
from tests.factories import make_close, make_community_service, make_organization
from tests.scheduling.calls import CLOSES, SERVICES, create_service
from tests.scripts import run_script

pytestmark = pytest.mark.django_db
DAY = "2017-11-27 09:00 UTC"
MOMENT = datetime(2017, 11, 27, 9, tzinfo=UTC)


def unclose_ended(organization) -> int:
    return run_script("unclose_ended_closes", organization)["unclosed"]


def state(close) -> str:
    return Close.objects.get(pk=close.pk).state


def give_date(caller, service, value: str | None = DAY):
    response = caller.patch(f"{SERVICES}/{service.pk}", {"community_service": {"schedule_at": value}})
    assert response.status_code == 204, response.content


def test_the_last_service_without_a_date_gets_one(staff, close):
    first, second = make_community_service(close), make_community_service(close)
    give_date(staff, first)
    assert state(close) == "close", "the second has none yet"
    give_date(staff, second)
    assert state(close) == "unclose"


def test_a_service_made_with_its_date_uncloses(staff, close):
    answer = create_service(staff, close_id=close.pk, schedule_at=DAY).json()
    assert answer["close"]["state"] == "unclose", "the answer shows the state after"
    assert state(close) == "unclose"


def test_a_service_made_without_a_date_does_not(staff, close):
    create_service(staff, close_id=close.pk)
    assert state(close) == "close"


def test_a_service_made_with_its_date_beside_one_without_does_not(staff, close):
    make_community_service(close)
    answer = create_service(staff, close_id=close.pk, schedule_at=DAY).json()
    assert answer["close"]["state"] == state(close) == "close"


def test_the_students_choice_uncloses(close, noon):
    service = make_community_service(close)
    pick_day(service.pk, service.link_version, date(2017, 11, 27))
    assert state(close) == "unclose"


@pytest.mark.parametrize("judged", ["validated", "invalidated"])
def test_a_service_that_was_judged_is_not_waited_for(staff, close, judged):
    make_community_service(close, state=judged)
    give_date(staff, make_community_service(close))
    assert state(close) == "unclose"


def test_the_services_of_another_close_are_not_waited_for(staff, campus, close, student):
    make_community_service(make_close(campus, student=student))
    give_date(staff, make_community_service(close))
    assert state(close) == "unclose"


def test_deleting_the_one_without_a_date_changes_no_close(staff, advanced, close):
    give_date(staff, make_community_service(close))
    Close.objects.update(state="close")
    make_community_service(close, schedule_at=MOMENT)
    undated = make_community_service(close)
    assert advanced.delete(f"{SERVICES}/{undated.pk}").status_code == 204
    assert state(close) == "close"


def test_moving_a_service_changes_no_close(staff, campus, close, student):
    dated = make_community_service(close, schedule_at=MOMENT)
    target = make_close(campus, student=student)
    response = staff.patch(f"{SERVICES}/{dated.pk}", {"community_service": {"close_id": target.pk}})
    assert response.status_code == 204
    assert (state(close), state(target)) == ("close", "close")


def test_taking_the_date_away_closes_nothing_again(staff, close):
    service = make_community_service(close)
    give_date(staff, service)
    give_date(staff, service, None)
    assert state(close) == "unclose"


def test_a_close_without_services_waits_for_staff(staff, close):
    assert unclose_ended(close.organization) == 0
    assert state(close) == "close"
    assert staff.put(f"{CLOSES}/{close.pk}/unclose").status_code == 204
    assert state(close) == "unclose"


def test_a_date_does_not_close_what_staff_unclosed(staff, close):
    Close.objects.update(state="unclose")
    give_date(staff, make_community_service(close))
    assert (state(close), close.history.count()) == ("unclose", 1)


# -- end_at -------------------------------------------------------------------------------------------------


def test_the_periodic_task_uncloses_what_has_ended_and_nothing_else(campus, noon):
    ended = [make_close(campus, end_at=datetime(2017, 11, 22, hour, tzinfo=UTC)) for hour in (11, 12)]
    later = make_close(campus, end_at=datetime(2017, 11, 22, 12, 0, 1, tzinfo=UTC))
    never = make_close(campus)
    elsewhere = make_close(make_organization(), end_at=datetime(2017, 11, 1, tzinfo=UTC))
    assert unclose_ended(campus) == 2
    assert [state(close) for close in (*ended, later, never, elsewhere)] == ["unclose"] * 2 + ["close"] * 3
    noon.shift(timedelta(seconds=1))
    assert unclose_ended(campus) == 1
    assert state(later) == "unclose"


def test_the_task_again_changes_nothing(campus, noon):
    close = make_close(campus, end_at=datetime(2017, 11, 22, 11, tzinfo=UTC))
    assert [unclose_ended(campus) for _ in range(2)] == [1, 0]
    assert close.history.count() == 2


def test_the_end_is_reached_though_services_are_without_a_date(campus, noon):
    close = make_close(campus, end_at=datetime(2017, 11, 22, 11, tzinfo=UTC))
    make_community_service(close)
    unclose_ended(campus)
    assert state(close) == "unclose"
    assert CommunityService.objects.filter(schedule_at=None).count() == 1


def test_an_unclose_mails_nobody(campus, noon):
    make_close(campus, end_at=datetime(2017, 11, 22, 11, tzinfo=UTC))
    unclose_ended(campus)
    assert OutboxMessage.objects.count() == 0


def test_a_student_with_two_closes_stays_closed_by_the_other(staff, campus, close, student):
    second = make_close(campus, student=student)
    give_date(staff, make_community_service(close))
    assert (state(close), state(second)) == ("unclose", "close")
