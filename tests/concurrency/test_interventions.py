"""Two at once over real connections: of managers, executions, interventions for one anomaly, one wins [contract 30].

The other is told 409; nothing is done twice.
"""

from collections import Counter
from collections.abc import Sequence

import pytest
from django.db import connection

from core.models import Role
from interventions.models import Anomaly, Execution, Intervention, InterventionAnomaly, InterventionStep
from tests.back_office import person
from tests.concurrency.storm import Answer, Ask, deadlocks, send_all, servers
from tests.interventions.visits import CURATIVE, EXECUTED, IN_PROGRESS, MB, RS, Visits, statement
from tests.interventions.wire import SessionCaller
from tests.scale import scaled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]
ROUNDS = scaled(200)
RIVALS = 4


@pytest.fixture
def visits():
    return Visits()


def ask(caller: SessionCaller, method: str, path: str, body: dict) -> Ask:
    headers = {"Authorization": f"Bearer {caller.token}", "x-session-token": caller.session}
    return Ask(method, path, body, headers)


def answered(asks: Sequence[Ask], rivals: int = 2) -> list[list[Answer]]:
    """The answers to each group of rivals, who stand next to each other."""
    before = deadlocks()
    with servers(2) as ports:
        answers = send_all(ports, asks)
    assert deadlocks() == before
    return [answers[place : place + rivals] for place in range(0, len(answers), rivals)]


def check_one_winner(groups: list[list[Answer]], won: int, allowed: list[int] | None = None) -> None:
    """In each group; the others are told the states that allow it, where that is why."""
    statuses = Counter(tuple(sorted(answer.status for answer in group)) for group in groups)
    assert statuses == {(won, *[409] * (len(groups[0]) - 1)): len(groups)}
    lost = [answer.body for group in groups for answer in group if answer.status == 409]
    # On SQLite, where one writes at a time, a loser may be told to come again instead.
    if allowed is not None and connection.vendor == "postgresql":
        assert all(body["allowed"] == allowed for body in lost), lost


def test_of_two_managers_one_verifies(visits):
    other = visits.caller(person("omar", Role.ADVANCED_STAFF, visits.town))
    pks = [visits.in_state("executed").pk for _ in range(ROUNDS)]
    asks = [
        ask(caller, "PATCH", f"{RS}/{pk}/verify", {"decision": decision})
        for pk in pks
        for caller, decision in ((visits.staff, 1), (other, 2))
    ]
    check_one_winner(answered(asks), 200, [EXECUTED])
    ended = InterventionStep.objects.filter(status__in=("verified", "rejected"))
    assert sorted(ended.values_list("intervention", flat=True)) == sorted(pks)
    # Whoever won: the anomalies tell of that decision alone.
    states = set(Anomaly.objects.values_list("links__intervention__status", "status"))
    assert states <= {("verified", "resolved"), ("rejected", "to_review")}


def test_of_two_executions_one_counts(visits):
    pairs = [visits.in_state("in_progress") for _ in range(ROUNDS)]
    asks = [
        ask(visits.provider_of(visit), "PATCH", f"{MB}/execute", statement(firstName=name))
        for visit in pairs
        for name in ("Jean", "Anne")
    ]
    check_one_winner(answered(asks), 200, [IN_PROGRESS])
    assert Execution.objects.count() == ROUNDS
    signed = Intervention.objects.values_list("execution__intervention", "pk")
    assert all(of == pk for of, pk in signed)


def test_of_interventions_that_want_the_same_anomalies_one_is_made(visits):
    asks: list[Ask] = []
    for _ in range(ROUNDS):
        first, second = visits.anomaly(), visits.anomaly()
        # The other way round too, so that nobody waits for each other.
        for ids in ([first.pk, second.pk], [second.pk, first.pk]) * (RIVALS // 2):
            asks.append(ask(visits.staff, "POST", CURATIVE, visits.body(anomalyIds=ids)))
    groups = answered(asks, RIVALS)
    check_one_winner(groups, 201)
    if connection.vendor == "postgresql":
        lost = [answer.body for group in groups for answer in group if answer.status == 409]
        assert all([error["path"] for error in body["errors"]] == ["anomalyIds"] * 2 for body in lost), lost
    assert Intervention.objects.count() == ROUNDS
    assert InterventionAnomaly.objects.filter(is_holding=True).count() == 2 * ROUNDS


def test_pins_of_interventions_made_at_once_differ(visits):
    asks = [ask(visits.staff, "POST", CURATIVE, visits.body()) for _ in range(ROUNDS * 2)]
    made = [answer for group in answered(asks) for answer in group]
    assert {answer.status for answer in made} == {201}
    assert len({answer.body["data"]["codePin"] for answer in made}) == len(made)
