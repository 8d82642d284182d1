import pytest

from core.models import OutboxMessage, Role
from scheduling.models import Close, Contest
from scheduling.services.contests import contest_close
from tests.back_office import browser, close_of, messages_of, organization, person, press, url

pytestmark = pytest.mark.django_db
MODEL = "scheduling_contest"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def author(paris):
    return person("mara", Role.BASIC_STAFF, paris)


@pytest.fixture
def contest(paris, author):
    return contest_close(close_of(person("lea", Role.STUDENT, paris), author, paris), "I was ill.")


def test_another_member_of_staff_accepts_it_with_a_comment(contest, paris):
    ben = person("ben", Role.BASIC_STAFF, paris)
    press(browser(ben), MODEL, contest.pk, "accept", comment="Certificate seen.")
    contest.refresh_from_db()
    assert (contest.state, contest.decided_by, contest.comment) == (Contest.State.ACCEPTED, ben, "Certificate seen.")
    assert Close.objects.get().state == Close.State.UNCLOSE
    assert OutboxMessage.objects.filter(kind="contest_decided").count() == 1


def test_a_refusal_leaves_the_close(contest, paris):
    press(browser(person("ben", Role.BASIC_STAFF, paris)), MODEL, contest.pk, "refuse")
    assert Contest.objects.get().state == Contest.State.REFUSED
    assert Close.objects.get().state == Close.State.CLOSE


def test_the_author_of_the_close_does_not_decide(contest, author):
    client = browser(author)
    assert client.get(url(MODEL, "change", contest.pk)).context["row_actions"] == []
    report = press(client, MODEL, contest.pk, "accept")
    assert "must be another member of staff than the author of the close" in messages_of(report)
    assert Contest.objects.get().state == Contest.State.PENDING


def test_both_are_in_the_history(contest, paris):
    client = browser(person("ben", Role.BASIC_STAFF, paris))
    press(client, MODEL, contest.pk, "accept")
    assert "Accepted" in client.get(url(MODEL, "history", contest.pk)).content.decode()
    assert "Unclosed" in client.get(url("scheduling_close", "history", contest.close_id)).content.decode()


def test_the_text_is_not_staffs_to_edit(contest, paris):
    client = browser(person("ben", Role.ADMINISTRATOR, paris))
    assert client.post(url(MODEL, "change", contest.pk), {"text": "Forged"}).status_code == 403


def test_staff_who_were_closed_do_not_decide_on_themselves(author, paris):
    ben = person("ben", Role.BASIC_STAFF, paris)
    contest = contest_close(close_of(ben, author, paris), "I was ill.")
    client = browser(ben)
    assert client.get(url(MODEL, "change", contest.pk)).context["row_actions"] == []
    press(client, MODEL, contest.pk, "accept")
    assert Contest.objects.get().state == Contest.State.PENDING
