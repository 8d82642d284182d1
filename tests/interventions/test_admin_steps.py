"""The buttons of an intervention's page: those that its state allows, and what each does."""

import pytest

from core.models import OutboxMessage
from interventions.models import Intervention, InterventionAnomaly, InterventionStatus
from interventions.services.pins import pin_of
from interventions.states import TRANSITIONS, Action
from tests.back_office import messages_of, press, url
from tests.interventions.desk import INTERVENTION, Desk, on_page
from tests.interventions.register import anomaly_states

pytestmark = pytest.mark.django_db
S = InterventionStatus
SEND, CONFIRM = "Send to the provider", "Confirm the date"
MAILS, CANCEL = ["E-mail the details", "E-mail the signing link"], "Cancel the intervention"
BUTTONS = {
    S.DRAFT: [SEND, CONFIRM, CANCEL],
    S.PROPOSED: [*MAILS, CANCEL],
    S.PLANNED: [*MAILS, CANCEL],
    S.IN_PROGRESS: MAILS,
    S.EXECUTED: ["Accept the work", "Reject the work"],
    S.VERIFIED: ["Archive"],
    S.REJECTED: ["Plan again", CANCEL],
    S.REFUSED: [SEND, CONFIRM, CANCEL],
    S.CANCELLED: ["Make a follow-up", "Archive"],
}
PRESSED = (Action.PROPOSE, Action.CONFIRM, Action.REPLAN, Action.CANCEL, Action.ARCHIVE)
FORBIDDEN = [(action, status) for action in PRESSED for status in S if status not in TRANSITIONS[action].sources]
NEXT_WEEK = on_page("2026-12-08 09:00", "2026-12-08 10:00")


@pytest.fixture
def desk():
    return Desk()


def status_of(visit: Intervention) -> str:
    return Intervention.objects.get(pk=visit.pk).status


def last_mail() -> tuple[str, str]:
    message = OutboxMessage.objects.latest("pk")
    return message.kind, message.address


# -- which ones ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(S))
def test_the_buttons_are_those_that_the_state_allows(desk, status):
    assert desk.buttons(desk.in_state(status)) == BUTTONS[status]


def test_no_state_is_left_out():
    assert set(BUTTONS) == set(S)


@pytest.mark.parametrize(("action", "status"), FORBIDDEN)
def test_a_button_that_is_pressed_all_the_same_changes_nothing(desk, status, action):
    visit = desk.in_state(status)
    told = desk.do(visit, action.value, reason="", **NEXT_WEEK)
    assert "0 done" in told
    assert "this is for interventions that are:" in told
    assert status_of(visit) == status


def test_without_a_provider_there_is_nobody_to_send_it_to(desk):
    visit = desk.in_state(S.DRAFT, assigned_company_contact=None)
    assert SEND not in desk.buttons(visit)


def test_basic_staff_do_all_but_verify(desk):
    bruno = desk.as_bruno()
    assert desk.buttons(desk.in_state(S.EXECUTED), bruno) == []
    visit = desk.in_state(S.DRAFT)
    assert desk.do(visit, "propose", bruno) == "Send to the provider: 1 done"
    done = desk.in_state(S.EXECUTED)
    assert bruno.post(url(INTERVENTION, "do", done.pk, "accept"), {"comment": ""}).status_code == 403


# -- what each does -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "status"), [("propose", S.PROPOSED), ("confirm", S.PLANNED)])
def test_a_draft_is_sent_or_confirmed_and_the_provider_is_told(desk, name, status):
    visit = desk.in_state(S.DRAFT)
    assert desk.do(visit, name).endswith(": 1 done")
    assert status_of(visit) == status
    assert last_mail() == ("intervention_assigned", desk.provider.email)


def test_several_drafts_are_sent_at_once(desk):
    visits = [desk.in_state(S.DRAFT), desk.in_state(S.PLANNED), desk.in_state(S.DRAFT)]
    sent = {"action": "propose", "_selected_action": [visit.pk for visit in visits], "confirmed": "yes"}
    told = messages_of(desk.client.post(url(INTERVENTION, "changelist"), sent, follow=True))
    assert told.startswith("Send to the provider: 2 done; 1 skipped:")


def test_one_that_was_refused_is_sent_again_with_a_new_date(desk):
    visit = desk.in_state(S.REFUSED)
    form = desk.client.get(url(INTERVENTION, "do", visit.pk, "propose")).content.decode()
    assert 'value="2026-12-01T10:00"' in form, "by the town's clock"
    same = on_page("2026-12-01 10:00", "2026-12-01 11:00")
    assert "must be a new date: the provider refused this one" in desk.do(visit, "propose", **same)
    assert desk.do(visit, "propose", **NEXT_WEEK).endswith(": 1 done")
    assert status_of(visit) == S.PROPOSED


def test_what_was_rejected_is_planned_again_under_a_new_pin(desk):
    visit = desk.in_state(S.REJECTED)
    before = pin_of(visit)
    assert desk.do(visit, "replan", **NEXT_WEEK) == "Plan again: 1 done"
    visit.refresh_from_db()
    assert (visit.status, visit.execution) == (S.PLANNED, None)
    assert pin_of(visit) not in (before, None)


def test_a_cancelled_one_tells_why_and_frees_its_anomalies(desk):
    visit = desk.in_state(S.PLANNED)
    desk.do(visit, "cancel", reason="Building closed")
    visit.refresh_from_db()
    assert (visit.status, visit.cancellation_reason, anomaly_states(visit)) == (
        *("cancelled", "Building closed"),
        ["open"],
    )
    assert last_mail() == ("intervention_cancelled", desk.provider.email)
    assert "Building closed" in desk.page(visit)


def test_an_archived_one_has_no_more_buttons(desk):
    visit = desk.in_state(S.VERIFIED)
    assert desk.do(visit, "archive") == "Archive: 1 done"
    assert desk.buttons(visit) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("send_information", "intervention_information"), ("send_signature", "intervention_signature")],
)
def test_an_e_mail_goes_to_whom_staff_says(desk, name, kind):
    visit = desk.in_state(S.PLANNED)
    form = desk.client.get(url(INTERVENTION, "do", visit.pk, name)).context["form"]
    assert form["email"].value() == desk.provider.email
    asked = press(desk.client, INTERVENTION, visit.pk, name, email="nobody")
    assert list(asked.context["form"].errors) == ["email"]
    desk.do(visit, name, email="caretaker@example.org")
    assert last_mail() == (kind, "caretaker@example.org")


def test_what_was_left_open_is_followed_up(desk):
    visit = desk.in_state(S.EXECUTED)
    InterventionAnomaly.objects.filter(intervention=visit).update(provider_action="not_done")
    desk.verify(visit.pk)
    assert desk.do(visit, "follow_up", creation_status="draft", **NEXT_WEEK) == "Make a follow-up: 1 done"
    after = Intervention.objects.get(follows=visit)
    assert (after.status, after.created_by, after.assigned_company_contact) == (S.DRAFT, desk.mara, desk.provider)
    assert [link.anomaly for link in after.links.all()] == [link.anomaly for link in visit.links.all()]


def test_a_button_pressed_on_an_older_page_does_nothing(desk):
    visit = desk.in_state(S.PLANNED)
    seen = visit.version
    desk.do(visit, "send_information", email="a@example.org")
    visit.refresh_from_db()
    visit.changed(description="Take the keys").save()
    answer = press(desk.client, INTERVENTION, visit.pk, "cancel", version=seen, reason="")
    assert "so nothing was done" in answer.content.decode()
    assert status_of(visit) == S.PLANNED


# -- verifying ----------------------------------------------------------------------------------------------


def executed(desk: Desk, *titles: str) -> Intervention:
    return desk.in_state(S.EXECUTED, *(desk.anomaly(title) for title in titles))


def verdict(visit: Intervention, **differing) -> dict:
    """Of each anomaly; `differing`: (decision, comment) by title."""
    sent = {"comment": "Seen"}
    for link in visit.links.select_related("anomaly"):
        decision, comment = differing.get(link.anomaly.title, ("accepted", ""))
        sent |= {f"decision_{link.anomaly_id}": decision, f"comment_{link.anomaly_id}": comment}
    return sent


def test_accepted_work_resolves_each_anomaly_unless_that_one_is_refused(desk):
    visit = executed(desk, "Door", "Lift")
    assert desk.do(visit, "accept", **verdict(visit, Lift=("refused", "Still stuck"))) == "Accept the work: 1 done"
    visit.refresh_from_db()
    assert (visit.status, visit.verified_by, visit.decision_comment) == (S.VERIFIED, desk.mara, "Seen")
    assert anomaly_states(visit) == ["resolved", "open"]
    assert [link.client_decision_comment for link in visit.links.order_by("anomaly_id")] == ["Seen", "Still stuck"]


def test_rejected_work_waits_to_be_planned_again(desk):
    visit = executed(desk, "Door")
    desk.do(visit, "reject", **verdict(visit, Door=("refused", "")))
    assert status_of(visit) == S.REJECTED
    assert anomaly_states(visit) == ["to_review"]


def test_the_page_of_the_verdict_shows_what_was_signed(desk):
    visit = executed(desk, "Door")
    page = desk.client.get(url(INTERVENTION, "do", visit.pk, "reject"))
    text = page.content.decode()
    for told in ("Jean Petit", "Replaced the hinge", "Hinge replaced", "Signature of Jean Petit"):
        assert told in text
    assert page.context["form"][f"decision_{visit.links.get().anomaly_id}"].value() == "refused"


def test_whoever_did_the_work_is_told_why_somebody_else_must_verify_it(desk):
    visit = desk.curative(assigned_company_contact=None, assigned_user=desk.mara, creation_status="confirmed")
    desk.begin(visit.pk)
    desk.execute(visit.pk)
    page = desk.client.get(url(INTERVENTION, "change", visit.pk))
    assert page.context["row_actions"] == []
    reason = "must be taken by somebody else than who executed it"
    assert [one["why_not"] for one in page.context["closed_actions"]] == [f"{reason}"] * 2
    assert reason in desk.do(visit, "accept", **verdict(visit))
    assert status_of(visit) == S.EXECUTED
