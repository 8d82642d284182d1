"""Interventions in the back office: made, changed, found again; what their page tells."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.models import OutboxMessage, Role
from interventions.models import Intervention, InterventionStatus
from interventions.services.pins import pin_of
from interventions.services.planning import update_intervention
from tests.back_office import browser, errors_of, person, sent_form, url
from tests.intervention_factories import HOUR, make_intervention, make_routine, make_site
from tests.interventions.desk import INTERVENTION, Desk, on_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]
S = InterventionStatus


@pytest.fixture
def desk():
    return Desk()


def new(desk: Desk, *anomalies, **values) -> dict:
    dates = on_form("2026-12-01 09:00", "2026-12-01 10:00")
    picked = {"anomalies": [anomaly.pk for anomaly in anomalies]}
    return sent_form(desk.client, url(INTERVENTION, "add")) | picked | dates | values


def sent_mail() -> list[tuple[str, str]]:
    return [(message.kind, message.address) for message in OutboxMessage.objects.order_by("pk")]


# -- the form -----------------------------------------------------------------------------------------------


def test_a_confirmed_one_is_planned_and_whoever_makes_it_is_told(desk):
    anomaly = desk.anomaly()
    people = {"assigned_user": desk.bruno.pk, "creation_status": "confirmed"}
    desk.client.post(url(INTERVENTION, "add"), new(desk, anomaly, **people))
    visit = Intervention.objects.get()
    assert (visit.status, visit.assigned_user, list(visit.sites.all())) == (S.PLANNED, desk.bruno, [desk.site])
    assert sent_mail() == [("intervention_assigned", desk.bruno.email)]
    assert visit.history.last().door == "admin"


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"anomalies": []}, "anomalies", "This field is required."),
        (on_form("2026-12-01 09:00", "2026-12-01 09:00"), "scheduled_end", "must end after it starts"),
        ({"creation_status": "to_agree"}, "assigned_company_contact", "must be given: there is nobody to agree with"),
    ],
)
def test_what_the_service_refuses_stands_on_its_field(desk, values, field, sentence):
    answer = desk.client.post(url(INTERVENTION, "add"), new(desk, desk.anomaly(), **values))
    assert errors_of(answer) == {field: [sentence]}


def test_anomalies_that_another_one_has_are_refused_by_their_number(desk):
    anomaly = desk.anomaly()
    desk.curative(anomaly)
    answer = desk.client.post(url(INTERVENTION, "add"), new(desk, anomaly))
    assert errors_of(answer) == {"__all__": [f"held by another open intervention: {anomaly.pk}"]}
    resolved = desk.anomaly(status="resolved")
    answer = desk.client.post(url(INTERVENTION, "add"), new(desk, resolved))
    assert list(errors_of(answer)) == ["anomalies"]


def test_a_student_is_nobody_to_put_in_charge(desk):
    student = person("lea", Role.STUDENT, desk.town)
    asked = {"app_label": "interventions", "model_name": "intervention", "field_name": "assigned_user", "term": ""}
    answer = desk.client.get("/admin/autocomplete/", asked).json()["results"]
    assert {one["id"] for one in answer} == {str(desk.mara.pk), str(desk.bruno.pk)}
    answer = desk.client.post(url(INTERVENTION, "add"), new(desk, desk.anomaly(), assigned_user=student.pk))
    assert list(errors_of(answer)) == ["assigned_user"]


def test_another_date_tells_whoever_comes_unless_staff_says_no(desk):
    visit = desk.curative()
    desk.save(visit, **on_form("2026-12-02 09:00", "2026-12-02 10:00"))
    visit.refresh_from_db()
    assert visit.scheduled_start == datetime(2026, 12, 2, 8, tzinfo=UTC), "by the town's clock"
    assert [kind for kind, _address in sent_mail()] == ["intervention_assigned", "intervention_changed"]
    address = url(INTERVENTION, "change", visit.pk)
    quiet = sent_form(desk.client, address) | on_form("2026-12-03 09:00", "2026-12-03 10:00")
    del quiet["tells_current"]
    desk.client.post(address, quiet)
    assert len(sent_mail()) == 2


def test_whoever_it_is_taken_from_reads_why(desk):
    visit = desk.in_state(S.PLANNED)
    desk.save(visit, assigned_company_contact="", assigned_user=desk.bruno.pk, reason="In-house")
    assert sent_mail()[-2:] == [
        ("intervention_taken_away", desk.provider.email),
        ("intervention_assigned", desk.bruno.email),
    ]
    assert OutboxMessage.objects.get(kind="intervention_taken_away").params["reason"] == "In-house"


def test_a_date_that_is_to_be_agreed_keeps_somebody_to_agree_with(desk):
    answer = desk.save(desk.curative(), assigned_company_contact="", assigned_user=desk.bruno.pk)
    assert errors_of(answer) == {"assigned_company_contact": ["must be given: there is nobody to agree with"]}


def test_a_form_that_somebody_saved_meanwhile_is_shown_the_difference(desk):
    visit = desk.curative()
    address = url(INTERVENTION, "change", visit.pk)
    stale = sent_form(desk.client, address)
    update_intervention(visit.pk, {"description": "Take the keys"})
    answer = desk.client.post(address, stale | on_form("2026-12-05 09:00", "2026-12-05 10:00"))
    assert "saved this at" in str(errors_of(answer))
    visit.refresh_from_db()
    assert visit.scheduled_start == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_a_form_that_is_sent_after_the_provider_came_is_refused_with_words(desk):
    visit = desk.in_state(S.PLANNED)
    address = url(INTERVENTION, "change", visit.pk)
    values = sent_form(desk.client, address)
    desk.begin(visit.pk)
    visit.refresh_from_db()
    answer = desk.client.post(address, values | {"version": visit.version, "description": "Too late"})
    assert "is in progress; this is for interventions that are" in str(errors_of(answer))


@pytest.mark.parametrize("status", [S.IN_PROGRESS, S.EXECUTED, S.VERIFIED, S.CANCELLED])
def test_what_the_provider_has_begun_is_read_only(desk, status):
    page = desk.client.get(url(INTERVENTION, "change", desk.in_state(status).pk))
    assert page.context["has_change_permission"] is False
    assert "1 Dec 10:00–11:00" in page.content.decode()


# -- lists --------------------------------------------------------------------------------------------------


def test_the_named_links_find_what_they_say(desk):
    past = {"scheduled_start": timezone.now() - 3 * HOUR, "scheduled_end": timezone.now() - HOUR}
    ahead = {"scheduled_start": timezone.now() + HOUR, "scheduled_end": timezone.now() + 2 * HOUR}
    late = make_intervention(desk.town, status=S.PLANNED, **past)
    mine = make_intervention(desk.town, status=S.PLANNED, assigned_user=desk.mara, **ahead)
    to_verify = make_intervention(desk.town, status=S.EXECUTED, **past)
    refused = make_intervention(desk.town, status=S.REFUSED, **ahead)
    gone = make_intervention(desk.town, status=S.VERIFIED, archived_at=timezone.now(), **past)
    named = {name: desk.shown(INTERVENTION, quick=name) for name in ("to_verify", "overdue", "mine", "refused")}
    assert named == {"to_verify": [to_verify], "overdue": [late], "mine": [mine], "refused": [refused]}
    assert desk.shown(INTERVENTION, quick="archived") == [gone]
    assert gone not in desk.shown(INTERVENTION, quick="open")


def test_filters_by_state_kind_provider_person_site_and_day(desk):
    site = make_site(desk.town)
    values = {"kind": "preventive", "assigned_user": desk.bruno, "assigned_company_contact": desk.provider}
    found = make_intervention(desk.town, **values)
    found.sites.set([site])
    make_intervention(desk.town, scheduled_start=datetime(2025, 1, 1, tzinfo=UTC), status="draft")
    for filters in (
        {"status__exact": "planned"},
        {"kind__exact": "preventive"},
        {"assigned_company_contact": desk.provider.pk},
        {"assigned_user": desk.bruno.pk},
        {"site": site.pk},
        {"scheduled_start__year": 2026},
        {"q": site.name},
        {"q": f"#{found.pk}"},
    ):
        assert desk.shown(INTERVENTION, **filters) == [found], filters


def test_an_anomalys_number_finds_its_interventions(desk):
    door, lift = desk.anomaly("Fire door does not close"), desk.anomaly("Lift stops")
    found = desk.in_state(S.PLANNED, lift)
    desk.in_state(S.PLANNED, door)
    for text in (lift.label, f" {lift.label.lower()} ", f"A-{lift.number}"):
        assert desk.shown(INTERVENTION, q=text) == [found], text
    assert desk.shown(INTERVENTION, q="A-999999999") == []


def test_the_file_names_sites_and_anomalies(desk):
    door, lift = desk.anomaly("Fire door does not close"), desk.anomaly("Lift stops")
    desk.in_state(S.PLANNED, lift, door)
    header, row = desk.client.get(url(INTERVENTION, "export", "csv")).content.decode().splitlines()
    assert "Status,Sites,Anomalies,Planned start" in header
    assert f',{desk.site.name},"{door.label}, {lift.label}",' in row


def test_another_towns_interventions_are_not_there(desk):
    foreign = Desk("Lyon").in_state(S.EXECUTED)
    assert desk.shown(INTERVENTION) == []
    execution = foreign.execution_id
    for page in ("change", "signature", "report", "do"):
        names = {"signature": [execution], "do": ["accept"]}.get(page, [])
        answer = desk.client.post(url(INTERVENTION, page, foreign.pk, *names))
        assert answer.status_code in (302, 404), page
    assert desk.client.get(url(INTERVENTION, "signature", foreign.pk, execution)).status_code == 404


# -- its page -----------------------------------------------------------------------------------------------


def test_the_pin_is_shown_on_the_page_until_it_is_used_and_in_no_list(desk):
    visit = desk.in_state(S.PLANNED)
    pin = str(pin_of(visit))
    assert pin in desk.page(visit)
    assert pin not in desk.client.get(url(INTERVENTION, "changelist")).content.decode()
    assert pin not in desk.client.get(url(INTERVENTION, "export", "csv")).content.decode()
    assert pin not in desk.client.get(url(INTERVENTION, "history", visit.pk)).content.decode()


def test_the_timeline_tells_each_step_and_who_moved_the_date(desk):
    visit = desk.curative()
    desk.save(visit, **on_form("2026-12-02 09:00", "2026-12-02 10:00"))
    desk.accept(visit.pk)
    page = desk.client.get(url(INTERVENTION, "change", visit.pk))
    told = [(one.label, one.who, one.text) for one in page.context["timeline"]]
    assert told[:2] == [
        ("Planned", str(desk.provider), ""),
        ("Moved", str(desk.mara), "1 Dec 10:00–11:00 → 2 Dec 09:00–10:00"),
    ]
    assert told[-1][0] == "Proposed to the provider"


def test_its_anomalies_stand_with_what_was_done_and_decided(desk):
    visit = desk.in_state(S.VERIFIED)
    (line,) = desk.client.get(url(INTERVENTION, "change", visit.pk)).context["lines"]
    pills = [line[name] for name in ("status", "did", "decided")]
    assert [word in str(pill) for word, pill in zip(("Resolved", "Done", "Accepted"), pills, strict=True)] == [True] * 3
    assert (line["comment"], line["decision"]) == ("Hinge replaced", "Well done")


def test_the_signature_is_a_picture_for_staff_alone(desk):
    visit = desk.in_state(S.EXECUTED)
    address = url(INTERVENTION, "signature", visit.pk, visit.execution_id)
    assert f'src="{address}"' in desk.page(visit)
    answer = desk.client.get(address)
    assert answer["Content-Type"] == "image/png"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"\x89PNG")
    student = browser(person("lea", Role.STUDENT, desk.town))
    assert student.get(address).status_code == 302, "to the log-in"


def test_what_was_rejected_stays_to_be_read_after_it_is_planned_anew(desk):
    visit = desk.in_state(S.REJECTED)
    update_intervention(
        visit.pk,
        {
            "scheduled_start": visit.scheduled_start + timedelta(days=7),
            "scheduled_end": visit.scheduled_end + timedelta(days=7),
        },
    )
    page = desk.page(visit)
    assert "Rejected before" in page
    assert "Jean Petit" in page
    assert "Hinge replaced" in page


def test_a_visit_of_a_routine_and_its_follow_up_lead_to_each_other(desk):
    routine = make_routine(desk.town, desk.site)
    former = make_intervention(desk.town, routine=routine, kind="preventive")
    after = make_intervention(desk.town, follows=former)
    assert url("interventions_routine", "change", routine.pk) in desk.page(former)
    assert url(INTERVENTION, "change", after.pk) in desk.page(former)
    assert url(INTERVENTION, "change", former.pk) in desk.page(after)
