"""What a session token is worth at each call: forged, expired, revoked, withdrawn, foreign [contract 30]."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from core.models import Role
from interventions.models import Session, Site
from interventions.services.executing import Signed, announce_upload
from interventions.services.planning import update_intervention
from tests.factories import make_client, make_organization, make_token
from tests.intervention_factories import HOUR, START, make_company_contact, png
from tests.interventions.register import Register, S
from tests.interventions.wire import (
    SessionCaller,
    data,
    error,
    make_app,
    provider_caller,
    session_caller,
    unpacked,
)

pytestmark = pytest.mark.django_db
PATH, SITES = "/interventions/v2/sessions", "/sites/v1/rs"
DAY = timedelta(days=1)


@pytest.fixture
def town():
    return make_organization("Ville")


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def signed(head: dict, claims: dict, key: str, digest: str = "sha256") -> str:
    text = f"{part(head)}.{part(claims)}"
    signature = hmac.new(key.encode(), text.encode(), getattr(hashlib, digest)).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_without_a_session_a_call_says_that_one_is_required(town):
    body = error(SessionCaller(make_token(make_app(town))).get(SITES), 401)
    assert list(body) == ["message", "code", "errors"]
    assert body["code"] == "session_required"


def test_without_a_good_bearer_nothing_is_said_of_the_session(town):
    session = session_caller(town).session
    for token in (None, "nothing"):
        body = error(SessionCaller(token, session).get(SITES), 401)
        assert "code" not in body


def forged(session: str) -> dict[str, str]:
    """Tokens that were not signed as ours are."""
    head, claims = unpacked(session)
    key = settings.SESSION_JWT_KEYS[0]
    h, c, s = session.split(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return {
        "nothing": "x",
        "alg none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{c}.",
        "alg none, signed": f"{part({'alg': 'none', 'typ': 'JWT'})}.{c}.{s}",
        "another algorithm": signed({"alg": "HS512", "typ": "JWT"}, claims, key, "sha512"),
        "another key": signed(head, claims, "x" * 48),
        "the key of links": signed(head, claims, settings.SECRET_KEY),
        "another person": f"{h}.{part({**claims, 'userId': '999'})}.{s}",
        "a later end": f"{h}.{part({**claims, 'exp': claims['exp'] + 86400})}.{s}",
        "no signature": f"{h}.{c}.",
        "two parts": f"{h}.{c}",
        "four parts": f"{session}.{s}",
        "unread bits": f"{h}.{c}.{s[:-1]}{last[last.index(s[-1]) ^ 1]}",
        "JSON": json.dumps({"payload": c, "protected": h, "signature": s}),
        "a critical header": signed({**head, "crit": ["x"], "x": 1}, claims, key),
        "no session": signed(head, {**claims, "sessionId": "00000000000000000000000000000000"}, key),
        "no uuid": signed(head, {**claims, "sessionId": 1}, key),
        "no claims": signed(head, {}, key),
        "no object": f"{h}.{part([1])}.{s}",
        "long": session + "A" * 9000,
    }


def test_a_forged_token_is_none(town):
    good = session_caller(town)
    assert good.get(SITES).status_code == 200
    for name, token in forged(good.session).items():
        response = SessionCaller(good.token, token).get(SITES)
        assert (response.status_code, response.json().get("code")) == (401, "session_invalid"), name


def stop_expired(good, session):
    session.expires_at = timezone.now() - timedelta(seconds=1)
    session.save()


def stop_revoked(good, session):
    good.call("DELETE", PATH)


def stop_membership(good, session):
    good.user.memberships.all().delete()


def stop_person(good, session):
    good.user.is_active = False
    good.user.save()


def stop_grant(good, session):
    session.application.organizations.clear()


def stop_organization(good, session):
    session.organization.is_active = False
    session.organization.save()


@pytest.mark.parametrize(
    "stop", [stop_expired, stop_revoked, stop_membership, stop_person, stop_grant, stop_organization]
)
def test_what_is_withdrawn_stops_at_once(town, stop):
    good = session_caller(town)
    assert good.get(SITES).status_code == 200
    stop(good, Session.objects.select_related("application", "organization").get())
    error(good.get(SITES), 401, "session_invalid")


def test_a_role_that_shrinks_counts_at_once(town):
    good = session_caller(town, Role.ADVANCED_STAFF)
    assert good.post(SITES, {"name": "École"}).status_code == 201
    good.user.memberships.update(role=Role.BASIC_STAFF)
    error(good.post(SITES, {"name": "École"}), 403)
    assert good.get(SITES).status_code == 200
    good.user.memberships.update(role=Role.STUDENT)
    error(good.get(SITES), 403)


def test_another_applications_bearer_cannot_use_it(town):
    good, other = session_caller(town), make_token(make_app(town))
    error(SessionCaller(other, good.session).get(SITES), 401, "session_invalid")
    foreign = make_client(make_organization(), roles=[Role.ADMINISTRATOR], allowed_scopes=["interventions:read"])
    error(SessionCaller(make_token(foreign), good.session).get(SITES), 401, "session_invalid")


def test_an_older_key_verifies_until_it_is_taken_out(town, settings):
    settings.SESSION_JWT_KEYS = ["old-key" * 8]
    good = session_caller(town)
    settings.SESSION_JWT_KEYS = ["new-key" * 8, "old-key" * 8]
    assert good.get(SITES).status_code == 200
    settings.SESSION_JWT_KEYS = ["new-key" * 8]
    error(good.get(SITES), 401, "session_invalid")


def test_the_history_names_the_sessions_person_and_the_application(town):
    app = make_app(town)
    good = session_caller(town, Role.ADVANCED_STAFF, app=app)
    pk = data(good.post(SITES, {"name": "École"}), 201)["id"]
    record = Site.history.filter(id=pk).get()
    assert (record.door, record.history_user_id, record.application_id) == ("api", good.user.pk, app.pk)


def test_a_visit_that_is_planned_anew_shuts_out_who_was_there_before():
    register = Register()
    visit = register.in_state(S.IN_PROGRESS)
    before = provider_caller(visit)
    upload = announce_upload(visit.pk, Signed("Jean", "Petit"), size=len(png()))
    path = f"/interventions/v2/rs/{visit.pk}"
    assert before.get(path).status_code == 200
    register.execute(visit.pk)
    register.reject(visit.pk)
    update_intervention(visit.pk, {"scheduled_start": START + DAY, "scheduled_end": START + DAY + HOUR})
    register.begin(visit.pk)
    error(before.get(path), 401, "session_invalid")
    response = before.client.generic("PUT", f"/interventions/v2/uploads/{upload}", png(), "image/png")
    error(response, 404)
    visit.refresh_from_db()
    assert visit.status == S.IN_PROGRESS


def test_a_rejected_visit_that_is_given_to_another_shuts_out_who_was_there_before():
    register = Register()
    visit = register.in_state(S.REJECTED)
    before = provider_caller(visit)
    update_intervention(visit.pk, {"assigned_company_contact": make_company_contact(register.town, "Door & Sons")})
    error(before.get(f"/interventions/v2/rs/{visit.pk}"), 401, "session_invalid")
