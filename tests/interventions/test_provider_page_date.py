"""The provider's page before and on the visit: the date is answered, the PIN begins it [contract 30]."""

import pytest
from django.test import Client

from core.models import OutboxMessage
from interventions.models import InterventionStatus
from interventions.services.pins import pin_of
from interventions.services.planning import update_intervention
from tests.intervention_factories import HOUR, START
from tests.interventions.provider_calls import enter_pin, look, path_of, press, sign, version_in
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db
S = InterventionStatus


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def proposed(register):
    return register.in_state(S.PROPOSED)


@pytest.fixture
def planned(register):
    return register.in_state(S.PLANNED)


# -- the date -----------------------------------------------------------------------------------------------


def test_the_provider_accepts_the_date_and_the_page_says_so(proposed):
    path = path_of(proposed)
    response = press(path, "accept", version=version_in(look(path)), comment="Before ten, please")
    assert (response.status_code, response["Location"]) == (302, path)
    proposed.refresh_from_db()
    assert proposed.status == S.PLANNED
    step = proposed.steps.last()
    assert (step.status, step.by, step.comment) == (S.PLANNED, "Lift Doctor (Lifts & Co)", "Before ten, please")
    record = proposed.history.first()
    assert (record.door, record.history_user_id, record.application_id) == ("provider", None, None)
    assert "This visit is planned." in look(path)


def test_the_provider_refuses_the_date_and_says_why(register, proposed):
    path = path_of(proposed)
    press(path, "refuse", version=version_in(look(path)), comment="Away all week")
    proposed.refresh_from_db()
    assert (proposed.status, proposed.decision_comment) == (S.REFUSED, "Away all week")
    text = look(path)
    assert "You refused this date." in text
    assert "Away all week" in text
    assert "<form" not in text
    assert OutboxMessage.objects.filter(kind="intervention_refused", address=register.mara.email).count() == 1


def test_without_a_reason_a_date_is_not_refused(proposed):
    response = press(path_of(proposed), "refuse", comment=" ")
    assert response.status_code == 422
    assert "Say why the date does not suit you." in response.content.decode()
    proposed.refresh_from_db()
    assert proposed.status == S.PROPOSED


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_a_comment_that_is_too_long_is_kept_for_another_try(proposed, act):
    response = press(path_of(proposed), act, comment="x" * 2501)
    assert response.status_code == 422
    text = response.content.decode()
    assert "is too long (maximum is 2500 characters)" in text
    assert "x" * 2501 in text


def test_a_date_that_was_changed_meanwhile_is_not_accepted_unseen(proposed):
    path = path_of(proposed)
    seen = version_in(look(path))
    update_intervention(proposed.pk, {"scheduled_start": START + 24 * HOUR, "scheduled_end": START + 25 * HOUR})
    response = press(path, "accept", version=seen)
    assert response.status_code == 409
    assert "This visit was changed in the meantime." in response.content.decode()
    assert "Wednesday 2 December 2026" in response.content.decode()
    proposed.refresh_from_db()
    assert proposed.status == S.PROPOSED


def test_to_accept_twice_is_to_accept_once(proposed):
    path = path_of(proposed)
    seen = version_in(look(path))
    for _ in range(2):
        assert press(path, "accept", version=seen).status_code == 302
    assert proposed.steps.filter(status=S.PLANNED).count() == 1


@pytest.mark.parametrize("version", ["", "x", "9" * 40, "٣"])
def test_a_version_that_is_none_is_no_failure(proposed, version):
    assert press(path_of(proposed), "accept", version=version).status_code in {302, 409}


@pytest.mark.parametrize("act", ["", "verify", "cancel", "accept", "refuse"])
def test_what_the_state_does_not_allow_is_not_done(planned, act):
    assert press(path_of(planned), act, comment="x").status_code == 302
    planned.refresh_from_db()
    assert planned.status == S.PLANNED


def test_a_browser_that_sends_no_referrer_and_no_cookie_can_accept(proposed):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_of(proposed), {"act": "accept"}, headers={"Origin": "null"}).status_code == 302
    proposed.refresh_from_db()
    assert proposed.status == S.PLANNED


# -- the PIN ------------------------------------------------------------------------------------------------


def test_the_pin_begins_the_visit(planned):
    path = path_of(planned)
    pin = str(pin_of(planned))
    assert press(path, "pin", pin=f" {pin[:3]} {pin[3:]} ").status_code == 302
    planned.refresh_from_db()
    assert planned.status == S.IN_PROGRESS
    assert planned.actual_start is not None
    assert "say below what was done, and sign" in look(path)


def test_a_wrong_pin_and_a_locked_one_are_told_in_the_same_words(planned):
    path = path_of(planned)
    wrong = [press(path, "pin", pin="000000") for _ in range(5)]
    locked = enter_pin(path, planned)
    assert {response.status_code for response in [*wrong, locked]} == {422}
    assert len({response.content for response in [*wrong, locked]}) == 1
    assert "This code is not right." in locked.content.decode()
    planned.refresh_from_db()
    assert planned.status == S.PLANNED


def test_who_wrote_a_wrong_pin_sees_none_of_it_again(planned):
    assert "918273" not in press(path_of(planned), "pin", pin="918273").content.decode()


def test_before_the_date_is_agreed_on_and_after_it_is_signed_the_pin_does_nothing(register):
    for status in (S.PROPOSED, S.EXECUTED):
        visit = register.in_state(status)
        assert enter_pin(path_of(visit), visit).status_code == 302
        visit.refresh_from_db()
        assert visit.status == status


def test_nothing_is_signed_before_the_pin(planned):
    assert sign(path_of(planned), planned).status_code == 302
    planned.refresh_from_db()
    assert (planned.status, planned.execution) == (S.PLANNED, None)


# -- what no browser sends ----------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_a_comment_that_no_database_holds_is_refused(proposed, act):
    assert press(path_of(proposed), act, comment="a\x00b").status_code == 422


@pytest.mark.parametrize("pin", ["", "x", "\x00", "٣" * 6, "9" * 5000, "-1", "1e5"])
def test_a_pin_that_is_none_is_a_wrong_one(planned, pin):
    assert press(path_of(planned), "pin", pin=pin).status_code == 422


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("&".join(f"a{number}=1" for number in range(1001)), "application/x-www-form-urlencoded"),
        (b"comment=" + b"x" * 10_000_000, "application/x-www-form-urlencoded"),
        ("act=accept", "application/x-www-form-urlencoded; charset=latin-1"),
        ("x", "multipart/form-data"),
    ],
    ids=["too many fields", "too large", "another codec", "no parts"],
)
def test_a_form_that_cannot_be_read_is_a_bad_request(proposed, body, kind):
    assert Client(raise_request_exception=False).post(path_of(proposed), body, content_type=kind).status_code == 400


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_what_is_no_form_does_nothing(proposed, kind):
    assert Client().post(path_of(proposed), '{"act": "accept"}', content_type=kind).status_code == 302
    proposed.refresh_from_db()
    assert proposed.status == S.PROPOSED


@pytest.mark.parametrize("typed", ["12345", "1234567", "12345O", "+12345", "１２３４５６", ""])
def test_what_is_no_code_at_all_costs_no_try(planned, typed):
    path = path_of(planned)
    mistyped = [press(path, "pin", pin=typed) for _ in range(6)]
    assert {response.status_code for response in mistyped} == {422}
    assert "The code has six digits." in mistyped[-1].content.decode()
    assert enter_pin(path, planned).status_code == 302
