"""Anomalies over HTTP: reported, prescribed, listed, replaced, resolved [annex 30; contract 30]."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.models import Role
from interventions.models import Anomaly, AnomalyStatus, Report, Risk
from tests.factories import make_organization
from tests.intervention_factories import make_anomaly, make_intervention, make_site
from tests.interventions.wire import data, error, fields, session_caller

pytestmark = pytest.mark.django_db
PATH, ONE, REPORT = (
    "/anomalies/v2/rs/observations",
    "/anomalies/v2/rs/{}",
    "/anomalies/v2/rs/reports/{}/prescription",
)
CHANGE = "/anomalies/v3/rs/{}/non-conformity"
# As the annex has them.
KEYS = [
    *("id", "type", "status", "title", "description", "risk", "siteId", "technicalInstallationId", "equipmentId"),
    *("reportedByUserId", "positionId", "resolvedComment", "reporter", "resolvedByUserId", "alreadyReported"),
    *("sortOrder", "anomalyNumber", "pageNumber", "reportId", "comment", "resolutionDelay", "location", "dueAt"),
    *("observedAt", "resolvedAt", "deletedAt", "archivedAt", "updatedAt", "createdAt"),
]
SEEN = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)


@pytest.fixture
def site():
    return make_site(make_organization("Ville"))


@pytest.fixture
def staff(site):
    return session_caller(site.organization)


# -- observations -------------------------------------------------------------------------------------------


def test_an_observation_is_numbered_dated_and_due(site, staff):
    body = {
        "title": "Fire door does not close",
        "siteId": site.pk,
        "risk": 2,
        "resolutionDelay": "P7D",
        "observedAt": "2025-11-20T08:15Z",
        "equipmentId": 77,
        "alreadyReported": True,
        "reporter": "The caretaker",
        "unknown": "is passed over",
    }
    response = staff.post(PATH, body)
    found = data(response, 201)
    assert list(found) == KEYS
    expected = {
        **{name: body[name] for name in ("title", "siteId", "risk", "resolutionDelay", "equipmentId", "reporter")},
        "type": 1,
        "status": 0,
        "anomalyNumber": "A-00001",
        "observedAt": "2025-11-20T08:15:00.000Z",
        "dueAt": "2025-11-27T08:15:00.000Z",
        "reportedByUserId": staff.user.pk,
        "alreadyReported": True,
        "description": None,
        "technicalInstallationId": None,
    }
    assert found == {**found, **expected}
    assert response["Location"] == ONE.format(found["id"])
    assert data(staff.get(response["Location"])) == found
    assert data(staff.post(PATH, body), 201)["anomalyNumber"] == "A-00002"


def test_what_an_observation_cannot_be(site, staff):
    wrong = {"title": 5, "siteId": "1", "risk": 4, "observedAt": "2025-02-29T00:00:00Z", "resolutionDelay": "7 days"}
    assert list(fields(staff.post(PATH, wrong))) == list(wrong)
    assert list(fields(staff.post(PATH, {"description": "x" * 2501}))) == ["description", "title", "siteId"]
    good = {"title": "Door", "siteId": site.pk}
    broken = {"siteId": make_site(make_organization()).pk, "title": "a\nb", "resolutionDelay": "P99Y999M"}
    assert list(fields(staff.post(PATH, {**good, **broken}), 422)) == ["title", "siteId", "resolutionDelay"]
    assert list(fields(staff.post(PATH, {**good, "observedAt": "2999-01-01T00:00:00Z"}), 422)) == ["observedAt"]
    archived = make_site(site.organization, is_archived=True)
    assert list(fields(staff.post(PATH, {**good, "siteId": archived.pk}), 422)) == ["siteId"]
    assert Anomaly.objects.count() == 0


def ids(staff, query: str, **headers) -> list[int]:
    return [one["id"] for one in data(staff.get(f"{PATH}?{query}", **headers))]


def test_the_list_finds_every_kind_by_its_filters(site, staff):
    other = make_site(site.organization)
    door = make_anomaly(site, "Door", risk=Risk.HIGH, observed_at=SEEN, due_at=SEEN)
    lift = make_anomaly(other, "Lift", kind=Anomaly.Kind.PRESCRIPTION, description="cable")
    done = make_anomaly(site, "Lamp", status=AnomalyStatus.RESOLVED, due_at=SEEN)
    old = make_anomaly(site, "Old", due_at=SEEN, archived_at=SEEN)
    make_anomaly(make_site(make_organization()), "Foreign")
    asked = {
        "": [done, lift, door],
        "archived=false": [done, lift, door],
        "sort=title": [door, done, lift],
        "status[]=0": [lift, door],
        "status[]=0&status[]=3": [done, lift, door],
        "type[]=2": [lift],
        "risk[]=3": [door],
        f"siteIds[]={other.pk}": [lift],
        "overdue=true": [door],
        "overdue=false": [done, lift],
        "unresolved=true": [lift, door],
        "archived=true": [old],
        "observedFrom=2026-11-20T08:15:00Z&observedTo=2026-11-20T08:15:01Z": [door],
        "dueTo=2026-11-20T08:15:00Z": [],
        "q=CABLE": [lift],
        "reportId=5": [],
    }
    for query, expected in asked.items():
        assert ids(staff, query) == [one.pk for one in expected], query
    assert ids(staff, "", x_sites=f"['{site.pk}']") == [done.pk, door.pk]


def test_the_list_tells_what_no_open_intervention_has(site, staff):
    held, free = make_anomaly(site, "Held"), make_anomaly(site, "Free")
    make_intervention(site.organization, held)
    assert ids(staff, "uncovered=true") == [free.pk]
    assert ids(staff, "uncovered=false") == [held.pk]


def test_the_list_tells_what_came_back_within_thirty_days(site, staff):
    now = timezone.now()
    make_anomaly(site, "Door", status=AnomalyStatus.RESOLVED, resolved_at=now - timedelta(days=40))
    make_anomaly(site, "Door", observed_at=now - timedelta(days=9))
    back = make_anomaly(site, "door", observed_at=now - timedelta(days=11))
    make_anomaly(make_site(site.organization), "Door", observed_at=now - timedelta(days=11))
    make_anomaly(site, "Door", observed_at=datetime(1, 1, 3, tzinfo=UTC))
    assert ids(staff, "cameBack=true") == [back.pk]


# -- prescriptions ------------------------------------------------------------------------------------------


def test_prescriptions_come_in_bulk_under_a_report(site, staff):
    rows = [{"title": f"Point {number}", "siteId": site.pk, "pageNumber": number} for number in (1, 2, 3)]
    response = staff.post(REPORT.format(2026001), rows)
    assert (response.status_code, response.json()) == (201, {"nbInsertion": 3})
    assert staff.post(REPORT.format(2026001), rows[:1]).json() == {"nbInsertion": 1}
    assert Report.objects.get().number == 2026001
    shown = data(staff.get(f"{PATH}?reportId=2026001&sort=id"))
    assert [(one["type"], one["reportId"], one["anomalyNumber"], one["pageNumber"]) for one in shown] == [
        (2, 2026001, "A-00001", 1),
        (2, 2026001, "A-00002", 2),
        (2, 2026001, "A-00003", 3),
        (2, 2026001, "A-00004", 1),
    ]


def test_one_bad_prescription_keeps_all_of_them_out(site, staff):
    good = {"title": "Point", "siteId": site.pk}
    path = REPORT.format(1)
    assert list(fields(staff.post(path, [good, {"title": 1}, 5]))) == ["[1].siteId", "[1].title", "[2]"]
    foreign = make_site(make_organization()).pk
    assert list(fields(staff.post(path, [good, {**good, "siteId": foreign}]), 422)) == ["[1].siteId"]
    assert list(fields(staff.post(path, [good, {**good, "title": "a\nb"}]), 422)) == ["[1].title"]
    for body in ([], {}, None, [good] * 501):
        error(staff.post(path, body) if body is not None else staff.post(path, {}), 400)
    error(staff.post(REPORT.format(2**53), [good]), 400)
    error(staff.post(REPORT.format("x"), [good]), 404)
    assert Anomaly.objects.count() == Report.objects.count() == 0


# -- one of them --------------------------------------------------------------------------------------------


def test_put_replaces_and_empties_what_is_absent(site, staff):
    anomaly = make_anomaly(site, description="Old", location="Cellar", risk=Risk.HIGH, resolution_delay="P7D")
    path = ONE.format(anomaly.pk)
    found = data(staff.put(path, {"title": "New", "siteId": site.pk, "risk": 1}))
    cleared = {"description": None, "location": None, "resolutionDelay": None, "comment": None, "dueAt": None}
    assert found == {**found, **cleared, "title": "New", "risk": 1}
    assert found["observedAt"] == data(staff.get(path))["observedAt"]
    assert list(fields(staff.put(path, {"risk": 1}))) == ["title", "siteId"]
    tag = staff.get(path)["ETag"]
    assert staff.put(path, {"title": "Newer", "siteId": site.pk}, If_Match=tag).status_code == 200
    error(staff.put(path, {"title": "Newest", "siteId": site.pk}, If_Match=tag), 412)


def test_patch_changes_a_part_and_resolves_with_a_comment(site, staff):
    anomaly = make_anomaly(site, location="Cellar")
    path = CHANGE.format(anomaly.pk)
    assert data(staff.patch(path, {"risk": 3, "location": None}))["location"] == "Cellar"
    found = data(staff.patch(path, {"title": "Door", "resolvedComment": "Closer replaced"}))
    assert (found["status"], found["title"], found["resolvedByUserId"]) == (3, "Door", staff.user.pk)
    assert (found["resolvedComment"], found["resolvedAt"] is not None) == ("Closer replaced", True)
    body = error(staff.patch(path, {"resolvedComment": "Again"}), 409, "state")
    assert body["allowed"] == [0]
    assert list(fields(staff.patch(path, {"resolvedComment": " "}))) == ["resolvedComment"]


def test_what_an_open_intervention_holds_is_resolved_by_its_verification(site, staff):
    anomaly = make_anomaly(site)
    make_intervention(site.organization, anomaly)
    assert error(staff.patch(CHANGE.format(anomaly.pk), {"resolvedComment": "Done"}), 409)["allowed"] == [0]
    assert data(staff.get(ONE.format(anomaly.pk)))["status"] == 1


def test_where_it_is_does_not_change_while_somebody_is_to_go_there(site, staff):
    anomaly, other = make_anomaly(site), make_site(site.organization)
    make_intervention(site.organization, anomaly)
    path = ONE.format(anomaly.pk)
    assert list(fields(staff.put(path, {"title": "Door", "siteId": other.pk}), 422)) == ["siteId"]
    assert list(fields(staff.patch(CHANGE.format(anomaly.pk), {"siteId": other.pk}), 422)) == ["siteId"]
    found = data(staff.put(path, {"title": "Door of the hall", "siteId": site.pk}))
    assert (found["title"], found["siteId"]) == ("Door of the hall", site.pk)


def test_x_sites_hides_the_rows_of_other_sites(site, staff):
    anomaly, other = make_anomaly(site), make_site(site.organization)
    there, elsewhere = f"['{site.pk}']", f'["{other.pk}"]'
    assert staff.get(ONE.format(anomaly.pk), x_sites=there).status_code == 200
    error(staff.get(ONE.format(anomaly.pk), x_sites=elsewhere), 404)
    body = {"title": "Door", "siteId": site.pk}
    assert list(fields(staff.post(PATH, body, x_sites=elsewhere), 422)) == ["siteId"]


def test_labels_stand_beside_every_number_in_the_persons_language(site):
    anomaly = make_anomaly(site, risk=Risk.HIGH)
    staff = session_caller(site.organization, Role.BASIC_STAFF)
    plain = data(staff.get(ONE.format(anomaly.pk)))
    staff.user.language = "en"
    staff.user.save()
    response = staff.get(f"{ONE.format(anomaly.pk)}?labels=true")
    shown = data(response)
    assert {name: shown[name] for name in shown if name.endswith("Label")} == {
        "typeLabel": "Observation",
        "statusLabel": "Open",
        "riskLabel": "High",
    }
    assert {name: shown[name] for name in plain} == plain
    assert list(shown)[1:5] == ["type", "typeLabel", "status", "statusLabel"]
    assert response["Content-Language"] == "en"
    listed = data(staff.get(f"{PATH}?labels=true"))[0]
    assert listed == shown
    for path in (PATH, ONE.format(anomaly.pk)):
        assert list(fields(staff.get(f"{path}?labels=maybe"))) == ["labels"]
