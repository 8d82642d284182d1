"""Anomalies and interventions: by the API, the back office, the provider's page and what routines make."""

from datetime import UTC, datetime

from core.models import Role
from interventions.models import Anomaly, InterventionStatus
from interventions.services.reference import ROUTINES
from interventions.services.routine_runs import make_due
from tests.back_office import browser, url
from tests.back_office import press as press_button
from tests.interventions.desk import INTERVENTION, Desk
from tests.interventions.provider_calls import enter_pin, look, path_of, press, sign, version_in
from tests.interventions.register import Register
from tests.interventions.visits import NEXT_DATES, RS, Visits, data
from tests.interventions.wire import session_caller
from tests.webhooks.stories import story

OBSERVATIONS = "/anomalies/v2/rs/observations"
S = InterventionStatus
# `creationStatus` on the wire.
NOT_YET, CONFIRMED, TO_AGREE = range(3)


@story("anomaly.reported")
def an_observation_is_reported_by_the_api():
    visits = Visits()
    yield
    data(visits.staff.post(OBSERVATIONS, {"title": "Door", "siteId": visits.site.pk}), 201)


@story("anomaly.reported", "anomaly.reported")
def prescriptions_come_in_bulk():
    visits = Visits()
    rows = [{"title": f"Point {number}", "siteId": visits.site.pk} for number in (1, 2)]
    yield
    response = visits.staff.post("/anomalies/v2/rs/reports/2026001/prescription", rows)
    assert response.status_code == 201, response.content


@story("anomaly.updated", "anomaly.resolved")
def an_anomaly_is_changed_and_resolved_by_the_api():
    register = Register()
    staff = session_caller(register.town, Role.ADVANCED_STAFF)
    path = f"/anomalies/v3/rs/{register.anomaly().pk}/non-conformity"
    yield
    data(staff.patch(path, {"risk": 3}))
    data(staff.patch(path, {"resolvedComment": "Closer replaced"}))


@story("anomaly.resolved", "anomaly.archived")
def an_anomaly_is_resolved_and_archived_in_the_back_office():
    desk = Desk()
    row = desk.anomaly()
    yield
    desk.do(row, "resolve", comment="Closer replaced")
    desk.do(Anomaly.objects.get(pk=row.pk), "archive")
    assert Anomaly.objects.get(pk=row.pk).archived_at


@story("intervention.created", "intervention.proposed", "anomaly.updated")
def a_visit_is_proposed_by_the_api():
    visits = Visits()
    yield
    visits.create(creationStatus=TO_AGREE, assignedCompanyContactId=visits.provider.pk)


@story("intervention.created", "intervention.drafted", "anomaly.updated", "intervention.updated")
def a_draft_is_made_and_changed():
    visits = Visits()
    yield
    pk = visits.create(creationStatus=NOT_YET)["id"]
    data(visits.staff.patch(f"{RS}/curative/{pk}", {"description": "Ring twice"}))


@story("intervention.created", "intervention.planned", "anomaly.updated")
def a_visit_is_planned_at_once():
    visits = Visits()
    yield
    visits.create(creationStatus=CONFIRMED, assignedCompanyContactId=visits.provider.pk)


@story("intervention.proposed", "intervention.proposed")
def two_drafts_are_sent_in_the_list_of_the_back_office():
    desk = Desk()
    drafts = [desk.in_state(S.DRAFT), desk.in_state(S.DRAFT)]
    yield
    sent = {"action": "propose", "_selected_action": [row.pk for row in drafts], "confirmed": "yes"}
    desk.client.post(url(INTERVENTION, "changelist"), sent)


@story("intervention.planned", "intervention.started", "anomaly.updated", "intervention.executed")
def the_provider_accepts_begins_and_signs_on_his_page():
    register = Register()
    visit = register.in_state(S.PROPOSED)
    path = path_of(visit)
    yield
    press(path, "accept", version=version_in(look(path)))
    enter_pin(path, visit)
    assert sign(path, visit).status_code == 302


@story("intervention.refused")
def the_provider_refuses_on_his_page():
    register = Register()
    path = path_of(register.in_state(S.PROPOSED))
    yield
    press(path, "refuse", version=version_in(look(path)), comment="Not that week")


@story("anomaly.resolved", "intervention.verified", "intervention.archived")
def staff_verify_by_the_api_and_archive_in_the_back_office():
    visits = Visits()
    visit = visits.in_state(S.EXECUTED)
    yield
    response = visits.verify(visit.pk, decision=1, comment="Well done")
    assert response.status_code < 300, response.content
    press_button(browser(visits.mara), INTERVENTION, visit.pk, "archive")


@story("intervention.rejected", "anomaly.updated", "intervention.planned")
def staff_reject_and_plan_it_anew():
    visits = Visits()
    visit = visits.in_state(S.EXECUTED)
    yield
    visits.reject(visit.pk)
    data(visits.staff.patch(f"{RS}/curative/{visit.pk}", NEXT_DATES))


@story("anomaly.updated", "intervention.cancelled")
def a_visit_is_cancelled_by_the_api():
    visits = Visits()
    visit = visits.in_state(S.PLANNED)
    yield
    response = visits.cancel(visit.pk, cancellationReason="Not needed")
    assert response.status_code < 300, response.content


@story(*["intervention.created", "intervention.planned"] * 2)
def a_routine_makes_its_visits():
    register = Register()
    values = {"name": "Lift check", "rrule": "FREQ=WEEKLY;COUNT=2", "start_at": datetime(2026, 11, 24, 9, tzinfo=UTC)}
    values |= {"auto_create_enabled": True, "assigned_company_contact": register.provider, "sites": [register.site]}
    ROUTINES.create(register.town, values)
    yield
    assert make_due() == 2
