"""On site, on the provider's page: what was done of each anomaly, and the signature under it [contract 30]."""

import re

import pytest
from django.test import Client

from core.models import OutboxMessage
from interventions.models import AnomalyStatus, InterventionStatus
from interventions.services.verifying import verify
from tests.intervention_factories import png
from tests.interventions.provider_calls import drawn, enter_pin, look, path_of, press, sign, statement
from tests.interventions.register import Register, anomaly_states

pytestmark = pytest.mark.django_db
S = InterventionStatus


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def doors(register):
    return [register.anomaly("North door"), register.anomaly("South door")]


@pytest.fixture
def visit(register, doors):
    return register.in_state(S.IN_PROGRESS, *doors)


def test_what_was_done_of_each_anomaly_is_signed_with_a_drawing(register, visit, doors):
    path = path_of(visit)
    north, south = doors
    answer = sign(
        path,
        visit,
        **{f"action_{south.pk}": "not_done", f"comment_{south.pk}": "No part"},
        drawing=drawn(),
        typed_name="",
    )
    assert (answer.status_code, answer["Location"]) == (302, path)
    visit.refresh_from_db()
    execution = visit.execution
    assert (visit.status, execution.provider_name, execution.email) == (S.EXECUTED, "Jean Petit", "jean@example.org")
    assert (execution.action_comment, execution.comment) == ("Replaced the hinge", "All well")
    assert bytes(execution.signature).startswith(b"\x89PNG")
    assert execution.typed_name == ""
    said = visit.links.order_by("anomaly_id").values_list("anomaly_id", "provider_action", "comment")
    assert list(said) == [(north.pk, "done", "Hinge replaced"), (south.pk, "not_done", "No part")]
    assert anomaly_states(visit) == [AnomalyStatus.TO_REVIEW, AnomalyStatus.PLANNED]
    record = visit.history.first()
    assert (record.door, record.history_user_id) == ("provider", None)
    assert OutboxMessage.objects.filter(kind="intervention_to_verify", address=register.mara.email).count() == 1


def test_the_page_then_shows_what_was_signed_and_signs_nothing_more(visit):
    path = path_of(visit)
    sign(path, visit, drawing=drawn())
    text = look(path)
    for shown in ("It is signed and sent.", "Jean Petit", "jean@example.org", "Replaced the hinge", "All well", "Done"):
        assert shown in text
    assert '<img class="signature" src="data:image/png;base64,' in text
    assert "<form" not in text
    assert sign(path, visit, first_name="Somebody", last_name="Else").status_code == 302
    visit.refresh_from_db()
    assert (visit.execution.provider_name, visit.executions.count()) == ("Jean Petit", 1)


def test_a_typed_name_is_a_signature_too(visit):
    path = path_of(visit)
    assert sign(path, visit).status_code == 302
    visit.refresh_from_db()
    assert (visit.execution.typed_name, bytes(visit.execution.signature)) == ("Jean Petit", b"")
    assert 'Jean Petit <span class="quiet">(typed)</span>' in look(path)


def test_where_both_are_sent_the_drawing_is_the_signature(visit):
    sign(path_of(visit), visit, drawing=drawn())
    visit.refresh_from_db()
    assert visit.execution.signature
    assert visit.execution.typed_name == ""


def test_the_drawing_is_written_anew_so_that_nothing_else_is_kept(visit):
    image = png()
    sign(path_of(visit), visit, drawing=drawn(image + b"<script>hidden</script>"))
    visit.refresh_from_db()
    assert b"hidden" not in bytes(visit.execution.signature)


def test_what_is_known_of_the_provider_is_filled_in(register, visit):
    register.provider.changed(first_name="Lise", last_name="Lenoir").save()
    text = look(path_of(visit))
    for value in ("Lise", "Lenoir", "lift@example.org"):
        assert f'value="{value}"' in text


def test_everything_that_is_missing_is_said_at_once_and_what_was_typed_is_kept(visit, doors):
    north, south = doors
    values = {**statement(visit), "first_name": "", "email": "no address", "typed_name": "", "drawing": drawn()}
    del values[f"action_{south.pk}"]
    response = press(path_of(visit), "sign", **values)
    text = response.content.decode()
    assert response.status_code == 422
    assert text.count("This field is required.") == 2
    assert "Enter a valid email address." in text
    for kept in ("Petit", "no address", "Replaced the hinge", "All well", "Hinge replaced", values["drawing"]):
        assert kept in text.replace("&#x2F;", "/").replace("&#x3D;", "=")
    assert re.search(rf'name="action_{north.pk}" value="done"[^>]* checked', text)
    visit.refresh_from_db()
    assert visit.status == S.IN_PROGRESS


def test_without_a_signature_nothing_is_sent(visit):
    response = sign(path_of(visit), visit, typed_name=" ")
    assert response.status_code == 422
    assert "Sign: draw your signature, or type your name." in response.content.decode()


@pytest.mark.parametrize(
    "drawing",
    [
        "hello",
        "data:image/png;base64,",
        "data:image/png;base64,AAA",
        "data:image/svg+xml;base64,PHN2Zz4=",
        'data:image/png;base64,"><script>alert(1)</script>',
        drawn(b"\x89PNG\r\n\x1a\n and no more"),
        drawn(png(2100, 2000)),
        drawn(png() + b"x" * 200 * 1024),
    ],
    ids=["no address", "empty", "no base64", "no PNG", "a script", "a broken PNG", "too many pixels", "too many bytes"],
)
def test_a_drawing_that_is_none_is_asked_for_again(visit, drawing):
    response = sign(path_of(visit), visit, drawing=drawing, typed_name="")
    text = response.content.decode()
    assert response.status_code == 422
    assert 'name="drawing" id="signature-drawing" value=""' in text
    assert "Replaced the hinge" in text
    visit.refresh_from_db()
    assert (visit.status, visit.execution) == (S.IN_PROGRESS, None)


def test_a_long_text_of_many_lines_is_as_long_as_people_see_it(visit):
    lines = "\r\n".join(["x" * 99] * 25)
    assert len(lines.replace("\r\n", "\n")) == 2499
    assert sign(path_of(visit), visit, comment=lines).status_code == 302
    visit.refresh_from_db()
    assert visit.execution.comment == lines.replace("\r\n", "\n")


@pytest.mark.parametrize("name", ["comment", "action_comment"])
def test_a_text_that_is_too_long_is_refused_on_its_field(visit, name):
    response = sign(path_of(visit), visit, **{name: "x" * 2501})
    assert response.status_code == 422
    assert "Ensure this value has at most 2500 characters" in response.content.decode()


def test_an_anomaly_of_another_intervention_is_not_spoken_of(register, visit):
    other = register.anomaly("Elsewhere")
    sign(path_of(visit), visit, **{f"action_{other.pk}": "done"})
    other.refresh_from_db()
    assert other.status == AnomalyStatus.OPEN


def test_an_own_person_who_signs_is_known_and_does_not_verify_it(register):
    visit = register.curative(assigned_company_contact=None, assigned_user=register.bruno, creation_status="confirmed")
    path = path_of(visit)
    enter_pin(path, visit)
    assert sign(path, visit).status_code == 302
    visit.refresh_from_db()
    record = visit.history.first()
    assert (record.door, record.history_user_id) == ("provider", register.bruno.pk)
    assert visit.execution.user == register.bruno


def test_what_was_rejected_is_told_with_the_reason(register):
    visit = register.in_state(S.EXECUTED)
    verify(visit.pk, "refused", "The door still sticks", user=register.mara)
    text = look(path_of(visit))
    assert "What was signed was not accepted." in text
    assert "The door still sticks" in text
    assert "<form" not in text


def test_a_visit_without_anomalies_is_signed_too(register):
    visit = register.in_state(S.IN_PROGRESS)
    visit.links.all().delete()
    assert sign(path_of(visit), visit).status_code == 302
    visit.refresh_from_db()
    assert visit.status == S.EXECUTED


def test_the_form_is_in_the_language_of_the_page(register, visit):
    register.provider.changed(language="fr").save()
    response = Client().post(path_of(visit), {"act": "sign"}, headers={"Accept-Language": "en"})
    assert "Ce champ est obligatoire." in response.content.decode()
