"""The buttons of a form: for the row as the page showed it, and refused by the services' own sentences."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.context import acting
from core.errors import StateConflict
from core.models import Role, User
from scheduling.models import Close, CommunityService, Contest
from scheduling.services import closes, community_services, contests
from tests.back_office import browser, close_of, messages_of, organization, person, press, url

pytestmark = pytest.mark.django_db
CLOSE, SERVICE, CONTEST = "scheduling_close", "scheduling_communityservice", "scheduling_contest"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def mara(paris):
    return person("mara", Role.ADVANCED_STAFF, paris)


@pytest.fixture
def ben(paris):
    return person("ben", Role.BASIC_STAFF, paris)


@pytest.fixture
def close(paris, ben):
    return close_of(person("lea", Role.STUDENT, paris), ben, paris, {"duration": 7200, "occupation": "Library"})


@pytest.fixture
def service(close):
    return close.community_services.get()


@pytest.fixture
def contest(close):
    return contests.contest_close(close, "I was ill.")


def count_of_everything() -> list:
    """What each row's history holds: no deed leaves it as it was."""
    return [model.history.count() for model in (Close, CommunityService, Contest)]


# name: model, button, what is posted with it
BUTTONS = {
    "unclose": (CLOSE, "unclose", {}),
    "delete the close": (CLOSE, "delete", {}),
    "validate": (SERVICE, "validate", {}),
    "invalidate": (SERVICE, "invalidate", {}),
    "make up": (SERVICE, "make_up", {"reason": "Overslept"}),
    "resend": (SERVICE, "resend", {}),
    "delete the service": (SERVICE, "delete", {}),
    "accept": (CONTEST, "accept", {"comment": "Seen."}),
    "refuse": (CONTEST, "refuse", {"comment": "Not enough."}),
}
LABELS = {CLOSE: "Reason", SERVICE: "Occupation", CONTEST: "Objection"}


@pytest.fixture
def saved_by_ben(ben, close, service, contest):
    """A colleague saves each of the three rows after mara opened them; gives (the row, its new text) by model."""
    with acting(door="admin", user_id=ben.pk):
        rows = {
            CLOSE: (closes.update_close(close.pk, {"reason": "Smoke"}), "Smoke"),
            SERVICE: (community_services.update_community_service(service.pk, {"occupation": "Lab"}), "Lab"),
            CONTEST: (Contest.objects.get().changed(text="I was away."), "I was away."),
        }
        rows[CONTEST][0].save()
    return rows


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_of_an_old_page_does_nothing_and_shows_what_a_colleague_saved(mara, saved_by_ben, name):
    model, button, sent = BUTTONS[name]
    row, text = saved_by_ben[model]
    before = count_of_everything()
    client = browser(mara)
    page = press(client, model, row.pk, button, version=1, **sent)
    assert count_of_everything() == before
    assert messages_of(page) == ""
    overtaken = page.context["overtaken"]
    assert "ben saved this at" in overtaken.sentence()
    assert (LABELS[model], text) in [(change.label, change.after) for change in overtaken.changes]
    assert f"<ins>{text}</ins>" in page.content.decode()
    # Whoever has seen the difference may press again: the page is for what is saved now.
    assert f'name="version" value="{row.version}"' in page.content.decode()
    press(client, model, row.pk, button, version=row.version, **sent)
    assert count_of_everything() != before or button == "resend"


def test_what_was_typed_is_kept_when_a_colleague_was_faster(mara, saved_by_ben, service):
    page = press(browser(mara), SERVICE, service.pk, "make_up", version=1, reason="Overslept")
    assert page.context["form"]["reason"].value() == "Overslept"


def test_a_colleagues_judgement_is_shown_before_it_is_judged_again(mara, ben, service):
    with acting(door="admin", user_id=ben.pk):
        community_services.judge_community_service(service.pk, CommunityService.State.VALIDATED)
    page = press(browser(mara), SERVICE, service.pk, "validate", version=1)
    (change,) = page.context["overtaken"].changes
    assert (change.label, change.before, change.after) == ("State", "Scheduled", "Validated")
    assert "will be skipped: is already validated" in page.content.decode()


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 30, "-1"])
def test_a_button_without_its_version_is_of_an_old_page(mara, service, version):
    client = browser(mara)
    page = client.post(url(SERVICE, "do", service.pk, "validate"), {"version": version})
    assert page.context["overtaken"] is not None
    client.post(url(SERVICE, "delete", service.pk), {"post": "yes", "version": version})
    assert CommunityService.objects.get().state == CommunityService.State.SCHEDULE


def test_a_question_opened_from_an_old_page_shows_the_difference_before_it_is_answered(mara, saved_by_ben, service):
    client = browser(mara)
    for page in (url(SERVICE, "do", service.pk, "make_up"), url(SERVICE, "delete", service.pk)):
        assert client.get(f"{page}?version=1").context["overtaken"] is not None
        assert not client.get(f"{page}?version=2").context["overtaken"]


def test_the_forms_buttons_and_links_name_the_version_that_it_shows(mara, saved_by_ben, service):
    page = browser(mara).get(url(SERVICE, "change", service.pk)).content.decode()
    assert page.count('name="version" value="2"') == 4  # the form, validate, invalidate, send again
    assert f"{url(SERVICE, 'do', service.pk, 'make_up')}?version=2" in page
    assert f"{url(SERVICE, 'delete', service.pk)}?version=2" in page


def test_a_list_acts_on_the_rows_as_they_are(mara, saved_by_ben, service):
    sent = {"action": "validate", "_selected_action": [service.pk], "confirmed": "yes"}
    report = browser(mara).post(url(SERVICE, "changelist"), sent, follow=True)
    assert "Validate: 1 done" in messages_of(report)


def settled(service, **values):
    CommunityService.objects.filter(pk=service.pk).update(**values)


# What stands in the way: (model, button, how it comes about, the service, what it is called with).
OBSTACLES = {
    "judged already": (
        *(SERVICE, "validate", lambda service: settled(service, state="validated")),
        lambda service, user: community_services.resend_assignment(service.pk),
    ),
    "validated, so not missed": (
        *(SERVICE, "make_up", lambda service: settled(service, state="validated")),
        lambda service, user: community_services.make_up(service.pk, "Overslept"),
    ),
    "made up already": (
        *(SERVICE, "make_up", lambda service: community_services.make_up(service.pk, "Overslept")),
        lambda service, user: community_services.make_up(service.pk, "Again"),
    ),
    "nobody to tell": (
        *(SERVICE, "resend", lambda service: settled(service, close=None)),
        lambda service, user: community_services.resend_assignment(service.pk),
    ),
    "ended": (
        CLOSE,
        "close",
        lambda service: Close.objects.update(state="unclose", end_at=timezone.now() - timedelta(days=1)),
        lambda service, user: closes.set_close_state(service.close_id, Close.State.CLOSE),
    ),
    "own close": (
        *(CONTEST, "accept", lambda service: Close.objects.update(closer=User.objects.get(login="mara"))),
        lambda service, user: contests.decide_contest(Contest.objects.get().pk, user, True),
    ),
    "decided already": (
        *(CONTEST, "refuse", lambda service: Contest.objects.update(state="accepted")),
        lambda service, user: contests.decide_contest(Contest.objects.get().pk, user, False),
    ),
}


def sentence_of_the_service(call) -> str:
    with pytest.raises((StateConflict, ValidationError)) as refusal:
        call()
    error = refusal.value
    return str(error) if isinstance(error, StateConflict) else " ".join(error.messages)


@pytest.mark.parametrize("name", OBSTACLES)
def test_button_confirmation_and_report_say_the_services_own_sentence(mara, service, contest, name):
    model, button, prepare, call = OBSTACLES[name]
    prepare(service)
    sentence = sentence_of_the_service(lambda: call(service, mara))
    pk = {CLOSE: service.close_id, SERVICE: service.pk, CONTEST: contest.pk}[model]
    client = browser(mara)
    offered = [entry["url"] for entry in client.get(url(model, "change", pk)).context["row_actions"]]
    assert url(model, "do", pk, button) not in offered
    chosen = {"action": button, "_selected_action": [pk]}
    (listed,) = client.post(url(model, "changelist"), chosen).context["listed"]
    assert sentence in listed["why_not"]
    values = {"reason": "Again", "comment": ""}
    assert sentence in messages_of(press(client, model, pk, button, **values))
    report = client.post(url(model, "changelist"), chosen | values | {"confirmed": "yes"}, follow=True)
    assert sentence in messages_of(report)


def test_a_refusal_names_the_field_that_it_is_about(mara, service):
    Close.objects.update(state="unclose", end_at=timezone.now() - timedelta(days=1))
    page = press(browser(mara), CLOSE, service.close_id, "close")
    assert "Ends: must be in the future" in messages_of(page)


def why_not(user, model: str, pk: int) -> dict:
    page = browser(user).get(url(model, "change", pk))
    told = {str(one["label"]): one["why_not"] for one in page.context["closed_actions"]}
    assert all(f"not possible: {reason}" in page.content.decode() for reason in told.values())
    return told


def test_a_button_that_a_rule_takes_away_leaves_its_reason(mara, ben, service, contest):
    assert why_not(mara, CLOSE, service.close_id) == {}
    Close.objects.update(state="unclose", end_at=timezone.now() - timedelta(days=1))
    assert why_not(mara, CLOSE, service.close_id) == {"Close again": "Ends: must be in the future"}
    own = "Decided by: must be another member of staff than the author of the close"
    assert why_not(ben, CONTEST, contest.pk) == {"Accept": own, "Refuse": own}
    assert why_not(mara, CONTEST, contest.pk) == {}


def test_many_rows_are_confirmed_with_a_fixed_number_of_queries(mara, paris, close, django_assert_max_num_queries):
    rows = [close.community_services.create(organization=paris, duration=60) for _ in range(20)]
    chosen = {"action": "make_up", "_selected_action": [row.pk for row in rows]}
    client = browser(mara)
    with django_assert_max_num_queries(15):
        assert len(client.post(url(SERVICE, "changelist"), chosen).context["listed"]) == 20
