"""People read their own language, programs read English, and the French catalogue is whole."""

import gettext
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from core.links import sign_link
from core.mail import preview
from core.models import OutboxMessage, Role
from scheduling.emails import CLOSE_LINK, LINK_LIFETIME, queue_assigned, queue_contest_decided, service_url
from scheduling.models import CommunityService, Contest
from tests import api, catalogue
from tests.back_office import browser, messages_of, url
from tests.factories import make_close, make_community_service, make_member, make_organization

FRENCH, ENGLISH = {"Accept-Language": "fr"}, {"Accept-Language": "en"}


@pytest.fixture
def campus(db):
    return make_organization("Campus Paris")


@pytest.fixture
def close(campus):
    student = make_member(campus, login="camille", first_name="Camille", language="fr")
    return make_close(campus, student=student, reason="Bruit")


@pytest.fixture
def service(close):
    return make_community_service(close, occupation="Ranger la bibliothèque")


@pytest.fixture
def staff(campus):
    return browser(make_member(campus, Role.ADMINISTRATOR, language="fr"))


# -- e-mails ------------------------------------------------------------------------------------------------


def last_message():
    return preview(OutboxMessage.objects.latest("pk"))


def test_a_french_student_is_told_in_french(service):
    queue_assigned(service)
    message = last_message()
    assert message.subject == "Votre travail d’intérêt général : choisissez un jour"
    assert message.text == (
        "Bonjour Camille,\n\nCampus Paris vous a attribué un travail d’intérêt général (TIG).\n\n"
        "Activité\u00a0: Ranger la bibliothèque\nDurée\u00a0: 2 h\nMotif\u00a0: Bruit\n\n"
        "Choisissez votre jour ici (sans connexion, lien valable 14 jours)\u00a0:\n[lien personnel]\n\nCampus Paris\n"
    )
    assert '<a href="#">Choisissez votre jour</a>' in message.html
    assert '<html lang="fr">' in message.html


def test_a_date_is_told_in_french(service):
    CommunityService.objects.filter(pk=service.pk).update(schedule_at="2030-02-01T06:00:00Z")
    queue_assigned(service)
    message = last_message()
    assert message.subject == "Votre travail d’intérêt général du 1 février 2030"
    assert "Date\u00a0: 1 février 2030, 07:00 (Europe/Paris)" in message.text


def test_a_decision_is_told_in_french(close):
    contest = Contest.objects.create(organization=close.organization, close=close, text="Non", comment="Vu")
    contest.changed(state=Contest.State.REFUSED).save()
    queue_contest_decided(contest)
    message = last_message()
    assert message.subject == "Votre contestation a été refusée"
    assert "Votre contestation a été refusée\u00a0: la fermeture est maintenue." in message.text
    assert "<p>Commentaire\u00a0: Vu</p>" in message.html


# -- the student's pages ------------------------------------------------------------------------------------


def path_of(service) -> str:
    return service_url(service).removeprefix(settings.SITE_URL)


def contest_path(close) -> str:
    return f"/student/closes/{sign_link(CLOSE_LINK, close.pk, close.user_id, LINK_LIFETIME)}"


def test_the_students_page_is_in_the_students_language_whatever_the_browser_says(service):
    response = Client().get(path_of(service), headers=ENGLISH)
    page = response.content.decode()
    assert response["Content-Language"] == "fr"
    assert "<h1>Votre travail d’intérêt général</h1>" in page
    assert "Confirmer ce jour" in page
    assert "Vous n’êtes pas d’accord avec la fermeture\u00a0? Contestez-la" in page


def test_what_the_student_wrote_wrong_is_told_in_the_students_language(close):
    page = Client().post(contest_path(close), {"text": " "}, headers=ENGLISH)
    assert page.status_code == 422
    assert "Dites pourquoi." in page.content.decode()


def test_the_list_of_a_logged_in_student_is_in_the_students_language(service):
    page = browser(service.close.user).get("/student/", headers=ENGLISH).content.decode()
    assert "Vos travaux d’intérêt général" in page
    assert "Planifié · aucun jour choisi" in page


# -- the back office ----------------------------------------------------------------------------------------


def test_the_back_office_is_in_the_persons_language(staff, service):
    page = staff.get("/admin/", headers=ENGLISH).content.decode()
    for words in ("Tableau de bord", "Fermetures", "Travaux d’intérêt général", "Contestations à trancher", "Planifié"):
        assert words in page


def test_so_are_its_refusals_and_its_messages(staff):
    assert "Page introuvable" in staff.get("/admin/nothing/", headers=ENGLISH).content.decode()
    page = staff.post(url("scheduling_close", "keep_view"), {"name": ""}, follow=True, headers=ENGLISH)
    assert messages_of(page) == "Donnez un nom à la vue."


def test_an_action_reports_in_the_persons_language(staff, service):
    judged = make_community_service(service.close, state=CommunityService.State.VALIDATED)
    chosen = {"action": "validate", "confirmed": "yes", "_selected_action": [service.pk, judged.pk]}
    report = staff.post(url("scheduling_communityservice", "changelist"), chosen, follow=True)
    assert messages_of(report) == (f"Valider\u00a0: 1 fait\u00a0; 1 ignoré\u00a0:\n#{judged.pk}\u00a0: est déjà validé")


def test_a_persons_language_ends_with_the_request(staff, campus):
    with translation.override("en"):
        staff.get("/admin/")
        assert translation.get_language() == "en"
    english = browser(make_member(campus, Role.BASIC_STAFF))
    assert "Contests to decide" in english.get("/admin/", headers=FRENCH).content.decode()


@pytest.mark.parametrize("address", ["/accounts/login/", "/admin/login/"])
def test_before_the_log_in_the_browser_says_the_language(db, address):
    french, english = (Client().get(address, headers=headers) for headers in (FRENCH, ENGLISH))
    assert "Se connecter" in french.content.decode()
    assert "Log in" in english.content.decode()
    assert "Accept-Language" in french["Vary"]


# -- programs -----------------------------------------------------------------------------------------------


def test_an_api_answers_in_english_whatever_is_asked_for(service):
    caller = api.program(service.organization)
    body = {"community_service": {"duration": 0, "schedule_at": (timezone.now() - timedelta(days=9)).isoformat()}}
    answers = [caller.post("/v2/community_services", body, **headers) for headers in ({}, FRENCH)]
    assert answers[0].status_code == 422
    assert answers[1].json() == answers[0].json()
    assert answers[1]["Content-Language"] == "en"
    assert answers[1]["X-Application-Roles"] == "Basic staff"
    assert "Accept-Language" not in answers[1].get("Vary", "")


@pytest.mark.parametrize("address", ["/v2/closes", "/v2/nothing", "/api/nothing"])
def test_so_are_the_refusals_of_the_door(db, address):
    assert Client().get(address, headers=FRENCH).content == Client().get(address, headers=ENGLISH).content


# -- the catalogue ------------------------------------------------------------------------------------------


def test_every_text_of_the_source_is_in_the_catalogue():
    """`make messages` takes new ones in; they are then to be translated."""
    assert catalogue.asked() - {catalogue.key(entry) for entry in catalogue.entries()} == set()


def test_no_function_of_translation_has_a_name_that_is_not_searched_for():
    assert [name for name in catalogue.aliases() if name != "_"] == []


def test_every_text_is_translated_and_none_by_a_guess():
    unfinished = [
        entry["msgid"]
        for entry in catalogue.entries()
        if "fuzzy" in entry["flags"] or not all(catalogue.translations(entry))
    ]
    assert unfinished == []


def test_a_translation_names_the_same_values():
    def values(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]", text))

    odd = [
        entry["msgid"]
        for entry in catalogue.entries()
        for text in catalogue.translations(entry)
        if values(text) != values(entry["msgid"])
    ]
    assert odd == []


def test_what_is_served_is_what_is_written():
    """The compiled file belongs to the text beside it: `make messages` makes it."""
    with (settings.BASE_DIR / catalogue.MESSAGES / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        entry["msgid"]
        for entry in catalogue.entries()
        if "msgid_plural" not in entry and compiled.gettext(catalogue.key(entry)) != entry["msgstr"]
    ]
    assert stale == []
