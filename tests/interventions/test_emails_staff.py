"""What managers are told of a visit, and what staff have sent to others [contract 30]."""

import re

import pytest
from django.test import Client
from icalendar import Calendar

from core.mail import drain
from core.models import Membership, Role
from interventions.emails import queue_information, queue_signature
from interventions.models import InterventionAnomaly, InterventionStatus
from interventions.services.planning import update_intervention
from tests.appointments.practice import queue
from tests.back_office import browser, person
from tests.intervention_factories import HOUR, START, make_company_contact
from tests.interventions.provider_calls import look
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db
S = InterventionStatus
NOT_DONE = InterventionAnomaly.ProviderAction.NOT_DONE


@pytest.fixture
def register():
    return Register()


def sent_to_staff(mailoutbox) -> list:
    drain()
    return [message for message in mailoutbox if message.to != ["lift@example.org"]]


def page_of(message) -> str:
    return re.search(r"http://\S+(/admin/\S+)", message.body)[1]


def test_who_created_it_is_told_that_the_provider_refused_and_why(register, mailoutbox):
    visit = register.in_state(S.REFUSED)
    (message,) = sent_to_staff(mailoutbox)
    assert message.to == [register.mara.email]
    assert (
        message.subject == f"Refused by the provider: visit on Tuesday 1 December (Curative intervention (#{visit.pk}))"
    )
    assert "Lift Doctor (Lifts & Co) cannot come on the proposed date." in message.body
    assert "Comment: Not that week\n" in message.body
    assert browser(register.mara).get(page_of(message)).status_code == 200
    assert message.attachments == []


def test_once_another_date_is_proposed_the_refusal_is_not_told(register, mailoutbox):
    visit = register.in_state(S.REFUSED)
    dates = {"scheduled_start": START + HOUR, "scheduled_end": START + 2 * HOUR}
    update_intervention(visit.pk, {**dates, "creation_status": "to_agree"})
    assert sent_to_staff(mailoutbox) == []


def test_who_is_in_charge_is_told_what_is_to_verify(register, mailoutbox):
    north, south = register.anomaly("North door", number=1), register.anomaly("South door", number=2)
    visit = register.in_state(S.IN_PROGRESS, north, south, assigned_user=register.bruno)
    register.execute(visit.pk, NOT_DONE)
    (message,) = sent_to_staff(mailoutbox)
    assert message.to == [register.bruno.email]
    assert message.subject == f"To verify: visit on Tuesday 1 December (Curative intervention (#{visit.pk}))"
    assert "Jean Petit has made this visit and signed." in message.body
    assert "What was done: Replaced the hinge\nComment: All well\n" in message.body
    assert "- A-00001 North door: Not done (Hinge replaced)\n- A-00002 South door: Not done (Hinge replaced)\n" in (
        message.body
    )
    assert page_of(message).endswith(f"/{visit.pk}/change/")


def test_who_executed_it_is_not_asked_to_verify_it(register, mailoutbox):
    own = {"assigned_company_contact": None, "assigned_user": register.mara, "creation_status": "confirmed"}
    visit = register.curative(**own)
    sylvie = person("sylvie", Role.ADVANCED_STAFF, register.town)
    register.begin(visit.pk)
    register.execute(visit.pk)
    told = [message.to for message in sent_to_staff(mailoutbox) if message.subject.startswith("To verify")]
    assert told == [[sylvie.email]]


def test_where_those_are_no_staff_any_more_the_advanced_staff_are_told_each_in_the_own_language(register, mailoutbox):
    person("lise", Role.ADVANCED_STAFF, register.town, language="fr")
    visit = register.in_state(S.IN_PROGRESS)
    Membership.objects.filter(user=register.mara).delete()
    register.execute(visit.pk)
    (message,) = sent_to_staff(mailoutbox)
    assert message.to == ["lise@example.org"]
    assert "mardi 1 décembre" in message.body


def test_what_is_verified_by_now_is_not_told_as_to_verify(register, mailoutbox):
    register.in_state(S.VERIFIED)
    assert sent_to_staff(mailoutbox) == []


# -- sent by staff ------------------------------------------------------------------------------------------


def test_the_details_go_to_whom_staff_says_without_a_link(register, mailoutbox):
    visit = register.in_state(S.PLANNED, assigned_user=register.bruno, description="Ring twice")
    queue(lambda row: queue_information(row, "school@example.org"), visit)
    (message,) = sent_to_staff(mailoutbox)
    assert message.to == ["school@example.org"]
    assert message.subject == "Visit on Tuesday 1 December, 10:00"
    assert message.body.startswith("Hello,\n\nThese are the details of a visit of Ville.\n")
    for told in ("Ring twice", "École Pasteur", "Fire door does not close"):
        assert told in message.body
    assert "/provider/" not in message.body + message.alternatives[0].content
    (attachment,) = message.attachments
    calendar = Calendar.from_ical(attachment.content)
    assert calendar["method"] == "PUBLISH"
    assert "attendee" not in calendar.events[0]


def test_a_date_that_is_not_agreed_on_is_told_as_such(register, mailoutbox):
    queue(lambda row: queue_information(row, "school@example.org"), register.in_state(S.PROPOSED))
    (message,) = sent_to_staff(mailoutbox)
    assert "The date is not agreed on yet." in message.body
    assert Calendar.from_ical(message.attachments[0].content).events[0]["status"] == "TENTATIVE"


def test_the_signing_link_goes_to_whom_staff_says_and_opens_the_page(register, mailoutbox):
    visit = register.in_state(S.IN_PROGRESS)
    queue(lambda row: queue_signature(row, "deputy@example.org"), visit)
    (message,) = sent_to_staff(mailoutbox)
    assert message.to == ["deputy@example.org"]
    assert message.subject == "To sign: visit on Tuesday 1 December, 10:00"
    path = re.search(r"http://\S+?(/provider/\S+)", message.body)[1]
    assert "say below what was done, and sign" in look(path)
    register.execute(visit.pk)
    register.verify(visit.pk)
    assert Client().get(path).status_code == 404


def test_the_link_of_another_provider_goes_to_nobody_whom_staff_named_before(register, mailoutbox):
    visit = register.in_state(S.PLANNED)
    queue(lambda row: queue_signature(row, "deputy@example.org"), visit)
    doors = make_company_contact(register.town, "Door & Sons", email="")
    update_intervention(visit.pk, {"assigned_company_contact": doors})
    assert sent_to_staff(mailoutbox) == []


@pytest.mark.parametrize("function", [queue_information, queue_signature])
def test_of_what_is_signed_by_now_neither_goes_out(register, mailoutbox, function):
    visit = register.in_state(S.IN_PROGRESS)
    queue(lambda row: function(row, "deputy@example.org"), visit)
    register.execute(visit.pk)
    register.verify(visit.pk)
    assert sent_to_staff(mailoutbox) == []
