"""What all endpoints of the interventions' dialect have in common [seed; contract 30]."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from core.models import Membership, Role
from interventions.api.moments import read_moment, wire_moment
from interventions.models import AnomalyStatus, Site
from tests.factories import make_organization
from tests.intervention_factories import make_anomaly, make_intervention, make_site
from tests.interventions.wire import data, error, fields, make_app, provider_caller, session_caller

SITES, CONTACTS, OBSERVATIONS = "/sites/v1/rs", "/company-contacts/v1/rs", "/anomalies/v2/rs/observations"
# The seed's, letter by letter.
SEED = (
    r"^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-"
    r"(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):[0-5]\d"
    r"(?::[0-5]\d(?:\.\d+)?)?(?:Z))$"
)
MOMENTS = st.datetimes(timezones=st.just(UTC))


@pytest.fixture
def town(db):
    return make_organization("Ville")


@pytest.fixture
def staff(town):
    return session_caller(town, Role.ADVANCED_STAFF)


# -- moments ------------------------------------------------------------------------------------------------


@given(MOMENTS)
def test_what_we_write_is_read_as_the_same_moment_and_by_the_seeds_pattern(moment):
    text = wire_moment(moment)
    assert re.match(SEED, text)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert read_moment(text) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(st.from_regex(SEED, fullmatch=True).filter(lambda text: text.isascii() and not text.startswith("0000")))
@example("2024-02-29T00:00Z")
@example("2000-02-29T23:59:59.9999999999Z")
@example("0001-01-01T00:00Z")
@example("9999-12-31T23:59:59.999999999Z")
def test_whatever_the_seeds_pattern_takes_is_a_moment(text):
    assert wire_moment(read_moment(text.removesuffix("\n")))[:16] == text[:16]


@pytest.mark.parametrize(
    "text",
    [
        *("2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2024-04-31T00:00:00Z"),
        *("0000-02-29T00:00:00Z", "2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00", "2024-01-01T00:00:00z"),
        *("2024-01-01T24:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00Z\n", "٢٠٢٤-01-01T00:00Z", "2024-01-01"),
    ],
)
def test_what_is_no_moment_in_utc_is_refused(text):
    with pytest.raises(ValueError, match="must be a date and time in UTC"):
        read_moment(text)


def test_digits_past_microseconds_are_cut():
    expected = datetime(2024, 12, 1, 12, 34, 56, 123456, tzinfo=UTC)
    assert read_moment("2024-12-01T12:34:56.1234569999Z") == expected
    assert read_moment("2024-12-01T12:34:56.5Z") == expected.replace(microsecond=500_000)


# -- bodies -------------------------------------------------------------------------------------------------


def test_every_write_must_say_that_it_is_json(town, staff):
    site = make_site(town)
    for method, path in (("POST", SITES), ("PATCH", f"{SITES}/{site.pk}"), ("PUT", f"/anomalies/v2/rs/{site.pk}")):
        error(staff.call(method, path), 415)
        error(staff.call(method, path, form="name=x"), 415)
        error(staff.client.generic(method, path, "{}", "text/json", headers=both(staff)), 415)
    response = staff.client.generic(
        "POST", SITES, '{"name": "É"}', 'Application/JSON; charset="utf-8"', headers=both(staff)
    )
    assert data(response, 201)["name"] == "É"
    # A GET says nothing, or whatever it likes.
    assert staff.client.get(SITES, headers={**both(staff), "Content-Type": "text/html"}).status_code == 200
    assert staff.call("DELETE", "/interventions/v2/sessions", form="x=1").status_code == 415
    assert staff.call("DELETE", "/interventions/v2/sessions").status_code == 204


def both(caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.token}", "x-session-token": caller.session}


def test_a_number_may_be_written_as_a_float_and_null_is_absent(town, staff):
    site = make_site(town)
    body = {"title": "Door", "siteId": float(site.pk), "risk": 2.0, "description": None, "observedAt": None}
    assert data(staff.post(OBSERVATIONS, body), 201)["risk"] == 2
    assert list(fields(staff.post(OBSERVATIONS, {**body, "siteId": None}))) == ["siteId"]


def test_shapes_are_told_before_rules_and_all_of_each_at_once(town, staff):
    wrong = {"title": "a\nb", "siteId": make_site(make_organization()).pk, "risk": "high", "comment": 1}
    assert fields(staff.post(OBSERVATIONS, wrong)) == {"risk": "must be an integer", "comment": "must be a text"}
    mended = {**wrong, "risk": 1, "comment": "x"}
    assert fields(staff.post(OBSERVATIONS, mended), 422) == {
        "title": "must be one line without control characters",
        "siteId": "must exist",
    }


def test_a_refusal_has_the_dialects_form(town, staff):
    body = error(staff.post(SITES, {"name": ""}), 400)
    assert body == {
        "message": "Some values cannot be used",
        "errors": [{"path": "name", "code": "required", "message": "must not be empty"}],
    }
    for response, status in ((staff.get("/sites/v1/nope"), 404), (staff.call("DELETE", SITES), 405)):
        assert list(error(response, status)) == ["message", "errors"]
        assert response["Content-Type"].startswith("application/json")


def test_no_refusal_tells_of_another_organizations_row(town, staff):
    foreign = make_site(make_organization(), "Secret")
    never = foreign.pk + 10_000
    for path in (f"{SITES}/{{}}", "/anomalies/v2/rs/{}", "/routines/v1/rs/{}", f"{CONTACTS}/{{}}"):
        assert staff.get(path.format(foreign.pk)).content == staff.get(path.format(never)).content
    answers = [staff.post(OBSERVATIONS, {"title": "Door", "siteId": pk}).content for pk in (foreign.pk, never)]
    assert answers[0] == answers[1]
    assert data(staff.get(f"{SITES}?ids[]={foreign.pk}&q=Secret")) == []


# -- headers ------------------------------------------------------------------------------------------------


def test_x_sites_narrows_every_list(town, staff):
    here, there = make_site(town, "Here"), make_site(town, "There")
    make_anomaly(here)
    for header in (f"['{there.pk}']", f'["{there.pk}"]', f"[{there.pk}]", f" [ '{there.pk}' , '999' ] "):
        assert [one["name"] for one in data(staff.get(SITES, x_sites=header))] == ["There"]
        assert data(staff.get(OBSERVATIONS, x_sites=header)) == []
    assert data(staff.get(SITES, x_sites="['999999']")) == []


def test_labels_are_in_the_language_of_the_sessions_person(town):
    make_anomaly(make_site(town))
    staff = session_caller(town)
    staff.user.language = "fr"
    staff.user.save()
    response = staff.get(f"{OBSERVATIONS}?labels=1")
    assert response["Content-Language"] == "fr"
    with translation.override("fr"):
        assert data(response)[0]["statusLabel"] == AnomalyStatus.OPEN.label
    assert staff.get(OBSERVATIONS)["Content-Language"] == "en"
    assert "statusLabel" not in data(staff.get(f"{OBSERVATIONS}?labels=0"))[0]


def test_an_etag_is_of_what_is_shown_and_if_match_of_the_version(town, staff):
    path = f"{SITES}/{make_site(town).pk}"
    tag = staff.get(path)["ETag"]
    assert staff.get(path, If_None_Match=tag).status_code == 304
    assert staff.patch(path, {"address": "Quai"}, If_Match=tag)["ETag"].startswith('"2-')
    error(staff.patch(path, {"address": "Port"}, If_Match=tag), 412)
    assert Site.objects.get().address == "Quai"


def test_a_repeated_post_makes_one_row_and_belongs_to_its_organization(town):
    other = make_organization()
    app, person = make_app(town, other), session_caller(town, Role.ADVANCED_STAFF).user
    Membership.objects.create(user=person, organization=other, role=Role.ADVANCED_STAFF)
    here, there = (session_caller(place, person=person, app=app) for place in (town, other))
    there.token = here.token
    answers = [caller.post(SITES, {"name": "Port"}, Idempotency_Key="k") for caller in (here, here, there)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [answer.has_header("Idempotent-Replayed") for answer in answers] == [False, True, False]
    assert [data(answer, 201)["id"] for answer in answers[:2]] == [Site.objects.get(organization=town).pk] * 2
    assert Site.objects.filter(organization=other).count() == 1
    assert error(here.post(SITES, {"name": "Quai"}, Idempotency_Key="k"), 422)


def test_a_provider_is_shut_out_of_everything_else(town):
    visit = make_intervention(town, make_anomaly(make_site(town)))
    provider = provider_caller(visit)
    for method, path, body in (
        ("GET", SITES, None),
        ("POST", SITES, {"name": "x"}),
        ("GET", OBSERVATIONS, None),
        ("POST", OBSERVATIONS, {"title": "x", "siteId": visit.sites.get().pk}),
        ("POST", "/anomalies/v2/rs/reports/1/prescription", []),
    ):
        error(provider.call(method, path, body), 403)


def test_pages_follow_each_other_and_the_id_decides_between_equals(town, staff):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    site = make_site(town)
    made = [make_anomaly(site, observed_at=start + timedelta(days=number // 3)).pk for number in range(9)]
    for sort, expected in (("observedAt", made), ("-observedAt", made[::-1])):
        pages = [staff.get(f"{OBSERVATIONS}?sort={sort}&pageSize=4&page={page}").json() for page in (1, 2, 3, 4)]
        assert [one["id"] for page in pages for one in page["data"]] == expected
        assert {page["meta"]["total"] for page in pages} == {9}
