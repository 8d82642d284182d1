"""What who makes a visit is told of it, and then has in the calendar [contracts 00 and 30]."""

import re

import pytest
from icalendar import Calendar

from core.context import acting
from core.mail import drain
from core.models import OutboxMessage
from interventions.models import Intervention, InterventionStatus
from interventions.services.pins import pin_of
from interventions.services.planning import Notice, update_intervention
from tests.intervention_factories import HOUR, START, make_company_contact
from tests.interventions.provider_calls import look
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db
S = InterventionStatus
To = Intervention.CreationStatus
LINK = re.compile(r"http://\S+/provider/\S+")


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def door(register):
    return register.anomaly("Fire door <b>does not</b> close", number=7, location="North stair")


def sent(mailoutbox) -> list:
    """What goes out now."""
    mailoutbox.clear()
    drain()
    return list(mailoutbox)


def only(mailoutbox):
    (message,) = sent(mailoutbox)
    return message


def html_of(message) -> str:
    return message.alternatives[0].content


def entry_of(message):
    """The one event of the one calendar that comes along, and the calendar's method."""
    (attachment,) = message.attachments
    assert attachment.filename == "intervention.ics"
    calendar = Calendar.from_ical(attachment.content)
    (event,) = calendar.events
    assert attachment.mimetype == f"text/calendar; method={calendar['method']}"
    return calendar["method"], event


def move(visit, **values) -> Intervention:
    return update_intervention(
        visit.pk, {"scheduled_start": START + 24 * HOUR, "scheduled_end": START + 26 * HOUR, **values}
    )


# -- assigned -----------------------------------------------------------------------------------------------


def test_the_provider_is_told_what_where_when_and_where_to_answer(register, door, mailoutbox, settings):
    visit = register.curative(door, description="Ring twice", assigned_user=register.bruno)
    message = only(mailoutbox)
    assert message.to == ["lift@example.org"]
    assert message.from_email.startswith("Ville <")
    assert message.subject == "Proposed to you: a visit on Tuesday 1 December, 10:00"
    link = LINK.search(message.body)[0]
    assert message.body == (
        "Hello Lift Doctor,\n\nVille asks you for a visit, and proposes this date.\n\n"
        f"What: Curative intervention (#{visit.pk})\n"
        "Where: École Pasteur, 3 rue du Port\n"
        "When: Tuesday 1 December 2026, 10:00 – 11:00 (Europe/Paris)\n"
        f"Your contact: Bruno, {register.bruno.email}\n\n"
        "Ring twice\n\n"
        "What was found:\n"
        "- A-00007 Fire door <b>does not</b> close (École Pasteur, North stair)\n\n"
        "Say by this link whether the date suits you. No log-in is needed:\n"
        f"{link}\n\n"
        "Ville\n"
    )
    html = html_of(message)
    assert "Fire door &lt;b&gt;does not&lt;/b&gt; close" in html
    assert f'<a href="{link}">Say whether the date suits you</a>' in html
    assert link.startswith(settings.SITE_URL)
    assert "Does this date suit you?" in look(link.removeprefix(settings.SITE_URL))


def test_what_is_planned_without_asking_is_to_be_signed_on_site(register, door, mailoutbox):
    register.curative(door, creation_status=To.CONFIRMED)
    message = only(mailoutbox)
    assert message.subject == "Your visit on Tuesday 1 December, 10:00"
    assert "Ville has planned a visit with you." in message.body
    assert "say by this link what was done, and sign" in message.body
    assert entry_of(message)[1]["status"] == "CONFIRMED"


def test_a_draft_is_told_to_nobody(register, mailoutbox):
    register.curative(creation_status=To.DRAFT)
    assert sent(mailoutbox) == []


def test_the_invitation_is_tentative_until_the_date_is_agreed_on(register, door, mailoutbox):
    visit = register.curative(door, description="Ring twice")
    method, event = entry_of(only(mailoutbox))
    assert method == "REQUEST"
    assert (str(event["uid"]), event["sequence"], event["status"]) == (
        f"intervention-{visit.pk}@127.0.0.1",
        1,
        "TENTATIVE",
    )
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (START, START + HOUR)
    assert event["summary"] == f"Curative intervention (#{visit.pk}): École Pasteur"
    assert (event["location"], event["description"]) == ("3 rue du Port", "Ring twice")
    assert (event["attendee"], event["attendee"].params["CN"]) == ("mailto:lift@example.org", "Lift Doctor")


def test_an_own_person_is_told_in_the_persons_language(register, door, mailoutbox):
    register.bruno.language = "fr"
    register.bruno.save()
    register.curative(door, assigned_company_contact=None, assigned_user=register.bruno, creation_status=To.CONFIRMED)
    message = only(mailoutbox)
    assert message.to == [register.bruno.email]
    assert "mardi 1 décembre 2026, 10:00" in message.body
    assert message.extra_headers["Content-Language"] == "fr"


def test_a_provider_is_told_in_his_language_else_in_the_organizations(register, mailoutbox):
    register.town.changed(language="fr").save()
    register.curative()
    assert "mardi 1 décembre" in only(mailoutbox).body
    register.provider.changed(language="en").save()
    register.curative()
    assert "Tuesday 1 December" in only(mailoutbox).body


def test_a_provider_without_an_address_is_not_told(register, mailoutbox):
    register.provider.changed(email="").save()
    register.curative()
    assert sent(mailoutbox) == []


def test_what_was_ended_before_it_went_out_is_not_told_as_planned(register, mailoutbox):
    visit = register.curative()
    register.cancel(visit.pk)
    assert only(mailoutbox).subject == "Cancelled: visit on Tuesday 1 December, 10:00"


# -- changed, taken away, cancelled -------------------------------------------------------------------------


def test_another_date_is_told_as_it_stands_now_under_the_same_uid(register, mailoutbox):
    visit = register.curative()
    _, first = entry_of(only(mailoutbox))
    move(visit)
    message = only(mailoutbox)
    assert message.subject == "Changed: your visit on Wednesday 2 December, 10:00"
    assert "Wednesday 2 December 2026, 10:00 – 12:00" in message.body
    method, event = entry_of(message)
    assert (method, event["uid"], event["sequence"]) == ("REQUEST", first["uid"], 2)


def test_of_two_changes_in_a_row_the_last_is_told(register, mailoutbox):
    visit = register.curative()
    move(visit)
    assert [message.subject for message in sent(mailoutbox)] == ["Changed: your visit on Wednesday 2 December, 10:00"]


@pytest.mark.parametrize("way", ["who answers for it", "quietly"])
def test_a_change_that_nobody_is_told_of_loses_no_message_that_waits(register, mailoutbox, settings, way):
    visit = register.curative()
    if way == "quietly":
        update_intervention(visit.pk, {"scheduled_end": START + 2 * HOUR}, notice=Notice(tell_current=False))
    else:
        update_intervention(visit.pk, {"assigned_user": register.bruno})
    message = only(mailoutbox)
    assert message.subject == "Proposed to you: a visit on Tuesday 1 December, 10:00"
    assert ("10:00 – 12:00" in message.body) is (way == "quietly"), "as it stands when it is sent"
    assert "Tuesday 1 December" in look(LINK.search(message.body)[0].removeprefix(settings.SITE_URL))


def test_who_had_the_visit_is_told_why_it_is_no_longer_his_and_who_has_it_now_that_it_is(register, mailoutbox):
    visit = register.curative()
    _, first = entry_of(only(mailoutbox))
    doors = make_company_contact(register.town, "Door & Sons", email="doors@example.org")
    update_intervention(
        visit.pk, {"assigned_company_contact": doors}, notice=Notice(reason="You are on holiday.\nEnjoy")
    )
    former, current = sorted(sent(mailoutbox), key=lambda message: message.to, reverse=True)
    assert (former.to, current.to) == (["lift@example.org"], ["doors@example.org"])
    assert former.subject == "No longer yours: visit on Tuesday 1 December, 10:00"
    assert "Why: You are on holiday.\nEnjoy\n" in former.body
    assert "You are on holiday.<br>Enjoy" in html_of(former)
    assert "/provider/" not in former.body + html_of(former)
    method, event = entry_of(former)
    assert (method, event["uid"], event["status"], event["sequence"]) == ("CANCEL", first["uid"], "CANCELLED", 2)
    assert current.subject == "Proposed to you: a visit on Tuesday 1 December, 10:00"


def test_a_visit_that_came_back_before_it_was_told_is_not_told_as_taken_away(register, mailoutbox):
    visit = register.curative()
    doors = make_company_contact(register.town, "Door & Sons", email="doors@example.org")
    for contact in (doors, register.provider):
        update_intervention(visit.pk, {"assigned_company_contact": contact})
    subjects = {(message.to[0], message.subject) for message in sent(mailoutbox)}
    assert subjects == {
        ("lift@example.org", "Proposed to you: a visit on Tuesday 1 December, 10:00"),
        ("doors@example.org", "No longer yours: visit on Tuesday 1 December, 10:00"),
    }


def test_a_cancelled_visit_is_told_with_the_reason_and_leaves_the_calendar(register, mailoutbox):
    visit = register.curative()
    sent(mailoutbox)
    register.cancel(visit.pk)
    message = only(mailoutbox)
    assert message.subject == "Cancelled: visit on Tuesday 1 December, 10:00"
    assert "It does not take place." in message.body
    assert "Why: Not needed\n" in message.body
    assert "/provider/" not in message.body
    assert entry_of(message)[0] == "CANCEL"


# -- the secrets --------------------------------------------------------------------------------------------


def test_no_message_tells_the_pin_and_the_outbox_keeps_no_link(register, mailoutbox):
    visit = register.curative()
    pins = {str(pin_of(visit))}
    with acting(door="command"):
        for step in ("accept", "begin", "execute", "reject"):
            drain()
            getattr(register, step)(visit.pk)
        move(visit)
    visit.refresh_from_db()
    pins.add(str(pin_of(visit)))
    drain()
    assert len(mailoutbox) == 3
    told = "".join(message.body + html_of(message) + message.subject for message in mailoutbox)
    kept = "".join(f"{row.text}{row.subject}{row.params}" for row in OutboxMessage.objects.all())
    assert not [pin for pin in pins if re.search(rf"\b{pin}\b", told + kept)]
    assert LINK.search(told)
    assert not LINK.search(kept)
    assert "[personal link]" in kept
