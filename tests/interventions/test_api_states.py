"""Every step in every state: it moves as the contract's table says, or is a 409 that names the states that allow it;
and `actions` says beforehand which it will be."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interventions.models import InterventionStatus, InterventionStep
from tests.interventions.visits import (
    CANCELLED,
    CURATIVE,
    DRAFT,
    EXECUTED,
    IN_PROGRESS,
    MB,
    NEXT_DATES,
    PLANNED,
    PROPOSED,
    REFUSED,
    REJECTED,
    RS,
    VERIFIED,
    Visits,
    allowed,
    statement,
)

pytestmark = pytest.mark.django_db
STATES = dict(enumerate(InterventionStatus))
WAITING = [DRAFT, PROPOSED, PLANNED, REJECTED, REFUSED]
MAIL = {"email": "ada@example.org"}


def change(visits, visit, **body):
    return visits.staff.patch(f"{CURATIVE}/{visit.pk}", body)


def execute(visits, visit):
    return visits.provider_of(visit).patch(f"{MB}/execute", statement())


def mail(visits, visit, kind: str):
    return visits.staff.post(f"{RS}/{visit.pk}/emails/{kind}", MAIL)


# step: (call, the states that allow it, state → the one that follows where that is another)
STEPS = {
    "change": (lambda *of: change(*of, description="Ring twice"), WAITING, {}),
    "move": (lambda *of: change(*of, **NEXT_DATES), WAITING, {REJECTED: PLANNED}),
    "confirm": (
        lambda *of: change(*of, creationStatus=1, **NEXT_DATES),
        [DRAFT, REFUSED],
        {DRAFT: PLANNED, REFUSED: PLANNED},
    ),
    "propose": (
        lambda *of: change(*of, creationStatus=2, **NEXT_DATES),
        [DRAFT, REFUSED],
        {DRAFT: PROPOSED, REFUSED: PROPOSED},
    ),
    "execute": (execute, [IN_PROGRESS], {IN_PROGRESS: EXECUTED}),
    "accept": (lambda visits, visit: visits.verify(visit.pk, decision=1), [EXECUTED], {EXECUTED: VERIFIED}),
    "reject": (lambda visits, visit: visits.verify(visit.pk, decision=2), [EXECUTED], {EXECUTED: REJECTED}),
    "cancel": (
        lambda visits, visit: visits.cancel(visit.pk, cancellationReason="x"),
        WAITING,
        dict.fromkeys(WAITING, CANCELLED),
    ),
    "information": (lambda *of: mail(*of, "informations"), [PROPOSED, PLANNED, IN_PROGRESS], {}),
    "signature": (lambda *of: mail(*of, "signature"), [PROPOSED, PLANNED, IN_PROGRESS], {}),
    "follow up": (
        lambda visits, visit: visits.staff.post(f"{RS}/{visit.pk}/follow-up", {**NEXT_DATES, "creationStatus": 0}),
        [VERIFIED, CANCELLED],
        {},
    ),
    "report": (
        lambda visits, visit: visits.staff.get(f"{RS}/{visit.pk}/report"),
        [EXECUTED, VERIFIED, REJECTED],
        {},
    ),
}
# Steps that are changes too: where nothing can be changed, the states that allow a change are named.
CHANGES = dict.fromkeys(("confirm", "propose"), WAITING)
# The register's are to agree from the beginning: to say it again is no step, what comes with it is a change.
NO_STEPS = {("propose", PROPOSED), ("propose", PLANNED), ("propose", REJECTED)}
# What the caller is let do by `actions` → the step.
FLAGS = {
    "canBeUpdated": "change",
    "canBeDeleted": "cancel",
    "canBeExecuted": "execute",
    "canBeVerified": "accept",
    "canSendSignatureEmail": "signature",
    "canSendInformationEmail": "information",
    "canSendToProvider": "propose",
}


@pytest.fixture
def visits():
    return Visits()


def take(visits, step: str, state: int):
    """The visit, the answer to the step in this state, and how many steps its timeline has more."""
    visit = visits.in_state(STATES[state])
    steps = InterventionStep.objects.filter(intervention=visit).count()
    response = STEPS[step][0](visits, visit)
    visit.refresh_from_db()
    return visit, response, InterventionStep.objects.filter(intervention=visit).count() - steps


@pytest.mark.parametrize("state", STATES, ids=list(InterventionStatus.values))
def test_a_step_moves_as_the_table_says_or_names_the_states_that_allow_it(visits, state):
    for step, (_, sources, targets) in STEPS.items():
        if (step, state) in NO_STEPS:
            continue
        visit, response, new_steps = take(visits, step, state)
        if state in sources and not (step == "follow up" and state == VERIFIED):
            assert response.status_code < 300, (step, response.content)
        elif state not in sources:
            assert sorted(allowed(response)) == (CHANGES.get(step, sources) if state not in WAITING else sources)
        expected = targets.get(state, state) if state in sources else state
        assert visit.status == STATES[expected], step
        assert new_steps == (expected != state), step


def test_a_follow_up_needs_something_that_was_left_open(visits):
    """Of a verified one whose anomalies are all resolved there is nothing to follow."""
    _, response, _ = take(visits, "follow up", VERIFIED)
    assert [one["path"] for one in response.json()["errors"]] == ["anomalyIds"]
    assert response.status_code == 422


def promised(visits, pk: int, *, caller: str = "staff") -> dict[str, bool]:
    return getattr(visits, caller).get(f"{RS}/{pk}").json()["data"]["actions"]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(state=st.sampled_from(list(STATES)), flag=st.sampled_from(list(FLAGS)))
def test_actions_tell_beforehand_what_happens(visits, state, flag):
    visit = visits.in_state(STATES[state])
    promise = promised(visits, visit.pk)[flag]
    assert visits.listed_one(visit.pk)["actions"][flag] == promise
    response = STEPS[FLAGS[flag]][0](visits, visit)
    if (FLAGS[flag], state) in NO_STEPS:
        return
    assert (response.status_code < 300) == promise, (state, flag, response.content)


def test_actions_are_the_callers_own(visits):
    visit = visits.in_state(InterventionStatus.EXECUTED)
    assert promised(visits, visit.pk)["canBeVerified"]
    assert not promised(visits, visit.pk, caller="basic")["canBeVerified"]
    visits.reader = visits.caller(visits.mara, app=None, scopes=["interventions:read"])
    assert not any(promised(visits, visit.pk, caller="reader").values())
    begun = visits.in_state(InterventionStatus.IN_PROGRESS)
    visits.on_site = visits.provider_of(begun)
    found = promised(visits, begun.pk, caller="on_site")
    assert [name for name, is_open in found.items() if is_open] == ["canBeExecuted"]


def test_who_executed_it_does_not_verify_it_and_is_not_told_that_he_could(visits):
    own = {"assigned_company_contact": None, "assigned_user": visits.mara, "creation_status": "confirmed"}
    visit = visits.curative(**own)
    visits.begin(visit.pk)
    visits.execute(visit.pk)
    assert not promised(visits, visit.pk)["canBeVerified"]
    response = visits.verify(visit.pk, decision=1)
    assert response.status_code == 422
    assert [one["path"] for one in response.json()["errors"]] == ["decision"]


def test_a_draft_without_a_provider_cannot_be_sent_to_one(visits):
    pk = visits.create(creationStatus=0)["id"]
    assert not promised(visits, pk)["canSendToProvider"]
    response = visits.staff.patch(f"{CURATIVE}/{pk}", {"creationStatus": 2})
    assert [one["path"] for one in response.json()["errors"]] == ["assignedCompanyContactId"]
