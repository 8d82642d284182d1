"""What each step of an intervention's life leaves behind."""

import pytest

from core.errors import StateConflict
from core.models import OutboxMessage
from interventions.models import AnomalyStatus, InterventionAnomaly, InterventionStatus
from interventions.rules import AnomaliesHeld
from interventions.services.pins import WrongPin, begin_with_pin, pin_of
from interventions.services.planning import update_intervention
from scheduling.models import BusyInterval
from tests.intervention_factories import HOUR, START
from tests.interventions.register import Register, anomaly_states

pytestmark = pytest.mark.django_db
S, A = InterventionStatus, AnomalyStatus
STATES = {
    S.DRAFT: A.PLANNED,
    S.PROPOSED: A.PLANNED,
    S.PLANNED: A.PLANNED,
    S.IN_PROGRESS: A.PLANNED,
    S.EXECUTED: A.TO_REVIEW,
    S.VERIFIED: A.RESOLVED,
    S.REJECTED: A.TO_REVIEW,
    S.REFUSED: A.PLANNED,
    S.CANCELLED: A.OPEN,
}


@pytest.fixture
def register():
    return Register()


@pytest.mark.parametrize(("status", "anomaly"), STATES.items())
def test_anomalies_follow_their_intervention(register, status, anomaly):
    assert anomaly_states(register.in_state(status)) == [anomaly]


def test_what_was_not_done_is_open_again_once_it_is_verified(register):
    visit = register.in_state(S.IN_PROGRESS)
    register.execute(visit.pk, InterventionAnomaly.ProviderAction.NOT_DONE)
    register.verify(visit.pk)
    assert anomaly_states(visit) == [A.OPEN]


def test_an_open_intervention_holds_its_anomalies(register):
    anomaly = register.anomaly()
    visit = register.curative(anomaly)
    with pytest.raises(AnomaliesHeld) as refused:
        register.curative(anomaly)
    assert refused.value.ids == [anomaly.pk]
    register.cancel(visit.pk)
    register.curative(anomaly)


def test_a_rejected_visit_is_planned_anew_by_new_dates_with_another_pin(register):
    visit = register.in_state(S.REJECTED)
    pin = pin_of(visit)
    visit = update_intervention(visit.pk, {"scheduled_end": START + 2 * HOUR})
    visit.refresh_from_db()
    assert (visit.status, visit.execution, visit.actual_start) == (S.PLANNED, None, None)
    assert pin_of(visit) not in {pin, None}
    assert visit.executions.get().provider_name == "Jean Petit"
    assert anomaly_states(visit) == [A.PLANNED]


def test_five_wrong_pins_lock_the_page_even_for_the_right_one(register):
    visit = register.in_state(S.PLANNED)
    for _ in range(5):
        with pytest.raises(WrongPin):
            begin_with_pin(visit.pk, 0)
    with pytest.raises(WrongPin):
        begin_with_pin(visit.pk, pin_of(visit))


def test_what_nobody_outside_makes_takes_the_time_of_who_makes_it(register):
    visit = register.curative(assigned_company_contact=None, assigned_user=register.bruno, creation_status="confirmed")
    busy = BusyInterval.objects.of("intervention", visit.pk).get()
    assert (busy.start, busy.end, busy.resource.user, busy.is_hard) == (START, START + HOUR, register.bruno, False)
    register.cancel(visit.pk)
    assert not BusyInterval.objects.of("intervention", visit.pk).exists()


def test_each_one_concerned_is_told(register):
    register.in_state(S.VERIFIED)
    told = list(OutboxMessage.objects.order_by("id").values_list("kind", "address"))
    assert told == [
        ("intervention_assigned", "lift@example.org"),
        ("intervention_to_verify", register.mara.email),
    ]


def test_what_is_new_has_one_entry_in_its_history(register):
    visit = register.curative()
    assert [(entry.history_type, entry.version) for entry in visit.history.all()] == [("+", visit.version)]


def test_a_step_that_the_state_forbids_names_those_that_allow_it(register):
    visit = register.in_state(S.DRAFT)
    with pytest.raises(StateConflict) as refused:
        register.verify(visit.pk)
    assert refused.value.allowed == ["executed"]
