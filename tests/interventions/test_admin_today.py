"""The queues on the dashboard, and visits that share their person's time with something else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interventions.models import InterventionStatus
from scheduling.intervals import Interval
from scheduling.models import BusyInterval, Resource
from scheduling.services.absences import create_absence
from scheduling.services.busy import Source, take_soft
from scheduling.services.job_planning import schedule_job
from tests.appointment_factories import make_appointment, make_calendar, make_customer, make_service
from tests.back_office import url
from tests.intervention_factories import HOUR, START, make_intervention
from tests.interventions.desk import INTERVENTION, Desk
from tests.job_factories import make_contact, make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]
S = InterventionStatus


@pytest.fixture
def desk():
    return Desk()


def panel(desk: Desk, title: str):
    return next(one for one in desk.client.get("/admin/").context["panels"] if str(one.title) == title)


def cards(desk: Desk) -> dict[str, int]:
    found = desk.client.get("/admin/").context["cards"]
    for card in found:
        assert desk.client.get(card.url).context["cl"].result_count == card.value, card
    return {str(card.label): card.value for card in found}


def test_the_index_counts_what_waits_as_its_lists_show_it(desk):
    past = timezone.now() - timedelta(days=2)
    desk.anomaly("Free", due_at=past)
    desk.in_state(S.EXECUTED)
    make_intervention(desk.town, scheduled_start=past, scheduled_end=past + HOUR)
    Desk("Lyon").in_state(S.EXECUTED)
    told = cards(desk)
    assert {name: told[name] for name in told if "ntervention" in name or "nomal" in name} == {
        "Interventions to verify": 1,
        "Overdue interventions": 1,
        "Anomalies without an intervention": 1,
        "Overdue anomalies": 1,
    }


def test_the_queues_name_what_waits_longest_first(desk):
    now = timezone.now()
    values = {"scheduled_start": now - 3 * HOUR, "scheduled_end": now - 2 * HOUR}
    later = make_intervention(desk.town, status=S.EXECUTED, actual_end=now - HOUR, **values)
    sooner = make_intervention(desk.town, status=S.EXECUTED, actual_end=now - 2 * HOUR, **values)
    late = make_intervention(desk.town, status=S.PLANNED, assigned_company_contact=desk.provider, **values)
    assert [row.url for row in panel(desk, "To verify").rows] == [
        url(INTERVENTION, "change", sooner.pk),
        url(INTERVENTION, "change", later.pk),
    ]
    (row,) = panel(desk, "Overdue interventions").rows
    assert (row.url, row.cells[0]) == (url(INTERVENTION, "change", late.pk), desk.provider.name)


def test_what_is_unresolved_is_counted_by_risk(desk):
    for risk in ("high", "high", "low"):
        desk.anomaly(risk=risk)
    desk.anomaly(risk="high", status="resolved")
    chart = [(str(label), count) for label, count, _tone in panel(desk, "Unresolved anomalies by risk").chart]
    assert chart == [("High", 2), ("Low", 1)]


# -- conflicts ----------------------------------------------------------------------------------------------


@pytest.fixture
def visit(desk):
    """Bruno's own, on 1 December from 10 to 11 by the town's clock."""
    return desk.curative(assigned_company_contact=None, assigned_user=desk.bruno, creation_status="confirmed")


@pytest.fixture
def bruno(visit):
    """His resource, made when the visit took his time, put to use for jobs too."""
    Resource.objects.filter(user=visit.assigned_user).update(is_archived=False, email="bruno@example.org")
    return Resource.objects.get(user=visit.assigned_user)


def conflicts(desk: Desk, visit) -> str:
    page = desk.page(visit)
    return page.split("Conflicts</label>")[1].split("</div>")[0] if "Conflicts</label>" in page else ""


def test_alone_it_has_no_conflict(desk, visit):
    assert conflicts(desk, visit) == ""
    assert desk.shown(INTERVENTION, quick="clashes") == []


def test_a_job_at_the_same_time_is_named_on_its_page_and_in_the_list(desk, visit, bruno):
    job = make_job(desk.town, contact=make_contact(desk.town), reference="J-2")
    schedule_job(job.pk, resource=bruno, vehicle=None, planned_start_at=START + HOUR / 2)
    told = conflicts(desk, visit)
    assert "J-2 Bakery Dupont, 1 Dec 10:30–11:30 (Bruno)" in told
    assert url("scheduling_job", "change", job.pk) in told
    assert desk.shown(INTERVENTION, quick="clashes") == [visit]
    assert "Conflict</span>" in desk.client.get(url(INTERVENTION, "changelist")).content.decode()


def test_the_job_names_the_visit_and_leads_to_it(desk, visit, bruno):
    job = make_job(desk.town)
    schedule_job(job.pk, resource=bruno, vehicle=None, planned_start_at=START)
    page = desk.client.get(url("scheduling_job", "change", job.pk)).content.decode()
    assert f"Intervention #{visit.pk}, 1 Dec 10:00–11:00 (Bruno)" in page
    assert url(INTERVENTION, "change", visit.pk) in page


def test_an_appointment_at_the_same_time_is_named_by_its_customer(desk, visit, bruno):
    service = make_service(desk.town)
    calendar = make_calendar(desk.town, service, resource=bruno)
    appointment = make_appointment(calendar, make_customer(desk.town), service, start=START)
    source = Source(BusyInterval.Kind.APPOINTMENT, appointment.pk)
    take_soft(source, desk.town.pk, [bruno.pk], Interval(appointment.start, appointment.end))
    told = conflicts(desk, visit)
    assert "Appointment Anne Durand, 1 Dec 10:00–10:30 (Bruno)" in told
    assert url("appointments_appointment", "change", appointment.pk) in told


def test_leave_at_that_time_is_a_conflict_until_the_visit_is_given_to_a_provider(desk, visit, bruno):
    create_absence(desk.town, {"resource": bruno, "start": START, "end": START + HOUR, "note": "Leave"})
    assert "Absence" in conflicts(desk, visit)
    desk.save(visit, assigned_company_contact=desk.provider.pk)
    assert conflicts(desk, visit) == ""
