"""Anomalies in the back office: reported, found again, resolved, put into one intervention."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from interventions.models import Anomaly, AnomalyStatus, Intervention, InterventionStatus
from tests.back_office import browser, errors_of, messages_of, organization, person, sent_form, url
from tests.intervention_factories import make_anomaly, make_site
from tests.interventions.desk import ANOMALY, INTERVENTION, Desk, on_form

pytestmark = pytest.mark.django_db
S = AnomalyStatus


@pytest.fixture
def desk():
    return Desk()


def new(desk: Desk, **values) -> dict:
    moment = {"observed_at_0": "2026-11-02", "observed_at_1": "10:00"}
    return sent_form(desk.client, url(ANOMALY, "add")) | {"title": "Lift stops", "site": desk.site.pk} | moment | values


# -- the form -----------------------------------------------------------------------------------------------


def test_staff_report_an_anomaly_which_gets_its_number_and_its_due_date(desk):
    desk.client.post(url(ANOMALY, "add"), new(desk, risk="high", resolution_delay="P7D"))
    anomaly = Anomaly.objects.get()
    assert (anomaly.label, anomaly.status, anomaly.reported_by) == ("A-00001", "open", desk.mara)
    assert anomaly.observed_at == datetime(2026, 11, 2, 9, tzinfo=UTC), "by the town's clock"
    assert anomaly.due_at - anomaly.observed_at == timedelta(days=7)
    assert anomaly.history.get().door == "admin"


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"title": ""}, "title", "This field is required."),
        ({"title": "x" * 251}, "title", "Ensure this value has at most 250 characters (it has 251)."),
        ({"resolution_delay": "a week"}, "resolution_delay", "must be an ISO 8601 duration, as P7D"),
        ({"observed_at_0": "2999-01-01"}, "observed_at", "must not lie in the future"),
    ],
)
def test_what_the_service_refuses_stands_on_its_field(desk, values, field, sentence):
    answer = desk.client.post(url(ANOMALY, "add"), new(desk, **values))
    assert errors_of(answer) == {field: [sentence]}


def test_a_site_of_another_town_cannot_be_chosen(desk):
    foreign = make_site(organization("Lyon"))
    answer = desk.client.post(url(ANOMALY, "add"), new(desk, site=foreign.pk))
    assert list(errors_of(answer)) == ["site"]


def test_it_is_changed_with_its_history_and_not_over_somebody_elses_change(desk):
    anomaly = desk.anomaly()
    address = url(ANOMALY, "change", anomaly.pk)
    stale = sent_form(desk.client, address)
    desk.save(anomaly, risk="high")
    answer = desk.client.post(address, stale | {"title": "Another title"})
    assert "saved this at" in str(errors_of(answer))
    anomaly.refresh_from_db()
    assert (anomaly.risk, anomaly.title) == ("high", "Fire door does not close")
    history = desk.client.get(url(ANOMALY, "history", anomaly.pk)).content.decode()
    assert "Risk" in history
    assert "High" in history


# -- lists --------------------------------------------------------------------------------------------------


def test_the_named_links_find_what_they_say(desk):
    past = timezone.now() - timedelta(days=1)
    free = desk.anomaly("Free", due_at=past)
    held = desk.anomaly("Held")
    desk.curative(held)
    resolved = desk.anomaly("Resolved", status=S.RESOLVED, resolved_at=past, due_at=past)
    archived = desk.anomaly("Archived", archived_at=past, due_at=past)
    assert desk.shown(ANOMALY, quick="uncovered") == [free]
    assert desk.shown(ANOMALY, quick="overdue") == [free]
    assert desk.shown(ANOMALY, quick="unresolved") == [held, free]
    assert desk.shown(ANOMALY, quick="resolved") == [resolved]
    assert desk.shown(ANOMALY, quick="archived") == [archived]


@pytest.mark.parametrize(
    ("title", "days", "elsewhere", "came_back"),
    [
        ("fire door does not CLOSE", 29, False, True),
        ("Fire door does not close", 31, False, False),
        ("Another thing", 5, False, False),
        ("Fire door does not close", 5, True, False),
    ],
)
def test_the_same_thing_at_the_same_site_within_thirty_days_came_back(desk, title, days, elsewhere, came_back):
    now = timezone.now()
    desk.anomaly(status=S.RESOLVED, resolved_at=now - timedelta(days=days), observed_at=now - timedelta(days=90))
    site = make_site(desk.town) if elsewhere else desk.site
    again = make_anomaly(site, title, observed_at=now)
    assert desk.shown(ANOMALY, quick="came_back") == ([again] if came_back else [])


def test_the_list_is_searched_by_the_number_that_people_say(desk):
    anomaly, _other = desk.anomaly(number=12), desk.anomaly(number=112)
    assert desk.shown(ANOMALY, q="A-00012") == [anomaly]


def test_filters_by_site_and_risk(desk):
    elsewhere = make_anomaly(make_site(desk.town), risk="high")
    desk.anomaly(risk="high")
    assert desk.shown(ANOMALY, site=elsewhere.site_id, risk__exact="high") == [elsewhere]


def test_the_list_names_the_intervention_that_has_it(desk):
    visit = desk.curative()
    page = desk.client.get(url(ANOMALY, "changelist")).content.decode()
    assert url(INTERVENTION, "change", visit.pk) in page


def test_another_towns_anomalies_are_not_there(desk):
    other = Desk("Lyon")
    foreign = other.anomaly()
    assert desk.shown(ANOMALY) == []
    assert desk.client.get(url(ANOMALY, "change", foreign.pk)).status_code == 302
    assert desk.client.post(url(ANOMALY, "do", foreign.pk, "resolve"), {"comment": ""}).status_code == 404


def test_the_list_is_exported(desk):
    desk.anomaly("Lift stops")
    answer = desk.client.get(url(ANOMALY, "export", "csv"))
    assert "Lift stops" in answer.content.decode()


# -- actions ------------------------------------------------------------------------------------------------


def test_an_open_one_is_resolved_by_hand(desk):
    anomaly = desk.anomaly()
    assert desk.do(anomaly, "resolve", comment="The caretaker did it") == "Resolve: 1 done"
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.resolved_by, anomaly.resolved_comment) == (
        *("resolved", desk.mara),
        "The caretaker did it",
    )


def test_one_in_an_intervention_is_left_to_that(desk):
    anomaly = desk.anomaly()
    desk.curative(anomaly)
    assert desk.buttons(anomaly) == []
    assert "is planned; this is for anomalies that are: open" in desk.do(anomaly, "resolve", comment="")


def test_an_archived_one_is_read_only(desk):
    anomaly = desk.anomaly()
    assert desk.do(anomaly, "archive") == "Archive: 1 done"
    page = desk.client.get(url(ANOMALY, "change", anomaly.pk))
    assert (page.context["has_change_permission"], page.context["row_actions"]) == (False, [])


# -- into one intervention ----------------------------------------------------------------------------------


def test_one_intervention_is_made_of_those_that_are_ticked(desk):
    anomalies = [desk.anomaly("Door"), desk.anomaly("Lift")]
    answer = desk.pick("plan_visit", *anomalies)
    form = desk.client.get(answer["Location"]).context["adminform"].form
    assert form["anomalies"].value() == [anomaly.pk for anomaly in anomalies]
    values = sent_form(desk.client, answer["Location"]) | on_form("2026-12-01 09:00", "2026-12-01 10:00")
    people = {"assigned_company_contact": desk.provider.pk, "creation_status": "to_agree"}
    desk.client.post(url(INTERVENTION, "add"), values | people)
    visit = Intervention.objects.get()
    assert (visit.status, visit.created_by) == (InterventionStatus.PROPOSED, desk.mara)
    assert visit.scheduled_start == datetime(2026, 12, 1, 8, tzinfo=UTC), "by the town's clock"
    assert [link.anomaly for link in visit.links.all()] == anomalies


def test_those_that_are_taken_are_left_out_and_none_left_is_told(desk):
    free, held = desk.anomaly("Free"), desk.anomaly("Held")
    desk.curative(held)
    answer = desk.pick("plan_visit", free, held)
    assert answer["Location"].endswith(f"anomalies={free.pk}")
    told = desk.client.get(answer["Location"])
    assert messages_of(told) == "Those that are not open, or are in an intervention already, were left out."
    refused = desk.client.get(desk.pick("plan_visit", held)["Location"])
    assert messages_of(refused) == "None of these is open without an intervention."


def test_anomalies_of_two_towns_make_no_intervention(desk):
    lyon = organization("Lyon")
    foreign = make_anomaly(make_site(lyon))
    desk.client = browser(person("root", "administrator", desk.town, lyon))
    answer = desk.pick("plan_visit", desk.anomaly(), foreign)
    told = messages_of(desk.client.get(answer["Location"]))
    assert told == "An intervention is of one organization: choose anomalies of one."


def test_the_form_of_an_intervention_offers_open_ones_alone(desk):
    free = desk.anomaly("Free")
    desk.curative(desk.anomaly("Held"))
    asked = {"app_label": "interventions", "model_name": "interventionanomaly", "field_name": "anomaly", "term": ""}
    answer = desk.client.get("/admin/autocomplete/", asked).json()["results"]
    assert answer == [{"id": str(free.pk), "text": f"{free} · {desk.site}"}]
