"""The page behind the provider's e-mailed link: no log-in, one intervention, GET shows, POST acts [contract 30]."""

import pytest
from django.core import signing
from django.test import Client

from interventions.models import InterventionStatus
from interventions.services.pins import pin_of
from interventions.services.planning import update_intervention
from tests.intervention_factories import make_company_contact
from tests.interventions.provider_calls import enter_pin, look, path_of, press, signed_path, version_in
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db
S = InterventionStatus


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def proposed(register):
    return register.in_state(
        S.PROPOSED, register.anomaly(location="North stair", risk="high"), description="Ring twice"
    )


@pytest.fixture
def planned(register):
    return register.in_state(S.PLANNED)


# -- the link -----------------------------------------------------------------------------------------------


def dead_links(register, visit) -> dict[str, str]:
    """Every kind of link that opens nothing."""
    token = path_of(visit).rpartition("/")[2]
    head, _, tail = token.partition(":")
    foreign = signing.dumps([visit.pk, visit.link_version, 2**40], key="another's", salt="dutyboard.intervention")
    return {
        "tampered": f"/provider/{head}x:{tail}",
        "cut": f"/provider/{token[:-1]}",
        "another version": signed_path(visit.pk, visit.link_version + 1),
        "another purpose": signed_path(visit.pk, visit.link_version, purpose="appointment"),
        "another installation": f"/provider/{foreign}",
        "an intervention that never was": signed_path(2**40, 1),
        "a draft": path_of(register.in_state(S.DRAFT)),
        "a verified one": path_of(register.in_state(S.VERIFIED)),
        "a cancelled one": path_of(register.in_state(S.CANCELLED)),
        "no token": "/provider/hello",
    }


def test_every_dead_link_is_one_and_the_same_page_that_is_not_found(register, proposed):
    answers = {name: Client().get(path) for name, path in dead_links(register, proposed).items()}
    assert {name: response.status_code for name, response in answers.items() if response.status_code != 404} == {}
    assert len({response.content for response in answers.values()}) == 1


def test_a_dead_link_does_nothing(register, proposed):
    for path in dead_links(register, proposed).values():
        assert press(path, "accept").status_code == 404
    proposed.refresh_from_db()
    assert proposed.status == S.PROPOSED


@pytest.mark.parametrize("end", ["verify", "cancel"])
def test_the_link_dies_when_the_intervention_ends(register, end):
    visit = register.in_state(S.EXECUTED if end == "verify" else S.PLANNED)
    path = path_of(visit)
    look(path)
    getattr(register, end)(visit.pk)
    assert Client().get(path).status_code == 404
    assert press(path, "sign").status_code == 404


def test_the_link_dies_when_another_provider_has_it(register, proposed):
    path = path_of(proposed)
    update_intervention(proposed.pk, {"assigned_company_contact": make_company_contact(register.town, "Door & Sons")})
    assert Client().get(path).status_code == 404
    look(path_of(proposed))


def test_the_link_outlives_a_change_of_who_answers_for_the_visit(register, proposed):
    path = path_of(proposed)
    update_intervention(proposed.pk, {"assigned_user": register.bruno})
    assert "Bruno" in look(path)


# -- GET shows ----------------------------------------------------------------------------------------------


def test_the_page_shows_what_where_when_and_what_was_found(register, proposed):
    text = look(path_of(proposed))
    for shown in (
        "Ville",
        f"Curative intervention (#{proposed.pk})",
        "Tuesday 1 December 2026, 10:00 – 11:00",
        "Europe/Paris",
        "École Pasteur, 3 rue du Port",
        "Ring twice",
        "Fire door does not close",
        "North stair",
        "Risk: High",
    ):
        assert shown in text


def test_the_person_in_charge_is_whom_the_provider_may_ask(register):
    visit = register.in_state(S.PROPOSED, assigned_user=register.bruno)
    assert f'Bruno, <a href="mailto:{register.bruno.email}"' in look(path_of(visit))


@pytest.mark.parametrize("status", [S.PROPOSED, S.PLANNED, S.IN_PROGRESS, S.EXECUTED, S.REJECTED, S.REFUSED])
def test_the_pin_is_on_no_page(register, status):
    visit = register.in_state(status)
    pin = pin_of(visit)
    assert str(pin) not in look(path_of(visit))


@pytest.mark.parametrize("status", [S.PROPOSED, S.PLANNED, S.IN_PROGRESS, S.EXECUTED])
def test_looking_changes_nothing(register, status):
    visit = register.in_state(status)
    path, version, steps = path_of(visit), visit.version, visit.steps.count()
    for method in ("get", "head", "get"):
        assert getattr(Client(), method)(path).status_code == 200
    visit.refresh_from_db()
    assert (visit.version, visit.steps.count()) == (version, steps)


@pytest.mark.parametrize("status", [S.PROPOSED, S.IN_PROGRESS, S.EXECUTED])
def test_the_page_is_not_kept_not_referred_not_indexed_and_runs_no_script_within(register, status):
    response = Client().get(path_of(register.in_state(status)))
    text = response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in text
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "<script>" not in text
    assert "style=" not in text


def test_the_token_is_in_no_log_line(proposed, log):
    path = path_of(proposed)
    look(path)
    press(path, "accept")
    assert path.rpartition("/")[2] not in log.getvalue()
    assert "GET /provider/… 200" in log.getvalue()


def test_the_pin_is_in_no_log_line(planned, log):
    enter_pin(path_of(planned), planned)
    assert "POST /provider/… 302" in log.getvalue()
    assert str(pin_of(planned)) not in log.getvalue()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_page_has_no_other_methods(proposed, method):
    assert getattr(Client(), method)(path_of(proposed)).status_code == 405


def test_in_the_providers_language_whatever_the_browser_says(register, proposed):
    assert 'lang="en"' in look(path_of(proposed), Accept_Language="fr")
    register.provider.changed(language="fr").save()
    text = look(path_of(proposed), Accept_Language="en")
    assert 'lang="fr"' in text
    assert "mardi 1 décembre 2026, 10:00" in text


def test_without_a_language_of_his_own_it_is_the_organizations():
    register = Register("Lyon", language="fr")
    assert 'lang="fr"' in look(path_of(register.in_state(S.PROPOSED)))


def test_the_switch_shows_the_other_language_and_stays_when_something_is_done(proposed):
    path = path_of(proposed)
    text = look(path)
    assert '<a href="?language=fr" lang="fr" hreflang="fr">Français</a>' in text
    response = press(f"{path}?language=fr", "accept", version=version_in(text))
    assert response["Location"] == f"{path}?language=fr"
    french = look(response["Location"])
    assert 'lang="fr"' in french
    assert '<a href="?language=en" lang="en" hreflang="en">English</a>' in french
    assert 'lang="en"' in look(f"{path}?language=xx")


def test_what_people_wrote_is_shown_as_text(register):
    visit = register.in_state(S.PLANNED, register.anomaly("<script>alert(1)</script>"))
    assert "<script>alert" not in look(path_of(visit))
