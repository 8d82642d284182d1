"""Reading interventions: one, and lists with their filters, sorts, pages and labels [contract 30]."""

import pytest
import time_machine

from core.models import Role
from interventions.models import InterventionStatus
from tests.intervention_factories import make_anomaly, make_company_contact, make_intervention, make_site
from tests.interventions.test_api_seed import KEYS
from tests.interventions.visits import RS, Visits, paths
from tests.interventions.wire import data, error, session_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]
S = InterventionStatus
ADDED = [
    *("subType", "isOverdue", "cancellationReason", "followsId", "companyId", "ruleIds", "siteRuleIds", "assignedTo"),
    *("summary", "routine", "hasRoutineInterventionDrift", "siteIds", "anomalyStats", "actions"),
]
LINKS = "/interventions-anomalies/v1/rs"


@pytest.fixture
def visits():
    return Visits()


def test_reads_have_the_seeds_keys_and_then_their_own(visits):
    pk = visits.create()["id"]
    (item,) = data(visits.staff.get(RS))
    assert list(item) == [*KEYS, *ADDED]
    assert list(visits.get(pk)) == [*KEYS, *ADDED, "anomalies"]


def test_the_pin_is_told_where_it_is_made_and_by_reading_one_to_staff_alone(visits):
    made = visits.create()
    assert visits.get(made["id"])["codePin"] == made["codePin"]
    assert data(visits.basic.get(f"{RS}/{made['id']}"))["codePin"] == made["codePin"]
    assert str(made["codePin"]) not in visits.staff.get(RS).content.decode()
    assert str(made["codePin"]) not in visits.staff.get(LINKS).content.decode()
    changed = visits.staff.patch(f"{RS}/curative/{made['id']}", {"description": "x"})
    assert str(made["codePin"]) not in changed.content.decode()
    data(visits.enter_pin(made["id"]).get(f"{RS}/{made['id']}"))


def test_what_is_still_the_same_is_not_sent_again(visits):
    path = f"{RS}/{visits.create()['id']}"
    tag = visits.staff.get(path)["ETag"]
    assert visits.staff.get(path, **{"If-None-Match": tag}).status_code == 304


def test_an_id_past_2_to_53_is_a_400_and_one_that_is_none_or_foreign_a_404(visits):
    foreign = Visits("Elsewhere").create()["id"]
    for key in (2**53, -(2**53), "9" * 30):
        assert paths(visits.staff.get(f"{RS}/{key}"), 400) == ["id"]
    for key in (foreign, 10**9, 0, -1, "abc", "1.5", "01", "%20", "curative"):
        assert visits.staff.get(f"{RS}/{key}").status_code in {404, 405}, key
        error(visits.staff.patch(f"{RS}/{key}/verify", {"decision": 1}), 404)


def test_lists_are_narrowed(visits):
    second = make_site(visits.town, "Mairie")
    other = make_company_contact(visits.town, "Sparks", company_name="Volt")
    here = make_intervention(visits.town, visits.anomaly(), status=S.DRAFT, description="The red door")
    there = make_intervention(
        visits.town,
        *(visits.anomaly(), make_anomaly(second)),
        scheduled_start="2027-01-05T09:00:00Z",
        scheduled_end="2027-01-05T10:00:00Z",
        assigned_company_contact=other,
    )
    walk_in = make_intervention(visits.town, kind="preventive", status=S.VERIFIED, assigned_user=visits.bruno)
    walk_in.sites.set([visits.site])
    for query, expected in {
        "status[]=2": [there],
        "status[]=0&status[]=5": [here, walk_in],
        "status=0": [here],
        "type[]=2": [walk_in],
        f"siteIds[]={second.pk}": [there],
        f"siteIds[]={second.pk}&siteIds[]={visits.site.pk}": [here, there, walk_in],
        "scheduledFrom=2027-01-05T09:00:00Z": [there],
        "scheduledTo=2027-01-05T09:00:00Z": [here, walk_in],
        f"assignedUserId={visits.bruno.pk}": [walk_in],
        f"assignedCompanyContactId={other.pk}": [there],
        "q=red": [here],
        "q=volt%20spark": [there],
        "q=bruno": [walk_in],
        "q=nothing": [],
        "archived=true": [],
        "archived=false": [here, there, walk_in],
        "": [here, there, walk_in],
    }.items():
        assert sorted(visits.listed(query)) == [one.pk for one in expected], query
    narrowed = data(visits.staff.get(RS, **{"x-sites": f"['{second.pk}']"}))
    assert [item["id"] for item in narrowed] == [there.pk]
    error(visits.staff.get(f"{RS}/{here.pk}", **{"x-sites": f"['{second.pk}']"}), 404)


def test_what_is_archived_is_listed_where_it_is_asked_for(visits):
    gone = make_intervention(visits.town, status=S.CANCELLED, archived_at="2026-01-01T00:00:00Z")
    assert (visits.listed(), visits.listed("archived=true")) == ([], [gone.pk])
    assert visits.get(gone.pk)["archivedAt"] == "2026-01-01T00:00:00.000Z"


def test_overdue_is_what_was_not_executed_in_its_time(visits):
    found = {status: make_intervention(visits.town, status=status).pk for status in S}
    late = [found[status] for status in (S.DRAFT, S.PROPOSED, S.PLANNED, S.REJECTED, S.REFUSED, S.IN_PROGRESS)]
    assert visits.listed("overdue=true") == []
    with time_machine.travel("2026-12-01T10:00:01Z"):
        visits.staff = visits.caller(visits.mara)
        assert sorted(visits.listed("overdue=true")) == sorted(late)
        assert sorted(visits.listed("overdue=false")) == sorted(set(found.values()) - set(late))
        shown = {item["id"]: item["isOverdue"] for item in data(visits.staff.get(RS))}
    assert [pk for pk, is_late in shown.items() if not is_late] == [
        pk for pk in shown if pk not in late
    ]  # fmt: skip


def test_lists_are_sorted_and_paged(visits):
    hours = ("09", "11", "10", "11")
    pks = [
        make_intervention(
            visits.town, scheduled_start=f"2026-12-01T{hour}:00:00Z", scheduled_end="2026-12-02T00:00Z"
        ).pk
        for hour in hours
    ]
    first, second, third, fourth = pks
    assert visits.listed() == [fourth, second, third, first]
    assert visits.listed("sort=scheduledStart") == [first, third, second, fourth]
    assert visits.listed("sort=-id") == pks[::-1]
    response = visits.staff.get(f"{RS}?sort=id&pageSize=3&page=2")
    assert response.json()["meta"] == {"page": 2, "pageSize": 3, "total": 4}
    assert [item["id"] for item in data(response)] == [fourth]
    assert visits.staff.get(RS).json()["meta"] == {"page": 1, "pageSize": 25, "total": 4}
    assert visits.staff.get(f"{RS}?page=9").json() == {"data": [], "meta": {"page": 9, "pageSize": 25, "total": 4}}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        *[(f"page={value}", "page") for value in ("0", "-1", "x", "1.5", "")],
        *[(f"pageSize={value}", "pageSize") for value in ("0", "101", "x")],
        *[(f"sort={value}", "sort") for value in ("", "nope", "--id", "description")],
        *[(f"status[]={value}", "status[0]") for value in ("9", "x", "-1", "")],
        *[(f"{name}=x", name) for name in ("assignedUserId", "assignedCompanyContactId", "overdue", "scheduledFrom")],
        ("siteIds[]=1&siteIds[]=x", "siteIds[1]"),
        (f"assignedUserId={2**53}", "assignedUserId"),
        ("scheduledTo=2026-12-01T10:00:00%2B01:00", "scheduledTo"),
        ("overdue=true&overdue=true", "overdue"),
        ("labels=2", "labels"),
    ],
)
def test_a_query_of_a_wrong_shape_is_a_400(visits, query, path):
    assert paths(visits.staff.get(f"{RS}?{query}"), 400) == [path]


def test_labels_stand_beside_every_number_in_the_sessions_language(visits):
    visit = visits.in_state(S.EXECUTED)
    shown = visits.get(visit.pk, "?labels=true")
    found = {name: value for name, value in shown.items() if name.endswith("Label")}
    assert found == {
        "statusLabel": "To verify",
        "typeLabel": "Curative",
        "creationStatusLabel": "To agree with the provider",
        "subTypeLabel": "Of anomalies",
    }
    assert shown["assignedTo"]["typeLabel"] == "Company contact"
    (anomaly,) = shown["anomalies"]
    assert [anomaly[f"{name}Label"] for name in ("risk", "providerAction", "clientDecision")] == [
        "None",
        "Done",
        "None",
    ]
    (item,) = data(visits.staff.get(f"{RS}?labels=true"))
    assert item["statusLabel"] == "To verify"
    visits.mara.changed(language="fr").save()
    response = visits.staff.get(f"{RS}/{visit.pk}?labels=true")
    assert response["Content-Language"] == "fr"
    assert "statusLabel" not in visits.get(visit.pk)


def test_link_rows_show_both_sides(visits):
    visit = visits.in_state(S.EXECUTED)
    make_intervention(Visits("Elsewhere").town)
    (anomaly,) = visits.get(visit.pk)["anomalies"]
    (link,) = data(visits.staff.get(LINKS))
    assert list(link) == [
        *("id", "anomalyId", "interventionId", "comment", "providerAction", "clientDecision", "clientDecisionComment"),
        *("anomaly", "intervention"),
    ]
    assert (link["anomalyId"], link["anomaly"]["id"], link["anomaly"]["title"]) == (
        *(anomaly["id"], anomaly["id"], anomaly["title"]),
    )
    assert (link["interventionId"], link["intervention"]["status"], link["providerAction"]) == (visit.pk, 4, 1)
    for query, number in {
        f"interventionId={visit.pk}": 1,
        f"anomalyId={anomaly['id']}": 1,
        "interventionId=0": 0,
        "status[]=4": 1,
        "status[]=5": 0,
        f"siteIds[]={visits.site.pk}": 1,
        "providerAction[]=2": 0,
    }.items():
        assert len(data(visits.staff.get(f"{LINKS}?{query}"))) == number, query
    assert data(visits.staff.get(LINKS, **{"x-sites": f"[{visits.site.pk + 1}]"})) == []


def test_a_student_reads_nothing(visits):
    error(session_caller(visits.town, Role.STUDENT).get(RS), 403)
