"""Changing an intervention before it is executed: curative, preventive, of a routine; and who is told [contract 30]."""

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from interventions.models import Intervention, InterventionStatus, RoutineOccurrence
from scheduling.models import BusyInterval
from tests.intervention_factories import make_company_contact, make_routine
from tests.interventions.visits import CURATIVE, NEXT_DATES, PLANNED, RS, START, Visits, paths
from tests.interventions.wire import data, error

pytestmark = pytest.mark.django_db
PREVENTIVE = f"{RS}/preventive"
S = InterventionStatus


@pytest.fixture
def visits():
    return Visits()


@pytest.fixture
def other(visits):
    return make_company_contact(visits.town, "Second Lift", email="second@example.org")


def told() -> list[tuple[str, str]]:
    return list(OutboxMessage.objects.order_by("pk").values_list("kind", "address"))


def change(visits, pk: int, **body):
    return visits.staff.patch(f"{CURATIVE}/{pk}", body)


def test_what_is_left_out_or_null_stays_as_it_was(visits):
    made = visits.create(description="Ring twice", assignedUserId=visits.bruno.pk)
    found = data(change(visits, made["id"], description=None, assignedUserId=None, scheduledStart=None))
    assert {name: found[name] for name in made if name not in ("codePin", "updatedAt")} == {
        name: made[name] for name in made if name not in ("codePin", "updatedAt")
    }
    assert found["codePin"] is None
    found = data(change(visits, made["id"], description="Knock"))
    assert (found["description"], found["scheduledStart"]) == ("Knock", START)


def test_a_stale_if_match_is_a_412_and_a_good_one_passes(visits):
    response = visits.staff.post(CURATIVE, visits.body())
    pk, tag = data(response, 201)["id"], response["ETag"]
    assert visits.staff.patch(f"{CURATIVE}/{pk}", {"description": "x"}, **{"If-Match": tag}).status_code == 200
    error(visits.staff.patch(f"{CURATIVE}/{pk}", {"description": 5}, **{"If-Match": tag}), 412)
    error(visits.staff.call("DELETE", f"{RS}/{pk}", {}, **{"If-Match": tag}), 412)


def test_dates_are_judged_together_with_those_that_stay(visits):
    pk = visits.create()["id"]
    assert paths(change(visits, pk, scheduledEnd=START), 422) == ["scheduledEnd"]
    assert paths(change(visits, pk, scheduledStart="2026-12-01T10:00:00Z"), 422) == ["scheduledEnd"]
    assert paths(change(visits, pk, assignedCompanyContactId=10**9, scheduledEnd=START), 422) == [
        *("assignedCompanyContactId", "scheduledEnd"),
    ]


def test_each_is_changed_at_the_address_of_its_kind(visits):
    curative = visits.create()["id"]
    routine = make_routine(visits.town, visits.site)
    body = {**NEXT_DATES, "creationStatus": 1, "routineId": routine.pk}
    preventive = data(visits.staff.post(f"{PREVENTIVE}/routine", body), 201)["id"]
    error(visits.staff.patch(f"{PREVENTIVE}/{curative}", {}), 404)
    error(visits.staff.patch(f"{CURATIVE}/{preventive}", {}), 404)
    data(visits.staff.patch(f"{PREVENTIVE}/{preventive}", {"siteRuleIds": [4, 5]}))
    assert visits.get(preventive)["siteRuleIds"] == [4, 5]
    assert paths(visits.staff.patch(f"{PREVENTIVE}/{preventive}", {"siteRuleIds": ["4"]}), 400) == ["siteRuleIds[0]"]


def test_one_of_a_routine_has_the_routines_sites_and_assignees(visits):
    routine = make_routine(visits.town, visits.site, description="Yearly", assigned_company_contact=visits.provider)
    body = {**NEXT_DATES, "creationStatus": 2, "routineId": routine.pk}
    made = data(visits.staff.post(f"{PREVENTIVE}/routine", body), 201)
    names = ("status", "type", "description", "autoCreated", "routineId", "assignedCompanyContactId")
    assert [made[name] for name in names] == [1, 2, "Yearly", False, routine.pk, visits.provider.pk]
    shown = visits.get(made["id"])
    assert (shown["siteIds"], shown["subType"], shown["routine"]["name"]) == ([visits.site.pk], 2, "Lift check")
    assert not shown["hasRoutineInterventionDrift"]
    named = {"due_at": "2026-12-07T09:00:00Z", "outcome": "made", "intervention_id": made["id"]}
    RoutineOccurrence.objects.create(routine=routine, **named)
    assert visits.get(made["id"])["hasRoutineInterventionDrift"], "it is not on the day that the rule named"
    foreign = make_routine(Visits("Elsewhere").town)
    archived = make_routine(visits.town, visits.site, archived_at=START)
    for pk in (foreign.pk, archived.pk, 10**9):
        assert paths(visits.staff.post(f"{PREVENTIVE}/routine", {**body, "routineId": pk}), 422) == ["routineId"]
    assert paths(visits.staff.post(f"{PREVENTIVE}/routine", {}), 400) == [
        *("scheduledStart", "scheduledEnd", "creationStatus", "routineId"),
    ]


def test_an_archived_routine_makes_no_visit(visits):
    archived = make_routine(visits.town, visits.site, archived_at=timezone.now())
    body = {**NEXT_DATES, "creationStatus": 0, "routineId": archived.pk}
    assert paths(visits.staff.post(f"{PREVENTIVE}/routine", body), 422) == ["routineId"]


def test_whoever_has_the_visit_and_whoever_loses_it_are_told_with_the_reason(visits, other):
    pk = visits.create(assignedCompanyContactId=visits.provider.pk)["id"]
    reason = {"sendEmail": True, "reason": "On holiday"}
    data(change(visits, pk, assignedCompanyContactId=other.pk, previousAssigneeNotification=reason))
    assert told() == [
        ("intervention_assigned", "lift@example.org"),
        ("intervention_taken_away", "lift@example.org"),
        ("intervention_assigned", "second@example.org"),
    ]
    assert OutboxMessage.objects.get(kind="intervention_taken_away").params["reason"] == "On holiday"
    data(change(visits, pk, **NEXT_DATES))
    assert told()[3:] == [("intervention_changed", "second@example.org")]


def test_nobody_is_told_where_the_change_says_so(visits, other):
    pk = visits.create(assignedCompanyContactId=visits.provider.pk)["id"]
    data(change(visits, pk, sendUpdateEmailToCurrentAssignee=False, **NEXT_DATES))
    silent = {"sendEmail": False}
    data(change(visits, pk, assignedCompanyContactId=other.pk, previousAssigneeNotification=silent))
    assert told() == [("intervention_assigned", "lift@example.org"), ("intervention_assigned", "second@example.org")]
    wrong = {"sendEmail": 1, "reason": "x" * 2501}
    assert paths(change(visits, pk, previousAssigneeNotification=wrong), 400) == [
        *("previousAssigneeNotification.sendEmail", "previousAssigneeNotification.reason"),
    ]


def test_the_company_contact_makes_the_visit_and_the_user_answers_for_it(visits):
    both = visits.create(assignedCompanyContactId=visits.provider.pk, assignedUserId=visits.bruno.pk)["id"]
    assert visits.get(both)["assignedTo"] == {
        "type": 2,
        "id": visits.provider.pk,
        "name": "Lift Doctor",
        "email": "lift@example.org",
    }
    assert not BusyInterval.objects.of("intervention", both).exists()
    alone = visits.create(assignedUserId=visits.bruno.pk)["id"]
    shown = visits.get(alone)["assignedTo"]
    assert (shown["type"], shown["id"], shown["email"]) == (1, visits.bruno.pk, visits.bruno.email)
    assert BusyInterval.objects.of("intervention", alone).get().resource.user == visits.bruno
    assert visits.get(visits.create()["id"])["assignedTo"] is None


def test_a_cancellation_tells_the_provider_and_its_reason_has_a_length(visits):
    pk = visits.create(assignedCompanyContactId=visits.provider.pk)["id"]
    assert paths(visits.cancel(pk, cancellationReason="x" * 2501), 400) == ["cancellationReason"]
    assert visits.staff.delete(f"{RS}/{pk}").status_code == 204
    assert told()[1:] == [("intervention_cancelled", "lift@example.org")]


def test_a_verdict_is_taken_by_anomaly_too(visits):
    visit = visits.in_state(S.EXECUTED, visits.anomaly(), visits.anomaly())
    first, second = visits.get(visit.pk)["anomalies"]
    refused = {"id": second["id"], "clientDecision": 2, "clientDecisionComment": "It squeaks"}
    data(visits.verify(visit.pk, decision=1, decisionComment="Well done", anomalies=[refused]))
    shown = visits.get(visit.pk)
    told = [(one["clientDecision"], one["clientDecisionComment"]) for one in shown["anomalies"]]
    assert told == [(1, "Well done"), (2, "It squeaks")]
    assert shown["anomalyStats"]["corrective"] == {"unresolved": 1, "resolved": 1}
    assert [data(visits.staff.get(f"/anomalies/v2/rs/{one['id']}"))["status"] for one in (first, second)] == [3, 0]


def test_a_verdict_is_advanced_staffs_and_has_a_shape(visits):
    visit = visits.in_state(S.EXECUTED)
    error(visits.basic.patch(f"{RS}/{visit.pk}/verify", {"decision": 1}), 403)
    for wrong in (0, 3, "1", True, None):
        assert paths(visits.staff.patch(f"{RS}/{visit.pk}/verify", {"decision": wrong}), 400) == ["decision"]
    strange = [{"id": 10**9, "clientDecision": 1}]
    assert paths(visits.verify(visit.pk, decision=1, anomalies=strange), 422) == ["anomalies"]
    assert paths(visits.verify(visit.pk, decision=1, anomalies=[{}]), 400) == [
        *("anomalies[0].id", "anomalies[0].clientDecision"),
    ]
    assert Intervention.objects.get().status == S.EXECUTED


def test_a_rejected_one_keeps_its_state_until_its_dates_are_new(visits):
    pk = visits.in_state(S.REJECTED).pk
    assert data(change(visits, pk, description="Bring a ladder"))["status"] == 6
    assert data(change(visits, pk, **NEXT_DATES))["status"] == PLANNED
