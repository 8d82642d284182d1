"""A student objects to a close once, another decides; a missed service is made up for [contract 10]."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from core.context import acting
from core.errors import StaleVersion, StateConflict
from core.links import sign_link
from core.mail import drain
from core.models import OutboxMessage, Role
from scheduling.emails import CLOSE_LINK, LINK_LIFETIME
from scheduling.models import Close, CommunityService, Contest
from scheduling.services.community_services import make_up
from scheduling.services.contests import contest_close, decide_contest
from tests.factories import make_close, make_community_service, make_member, make_organization, make_person
from tests.scheduling.calls import refused, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def judge(campus):
    """Another member of staff than the close's author."""
    return make_member(campus, Role.BASIC_STAFF)


@pytest.fixture
def contest(close):
    return contest_close(close, "I was ill")


def code(error: pytest.ExceptionInfo) -> dict[str, str]:
    return {name: found[0].code for name, found in error.value.error_dict.items()}


# -- the student's page -------------------------------------------------------------------------------------


def path(close, lifetime=LINK_LIFETIME, user_id=None) -> str:
    return f"/student/closes/{sign_link(CLOSE_LINK, close.pk, user_id or close.user_id, lifetime)}"


def test_the_student_contests_from_his_page(close, student):
    assert Client().get(path(close)).status_code == 200
    assert Contest.objects.count() == 0, "looking is not contesting"
    response = Client().post(path(close), {"text": " I was ill \n"})
    assert (response.status_code, response["Location"]) == (302, path(close))
    contest = Contest.objects.get()
    assert (contest.close, contest.text, contest.state) == (close, "I was ill", "pending")
    record = contest.history.get()
    assert (record.door, record.history_user_id) == ("student", student.pk)


def test_the_second_contest_shows_the_first(close):
    Client().post(path(close), {"text": "I was ill"})
    response = Client().post(path(close), {"text": "And my dog too"})
    assert response.status_code == 302
    text = Client().get(path(close)).content.decode()
    assert "I was ill" in text
    assert "my dog" not in text
    assert "<form" not in text
    assert Contest.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 5001])
def test_a_contest_says_why_and_not_too_long(close, text):
    response = Client().post(path(close), {"text": text})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert Contest.objects.count() == 0


def test_a_dead_link_contests_nothing(close):
    other = make_member(close.organization)
    for dead in (path(close, timedelta(seconds=-1)), path(close, user_id=other.pk), path(close)[:-1]):
        assert Client().post(dead, {"text": "x"}).status_code == 404
    assert Contest.objects.count() == 0


def test_the_link_ends_when_the_close_goes_to_another_student(close):
    old = path(close)
    close.changed(user=make_member(close.organization)).save()
    assert Client().get(old).status_code == 404


# -- the decision -------------------------------------------------------------------------------------------


def test_an_accepted_contest_uncloses_and_tells_the_student(contest, close, judge, student):
    with acting(door="admin", user_id=judge.pk):
        decide_contest(contest.pk, judge, accept=True, comment=" Certificate seen ")
    contest.refresh_from_db()
    assert (contest.state, contest.decided_by, contest.comment) == ("accepted", judge, "Certificate seen")
    assert contest.decided_at is not None
    assert Close.objects.get().state == "unclose"
    assert list(OutboxMessage.objects.values_list("kind", "recipient_id")) == [("contest_decided", student.pk)]
    assert close.history.first().history_user_id == contest.history.first().history_user_id == judge.pk


def test_a_refused_contest_leaves_the_close_and_tells_the_student(contest, judge):
    decide_contest(contest.pk, judge, accept=False)
    contest.refresh_from_db()
    assert contest.state == "refused"
    assert Close.objects.get().state == "close"
    assert OutboxMessage.objects.get().kind == "contest_decided"


def test_the_author_of_the_close_does_not_decide(contest, tiger):
    with pytest.raises(ValidationError) as error:
        decide_contest(contest.pk, tiger, accept=True)
    assert code(error) == {"decided_by": "own_close"}
    assert Contest.objects.get().state == "pending"


def test_a_superuser_who_is_the_author_does_not_decide_either(contest, close):
    author = make_person(is_superuser=True)
    close.changed(closer=author).save()
    with pytest.raises(ValidationError) as error:
        decide_contest(contest.pk, author, accept=True)
    assert code(error) == {"decided_by": "own_close"}


def test_only_staff_of_the_organization_decide(contest, campus):
    foreign = make_member(make_organization(), Role.ADMINISTRATOR)
    for person, expected in ((make_member(campus), "not_staff"), (foreign, "must_exist")):
        with pytest.raises(ValidationError) as error:
            decide_contest(contest.pk, person, accept=True)
        assert code(error) == {"decided_by": expected}


def test_what_is_decided_stays_decided(contest, judge):
    decide_contest(contest.pk, judge, accept=False)
    with pytest.raises(StateConflict) as error:
        decide_contest(contest.pk, judge, accept=True)
    assert error.value.allowed == ["pending"]
    assert OutboxMessage.objects.count() == 1


def test_a_decision_on_what_has_changed_since_is_refused(contest, judge):
    with pytest.raises(StaleVersion):
        decide_contest(contest.pk, judge, accept=True, versions={contest.version + 1})


# -- make up ------------------------------------------------------------------------------------------------


@pytest.fixture
def missed(close, tiger):
    return make_community_service(close, supervisor=tiger, duration=14400)


def test_the_next_service_is_linked_and_the_missed_one_invalidated(missed, student):
    new = make_up(missed.pk, " Did not come ")
    missed.refresh_from_db()
    assert missed.state == "invalidated"
    assert (new.makes_up, new.make_up_reason, new.state, new.schedule_at) == (missed, "Did not come", "schedule", None)
    for name in ("duration", "occupation", "close", "supervisor", "organization"):
        assert getattr(new, name) == getattr(missed, name)
    assert told() == [student.pk]


def test_a_missed_service_is_made_up_once(missed):
    make_up(missed.pk, "Did not come")
    with pytest.raises(StateConflict):
        make_up(missed.pk, "Did not come")
    assert CommunityService.objects.count() == 2


def test_a_validated_service_was_not_missed(missed):
    missed.changed(state="validated").save()
    with pytest.raises(StateConflict) as error:
        make_up(missed.pk, "Did not come")
    assert error.value.allowed == ["schedule", "invalidated"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_given_or_nothing_happens(missed, reason):
    with pytest.raises(ValidationError) as error:
        make_up(missed.pk, reason)
    assert code(error) == {"reason": "required"}
    missed.refresh_from_db()
    assert (missed.state, OutboxMessage.objects.count()) == ("schedule", 0)


def test_too_long_a_reason_is_refused_and_nothing_happens(missed):
    with pytest.raises(ValidationError):
        make_up(missed.pk, "x" * 256)
    missed.refresh_from_db()
    assert (missed.state, CommunityService.objects.count()) == ("schedule", 1)


def test_misses_are_counted_along_the_chain(missed):
    second = make_up(missed.pk, "Did not come")
    third = make_up(second.pk, "Did not come again")
    chain = CommunityService.objects.filter(close=missed.close, state="invalidated")
    assert chain.count() == 2
    assert third.makes_up.makes_up == missed


# -- what a contest holds still ---------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["user_id", "closer_id"])
def test_a_contested_close_changes_neither_its_student_nor_its_author(staff, campus, close, contest, field):
    other = make_member(campus, Role.BASIC_STAFF)
    response = staff.patch(f"/v2/closes/{close.pk}", {"close": {field: other.pk}})
    assert refused(response) == {field: ["cannot be changed: the close was contested"]}
    assert staff.patch(f"/v2/closes/{close.pk}", {"close": {"reason": "Noise"}}).status_code == 204


def test_a_closed_member_of_staff_does_not_decide_his_own_contest(campus, tiger):
    closed = make_member(campus, Role.BASIC_STAFF)
    contest = contest_close(make_close(campus, student=closed, closer=tiger), "I was ill")
    with pytest.raises(ValidationError) as error:
        decide_contest(contest.pk, closed, accept=True)
    assert code(error) == {"decided_by": "own_close"}


def test_a_make_up_whose_missed_service_is_deleted_says_so_in_its_history(advanced, close, judge):
    missed = make_community_service(close)
    later = make_up(missed.pk, "Was ill")
    assert advanced.delete(f"/v2/community_services/{missed.pk}").status_code == 204
    later.refresh_from_db()
    assert (later.makes_up, later.version) == (None, 2)
    assert later.history.first().makes_up_id is None


def test_the_mail_of_a_make_up_says_that_it_is_one_and_why(close, mailoutbox):
    make_up(make_community_service(close).pk, "Overslept")
    drain()
    assert "It makes up for a missed one: Overslept" in mailoutbox[-1].body


def test_misses_are_counted_for_their_student_alone(close, campus):
    make_up(make_community_service(close).pk, "Overslept")
    other = make_community_service(make_close(campus))
    counted = dict(CommunityService.objects.with_misses().values_list("close__user", "misses"))
    assert counted == {close.user_id: 1, other.close.user_id: 0}
