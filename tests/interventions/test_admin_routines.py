"""Routines in the back office: the rule, the days that it names, what became of them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from interventions.models import Intervention, InterventionStatus, Routine
from interventions.services.routine_runs import make_due
from tests.back_office import errors_of, sent_form, url
from tests.intervention_factories import make_routine, make_site
from tests.interventions.desk import ROUTINE, Desk, on_page

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)


@pytest.fixture
def desk():
    with time_machine.travel(NOON, tick=False):
        yield Desk()


def new(desk: Desk, **values) -> dict:
    rule = {"rrule": "FREQ=WEEKLY;BYDAY=WE", "start_at_0": "2026-10-21", "start_at_1": "09:00"}
    about = {"name": "Lift check", "sites": [desk.site.pk], "assigned_company_contact": desk.provider.pk}
    return sent_form(desk.client, url(ROUTINE, "add")) | rule | about | values


def table(desk: Desk, routine: Routine) -> str:
    return desk.client.get(url(ROUTINE, "change", routine.pk)).context["days"]


def test_a_routine_is_made_by_the_towns_clock(desk):
    desk.client.post(url(ROUTINE, "add"), new(desk))
    routine = Routine.objects.get()
    assert (routine.rrule, list(routine.sites.all())) == ("FREQ=WEEKLY;BYDAY=WE", [desk.site])
    assert routine.start_at == datetime(2026, 10, 21, 7, tzinfo=UTC)
    assert {entry.history_user for entry in routine.history.all()} == {desk.mara}


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"rrule": "FREQ=HOURLY"}, "rrule", "must have FREQ: DAILY, WEEKLY, MONTHLY or YEARLY"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule", "names no day in the ten years after its start"),
        ({"assigned_company_contact": "", "creation_status": "to_agree"}, "assigned_company_contact", None),
    ],
)
def test_what_the_service_refuses_stands_on_its_field(desk, values, field, sentence):
    errors = errors_of(desk.client.post(url(ROUTINE, "add"), new(desk, **values)))
    assert list(errors) == [field]
    assert sentence is None or errors[field] == [sentence]


def test_basic_staff_read_routines_and_make_a_visit_but_change_nothing(desk):
    routine = make_routine(desk.town, desk.site)
    bruno = desk.as_bruno()
    page = bruno.get(url(ROUTINE, "change", routine.pk))
    assert page.context["has_change_permission"] is False
    assert desk.buttons(routine, bruno) == ["Make an intervention"]
    assert bruno.get(url(ROUTINE, "add")).status_code == 403


def test_the_page_names_the_next_days_across_the_change_of_the_clocks(desk):
    routine = make_routine(desk.town, desk.site, start_at=datetime(2026, 10, 21, 7, tzinfo=UTC))
    days = table(desk, routine)
    assert [days.index(day) for day in ("21 Oct 09:00", "28 Oct 09:00", "4 Nov 09:00", "23 Dec 09:00")] == sorted(
        days.index(day) for day in ("21 Oct 09:00", "28 Oct 09:00", "4 Nov 09:00", "23 Dec 09:00")
    )
    assert "30 Dec" not in days, "ten of them"


def test_days_that_were_made_lead_to_their_visit_and_missed_ones_are_told(desk):
    routine = make_routine(desk.town, desk.site, start_at=NOON - timedelta(days=21), late_days=3)
    make_due()
    days = table(desk, routine)
    visit = Intervention.objects.earliest("scheduled_start")
    assert url("interventions_intervention", "change", visit.pk) in days
    assert days.count("Missed") == 3


def test_why_a_run_makes_nothing_is_told_on_the_page_and_in_the_list(desk):
    routine = make_routine(desk.town, desk.site)
    Routine.objects.update(problem="must exist")
    assert "The last run made no intervention: must exist" in table(desk, routine)
    assert desk.shown(ROUTINE, quick="problems") == [routine]


def test_a_visit_is_made_by_hand_at_the_next_day_of_the_rule(desk):
    routine = make_routine(desk.town, desk.site, duration=90, assigned_company_contact=desk.provider)
    form = desk.client.get(url(ROUTINE, "do", routine.pk, "make_visit")).context["form"]
    assert f"{form['scheduled_start'].value():%Y-%m-%d %H:%M}" == "2026-12-01 10:00"
    assert f"{form['scheduled_end'].value():%H:%M}" == "11:30"
    dates = on_page("2026-12-02 10:00", "2026-12-02 11:30")
    assert desk.do(routine, "make_visit", creation_status="draft", **dates) == "Make an intervention: 1 done"
    visit = Intervention.objects.get()
    assert (visit.routine, visit.status, visit.created_by) == (routine, InterventionStatus.DRAFT, desk.mara)
    assert visit.scheduled_start == datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert list(visit.sites.all()) == [desk.site]


def test_an_archived_routine_makes_nothing_until_it_is_used_again(desk):
    routine = make_routine(desk.town, desk.site)
    assert desk.do(routine, "archive") == "Archive: 1 done"
    assert desk.buttons(routine) == ["Use again"]
    assert (make_due(), desk.shown(ROUTINE, quick="archived")) == (0, [routine])
    desk.do(routine, "restore")
    assert make_due() > 0


def test_other_sites_are_a_change_with_a_history(desk):
    routine = make_routine(desk.town, desk.site)
    other = make_site(desk.town, "Library")
    desk.save(routine, sites=[other.pk])
    assert list(routine.sites.all()) == [other]


def test_the_list_is_filtered_by_site(desk):
    routine = make_routine(desk.town, desk.site)
    make_routine(desk.town, make_site(desk.town))
    assert desk.shown(ROUTINE, site=desk.site.pk) == [routine]
