"""What the purge anonymises of old closes and services, and what it leaves alone."""

import pytest

from core.context import acting
from core.models import Organization, OutboxMessage, Retention, Role, User
from core.people import PLACEHOLDER_LOGIN
from core.retention import decide
from scheduling.models import Close, CommunityService, Contest
from scheduling.services.closes import create_close, delete_close, set_close_state
from scheduling.services.community_services import create_community_service, judge_community_service
from scheduling.services.contests import contest_close, decide_contest
from tests.core.oauth_clients import make_organization, make_person
from tests.core.purging import NOTHING, ago, purge, purge_twice
from tests.scripts import run_script

pytestmark = pytest.mark.django_db
SECRETS = ("Stole a lamp", "Wash the cat", "It was not me", "Was heard")


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def keeping(organization):
    """An organization that keeps a year."""
    decide(organization, {"closes_and_services": 365})
    return organization


@pytest.fixture
def people(organization):
    staff = [make_person(login, organization, Role.BASIC_STAFF) for login in ("bruno", "ines")]
    return [make_person("sam", organization), *staff]


def make_case(organization: Organization, people: list[User]) -> Close:
    """A close with a judged service and a decided contest, as students and staff make it."""
    student, closer, decider = people
    values = {"user": student, "closer": closer, "kind": Close.Kind.AGU, "reason": "Stole a lamp"}
    close = create_close(organization, values)
    service = create_community_service(organization, {"duration": 7200, "occupation": "Wash the cat", "close": close})
    judge_community_service(service.pk, CommunityService.State.VALIDATED)
    with acting(door="student", user_id=student.pk):
        contest = contest_close(close, "It was not me")
    decide_contest(contest.pk, decider, True, "Was heard")
    return close


def age(days: int) -> None:
    """All that there is was last written that long ago."""
    for model in (Close, CommunityService, Contest):
        model.objects.update(updated_at=ago(days=days), created_at=ago(days=days))
        model.history.update(history_date=ago(days=days), updated_at=ago(days=days))


def said() -> str:
    """All that the database says of closes, services, contests and their messages."""
    models = (Close, CommunityService, Contest)
    rows = [list(source.values()) for model in models for source in (model.objects.all(), model.history.all())]
    return str([*rows, list(OutboxMessage.objects.values())])


def test_an_old_case_is_anonymised_with_all_its_traces(keeping, people):
    close = make_case(keeping, people)
    OutboxMessage.objects.update(subject="Stole a lamp", text="Wash the cat", error="to sam@example.org")
    age(366)
    purge_twice(anonymised_closes=1, anonymised_community_services=1)
    close.refresh_from_db()
    assert close.user.login == PLACEHOLDER_LOGIN
    text = said()
    assert not [secret for secret in (*SECRETS, "sam@example.org") if secret in text]
    assert not Close.history.filter(user=people[0]).exists()
    for model in (Close, CommunityService, Contest):
        assert not model.history.filter(history_user=people[0]).exists()
    assert not OutboxMessage.objects.filter(recipient=people[0]).exists()


def test_what_is_not_about_the_student_stays(keeping, people):
    close = make_case(keeping, people)
    age(366)
    purge()
    close.refresh_from_db()
    assert (close.closer, close.kind, close.state) == (people[1], Close.Kind.AGU, Close.State.UNCLOSE)
    assert CommunityService.objects.get().state == CommunityService.State.VALIDATED
    assert Contest.objects.get().decided_by == people[2]
    assert set(close.history.values_list("history_type", flat=True)) == {"+", "~"}


def test_the_purge_itself_is_in_the_history(keeping, people):
    close = make_case(keeping, people)
    age(366)
    version = Close.objects.get().version
    purge()
    close.refresh_from_db()
    assert close.version == version + 1
    assert close.history.first().door == "command"


def test_a_waiting_message_is_not_sent_any_more(keeping, people):
    make_case(keeping, people)
    age(366)
    purge()
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"cancelled"}


def test_a_person_of_that_login_is_nobodys_placeholder(keeping, people):
    namesake = make_person(PLACEHOLDER_LOGIN, keeping)
    close = make_case(keeping, people)
    age(366)
    purge()
    close.refresh_from_db()
    assert close.user != namesake
    assert not close.user.is_active
    assert purge() == {"dry_run": False, **NOTHING}


def test_the_service_task_does_it_for_its_own_organization(keeping, people):
    close = make_case(keeping, people)
    age(366)
    assert run_script("purge_archived", keeping) == {"anonymised_closes": 1, "anonymised_community_services": 1}
    close.refresh_from_db()
    assert close.user.login == PLACEHOLDER_LOGIN
    assert run_script("purge_archived", keeping) == {}


def test_the_placeholder_is_one_and_nobody(keeping, people):
    for _ in range(2):
        make_case(keeping, people)
    age(366)
    purge()
    nobody = User.objects.get(login=PLACEHOLDER_LOGIN)
    assert not nobody.is_active
    assert not nobody.has_usable_password()
    assert not nobody.memberships.exists()
    assert Close.objects.filter(user=nobody).count() == 2


def test_younger_cases_stay(keeping, people):
    make_case(keeping, people)
    age(364)
    purge_twice()
    assert "Stole a lamp" in said()


def test_without_a_retention_all_is_kept(organization, people):
    assert not Retention.objects.exists()
    make_case(organization, people)
    age(5000)
    purge_twice()


def test_another_organization_keeps_as_long_as_it_says(keeping, people):
    other = make_organization("Second")
    decide(other, {"closes_and_services": 3650})
    elsewhere = [make_person("owen", other), *(make_person(name, other, Role.BASIC_STAFF) for name in ("olga", "otto"))]
    make_case(keeping, people)
    kept = make_case(other, elsewhere)
    age(366)
    purge_twice(anonymised_closes=1, anonymised_community_services=1)
    kept.refresh_from_db()
    assert kept.user.login == "owen"


def test_a_close_in_force_keeps_its_student(keeping, people):
    close = make_case(keeping, people)
    set_close_state(close.pk, Close.State.CLOSE)
    age(366)
    purge_twice(anonymised_community_services=1)
    close.refresh_from_db()
    assert (close.user.login, close.reason) == ("sam", "Stole a lamp")


def test_a_young_service_keeps_its_close(keeping, people):
    close = make_case(keeping, people)
    age(366)
    create_community_service(keeping, {"duration": 7200, "occupation": "Wash the dog", "close": close})
    purge_twice(anonymised_community_services=1)
    close.refresh_from_db()
    assert close.user.login == "sam"


def test_a_young_contest_keeps_its_close(keeping, people):
    make_case(keeping, people)
    age(366)
    Contest.objects.update(updated_at=ago(days=3))
    purge_twice(anonymised_community_services=1)


def test_a_service_anonymised_before_its_close_does_not_keep_it(keeping, people):
    close = make_case(keeping, people)
    set_close_state(close.pk, Close.State.CLOSE)
    age(366)
    purge()
    set_close_state(close.pk, Close.State.UNCLOSE)
    Close.objects.update(updated_at=ago(days=366))
    purge_twice(anonymised_closes=1)


def test_a_service_without_a_close(keeping, people):
    create_community_service(keeping, {"duration": 7200, "occupation": "Wash the cat"})
    age(366)
    purge_twice(anonymised_community_services=1)


def test_what_is_still_to_be_done_stays(keeping, people):
    values = {"user": people[0], "closer": people[1], "kind": Close.Kind.AGU, "reason": "Stole a lamp"}
    close = create_close(keeping, values)
    create_community_service(keeping, {"duration": 7200, "occupation": "Wash the cat", "close": close})
    age(366)
    purge_twice()


def test_the_history_of_deleted_rows(keeping, people):
    delete_close(make_case(keeping, people).pk)
    age(366)
    OutboxMessage.objects.update(created_at=ago(days=3))
    purge_twice(anonymised_deleted_rows=3)
    text = said()
    assert not [secret for secret in (*SECRETS, "sam@example.org") if secret in text]
    assert not Close.history.filter(user=people[0]).exists()
