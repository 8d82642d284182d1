"""The seed's own request and answer, and each of its documented refusals [seed; contract 30]."""

import pytest

from interventions.models import Intervention, InterventionAnomaly
from tests.intervention_factories import make_anomaly
from tests.interventions.visits import CURATIVE, DRAFT, PLANNED, PROPOSED, Visits, paths
from tests.interventions.wire import data, error

pytestmark = pytest.mark.django_db
# In the seed's order.
KEYS = [
    *("id", "status", "type", "description", "imgSignature", "codePin", "autoCreated", "creationStatus"),
    *("scheduledStart", "scheduledEnd", "actualStart", "actualEnd", "providerName", "providerEmail"),
    *("providerActionComment", "providerGeneralComment", "assignedCompanyContactId", "assignedUserId"),
    *("verifiedByUserId", "verifiedAt", "decisionComment", "attendeeCount", "routineId", "organizationId"),
    *("createdByUserId", "archivedAt", "updatedAt", "createdAt"),
]
WHOLE = {
    *("id", "status", "type", "codePin", "creationStatus", "assignedCompanyContactId", "assignedUserId"),
    *("organizationId", "createdByUserId"),
}
MOMENTS = {"scheduledStart", "scheduledEnd", "updatedAt", "createdAt"}


@pytest.fixture
def visits():
    return Visits()


@pytest.fixture
def seed(visits):
    """The seed's body, with the ids of the rows that stand for its 1s."""
    return {
        "scheduledStart": "2024-12-01T12:34:56.000Z",
        "scheduledEnd": "2024-12-05T14:56:23.000Z",
        "anomalyIds": [visits.anomaly().pk],
        "creationStatus": 0,
        "description": "Description of the intervention",
        "assignedCompanyContactId": visits.provider.pk,
        "assignedUserId": visits.bruno.pk,
    }


def test_the_seeds_request_is_created_with_the_seeds_28_keys_in_order_and_types(visits, seed):
    response = visits.staff.post(CURATIVE, seed)
    found = data(response, 201)
    assert list(response.json()) == ["data"]
    assert list(found) == KEYS
    assert len(KEYS) == 28
    assert {name for name, value in found.items() if type(value) is int} == WHOLE
    assert {name for name, value in found.items() if isinstance(value, str)} == {*MOMENTS, "description"}
    assert all(found[name].endswith("Z") and len(found[name]) == 24 for name in MOMENTS)
    assert {name: found[name] for name in seed if name != "anomalyIds"} == {
        name: value for name, value in seed.items() if name != "anomalyIds"
    }
    assert (found["status"], found["type"], found["autoCreated"]) == (DRAFT, 1, False)
    assert (found["organizationId"], found["createdByUserId"]) == (visits.town.pk, visits.mara.pk)
    assert 100_000 <= found["codePin"] <= 999_999
    assert response["Location"] == f"/interventions/v2/rs/{found['id']}"


def test_the_content_type_must_be_json(visits, seed):
    error(visits.staff.post(CURATIVE, form="scheduledStart=2024-12-01T12:34:56.000Z"), 415)
    error(visits.staff.call("POST", CURATIVE), 415)
    assert visits.staff.post(CURATIVE, seed, content_type="application/json").status_code == 201


def test_a_call_without_a_session_is_told_so(visits, seed):
    del visits.staff.headers["x-session-token"]
    assert error(visits.staff.post(CURATIVE, seed), 401)["code"] == "session_required"


NO_MOMENTS = [
    *("2024-12-01T12:34:56.000+01:00", "2024-12-01T12:34:56.000+00:00", "2023-02-29T12:34:56.000Z"),
    *("2100-02-29T12:34:56Z", "2024-04-31T12:34:56Z", "2024-12-01", "2024-12-01 12:34:56Z", "2024-12-01T24:00:00Z"),
    *("2024-12-01T12:34:56.000z", "2024-12-01T12:34:56.Z", "2024-12-01T12Z", "0000-12-01T12:34:56Z", "soon", ""),
    *("٢٠٢٤-12-01T12:34:56Z", "2024-12-01T12:34:56Z\n", 1733056496, True, [], {}),
]
NO_IDS = [2**53, -(2**53), 10**30, 1.5, "1", True, {}]
BAD_VALUES = {
    "scheduledStart": NO_MOMENTS,
    "scheduledEnd": NO_MOMENTS,
    "anomalyIds": [[], 1, "1", {}, True],
    "creationStatus": [3, -1, "1", True, 1.5, []],
    "description": ["x" * 2501, 1, True, []],
    "assignedCompanyContactId": [*NO_IDS, [1]],
    "assignedUserId": [*NO_IDS, [1]],
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_value_of_a_wrong_shape_is_refused_on_its_path(visits, seed, name):
    found = {str(value): paths(visits.staff.post(CURATIVE, {**seed, name: value}), 400) for value in BAD_VALUES[name]}
    assert {text: at for text, at in found.items() if at != [name]} == {}


def test_an_anomaly_id_of_a_wrong_shape_is_refused_under_its_number(visits, seed):
    for value in NO_IDS:
        response = visits.staff.post(CURATIVE, {**seed, "anomalyIds": [*seed["anomalyIds"], value]})
        assert paths(response, 400) == ["anomalyIds[1]"], value


def test_seconds_and_fraction_may_be_left_out_and_a_leap_years_29_february_is_a_day(visits, seed):
    for text in ("2024-02-29T12:34Z", "2024-12-01T12:34:56Z", "2024-12-01T12:34:56.123456789Z"):
        body = {**seed, "scheduledStart": text, "anomalyIds": [visits.anomaly().pk]}
        assert data(visits.staff.post(CURATIVE, body), 201)["scheduledStart"][:16] == text[:16]


def test_all_that_has_a_wrong_shape_is_told_in_one_answer(visits, seed):
    del seed["creationStatus"]
    body = {**seed, "assignedUserId": "1", "scheduledStart": "soon", "anomalyIds": []}
    assert paths(visits.staff.post(CURATIVE, body), 400) == [
        *("scheduledStart", "anomalyIds", "assignedUserId", "creationStatus")
    ]
    assert not Intervention.objects.exists()


def test_what_is_required_must_be_there_and_null_is_absent(visits, seed):
    for name in ("scheduledStart", "scheduledEnd", "anomalyIds", "creationStatus"):
        assert paths(visits.staff.post(CURATIVE, {**seed, name: None}), 400) == [name]
        rest = {key: value for key, value in seed.items() if key != name}
        assert paths(visits.staff.post(CURATIVE, rest), 400) == [name]


def test_what_is_optional_may_be_null_and_unknown_names_are_passed_over(visits, seed):
    nothing = dict.fromkeys(("description", "assignedCompanyContactId", "assignedUserId"))
    found = data(visits.staff.post(CURATIVE, {**seed, **nothing, "colour": "red"}), 201)
    assert [found[name] for name in nothing] == [None, None, None]


def test_a_description_of_2500_characters_is_kept(visits, seed):
    assert data(visits.staff.post(CURATIVE, {**seed, "description": "é" * 2500}), 201)["description"] == "é" * 2500


# -- rules --------------------------------------------------------------------------------------------------


def test_it_ends_after_it_starts(visits, seed):
    for end in ("2024-12-01T12:34:56.000Z", "2024-12-01T12:34:55.999Z"):
        assert paths(visits.staff.post(CURATIVE, {**seed, "scheduledEnd": end}), 422) == ["scheduledEnd"]


def test_anomalies_that_are_unknown_foreign_resolved_or_archived_are_named(visits, seed):
    resolved = visits.anomaly(status="resolved")
    archived = visits.anomaly(archived_at="2026-01-01T00:00:00Z")
    foreign = make_anomaly(Visits("Elsewhere").site)
    bad = [10**9, resolved.pk, archived.pk, foreign.pk]
    response = visits.staff.post(CURATIVE, {**seed, "anomalyIds": [*seed["anomalyIds"], *bad]})
    assert paths(response, 422) == ["anomalyIds"]
    message = response.json()["errors"][0]["message"]
    assert message.endswith(": " + ", ".join(map(str, bad)))


def test_an_anomaly_that_another_open_intervention_holds_is_named(visits, seed):
    held = visits.create()["id"]
    (taken,) = InterventionAnomaly.objects.filter(intervention=held).values_list("anomaly_id", flat=True)
    response = visits.staff.post(CURATIVE, {**seed, "anomalyIds": [*seed["anomalyIds"], taken]})
    assert paths(response, 409) == ["anomalyIds"]
    assert str(taken) in response.json()["errors"][0]["message"]
    assert Intervention.objects.count() == 1


def test_an_anomaly_that_is_named_twice_counts_once(visits, seed):
    pk = data(visits.staff.post(CURATIVE, {**seed, "anomalyIds": seed["anomalyIds"] * 2}), 201)["id"]
    assert InterventionAnomaly.objects.filter(intervention=pk).count() == 1


@pytest.mark.parametrize("name", ["assignedCompanyContactId", "assignedUserId"])
def test_an_assignee_that_is_unknown_or_foreign_is_refused_together_with_all_else(visits, seed, name):
    other = Visits("Elsewhere")
    foreign = {"assignedCompanyContactId": other.provider.pk, "assignedUserId": other.bruno.pk}[name]
    for value in (foreign, 10**9, 0, -1):
        body = {**seed, name: value, "anomalyIds": [10**9], "scheduledEnd": seed["scheduledStart"]}
        assert sorted(paths(visits.staff.post(CURATIVE, body), 422)) == sorted(["anomalyIds", "scheduledEnd", name])


def test_to_agree_on_a_date_needs_a_provider(visits, seed):
    del seed["assignedCompanyContactId"]
    assert paths(visits.staff.post(CURATIVE, {**seed, "creationStatus": 2}), 422) == ["assignedCompanyContactId"]


def test_how_it_is_created_says_where_it_begins(visits):
    for creation_status, status in ((0, DRAFT), (1, PLANNED), (2, PROPOSED)):
        found = visits.create(creationStatus=creation_status, assignedCompanyContactId=visits.provider.pk)
        assert (found["creationStatus"], found["status"]) == (creation_status, status)


def test_a_repeated_key_gets_the_first_answer_again_with_its_pin(visits, seed):
    first, again = (visits.staff.post(CURATIVE, seed, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert Intervention.objects.count() == 1


def test_narrowed_to_sites_the_anomalies_of_others_do_not_exist(visits, seed):
    headers = {"x-sites": f"['{visits.site.pk + 1}']"}
    assert paths(visits.staff.post(CURATIVE, seed, **headers), 422) == ["anomalyIds[0]"]
    headers = {"x-sites": f"['{visits.site.pk}', '{visits.site.pk + 1}']"}
    assert data(visits.staff.post(CURATIVE, {**seed, "creationStatus": 1}, **headers), 201)["status"] == PLANNED
