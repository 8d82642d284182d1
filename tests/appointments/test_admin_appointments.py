"""The list, the form and the buttons of appointments."""

import pytest
import time_machine

from appointments.models import Appointment
from scheduling.models import BusyInterval
from tests.appointments.front_desk import LIST, FrontDesk
from tests.appointments.practice import DAY, HOUR, NOW, TEN
from tests.back_office import browser, errors_of, messages_of, sent_form, url

pytestmark = pytest.mark.django_db
State = Appointment.State


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def shown(desk, quick: str) -> list[Appointment]:
    return list(desk.client.get(url(LIST, "changelist"), {"quick": quick}).context["cl"].result_list)


def labels(desk, appointment) -> list[str]:
    page = desk.client.get(url(LIST, "change", appointment.pk))
    return [str(button["label"]) for button in page.context["row_actions"]]


def test_quick_filters(desk):
    today, later = desk.book(TEN - 2 * DAY), desk.book(TEN)
    cancelled = desk.book(TEN + HOUR)
    desk.press(cancelled, "cancel", reason="")
    pending, missed = desk.book(TEN + 2 * HOUR), desk.book(TEN - 7 * DAY)
    Appointment.objects.filter(pk=pending.pk).update(state=State.PENDING, attention="Its time was closed")
    Appointment.objects.filter(pk=missed.pk).update(state=State.NOT_CAME)
    assert shown(desk, "today") == [today]
    assert shown(desk, "upcoming") == [today, later, pending]
    assert shown(desk, "to_confirm") == [pending]
    assert shown(desk, "attention") == [pending]
    assert shown(desk, "no_shows") == [missed]
    assert shown(desk, "cancelled") == [cancelled]


def test_the_form_changes_the_comments_alone(desk):
    appointment = desk.book(TEN)
    address = url(LIST, "change", appointment.pk)
    desk.client.post(address, {**sent_form(desk.client, address), "comments": "Brings X-rays", "state": "came"})
    appointment.refresh_from_db()
    assert (appointment.comments, appointment.state) == ("Brings X-rays", State.IN_PROGRESS)


def test_two_people_with_the_same_form_open(desk):
    appointment = desk.book(TEN)
    address = url(LIST, "change", appointment.pk)
    sent = sent_form(desk.client, address)
    desk.basic.post(address, {**sent, "comments": "Of bo"})
    answer = desk.client.post(address, {**sent, "comments": "Of mara"})
    assert "bo saved this" in str(errors_of(answer))
    appointment.refresh_from_db()
    assert appointment.comments == "Of bo"


def test_buttons_are_those_that_the_state_allows(desk):
    appointment = desk.book(TEN)
    assert labels(desk, appointment) == ["Move", "Cancel the appointment"]
    Appointment.objects.update(state=State.PENDING)
    assert labels(desk, appointment) == ["Move", "Confirm", "Cancel the appointment"]
    with time_machine.travel(TEN + HOUR, tick=False):
        desk.client = browser(desk.mara)
        Appointment.objects.update(state=State.IN_PROGRESS)
        assert labels(desk, appointment) == ["Move", "Came", "Did not come", "Cancel the appointment"]
        Appointment.objects.update(state=State.CAME)
        assert "Not known yet whether came" in labels(desk, appointment)


def test_to_confirm_came_and_did_not_come(desk):
    appointment = desk.book(TEN - 2 * DAY + HOUR)
    Appointment.objects.update(state=State.PENDING)
    for button, state in (
        ("confirm", "in_progress"),
        ("not_came", "not_came"),
        ("came", "came"),
        ("reopen", "in_progress"),
    ):
        desk.press(appointment, button)
        appointment.refresh_from_db()
        assert appointment.state == state
    assert appointment.history.first().history_user == desk.mara


def test_cancelled_it_frees_its_time_and_is_shown_but_not_changed(desk):
    appointment = desk.book(TEN)
    desk.press(appointment, "cancel", reason="")
    appointment.refresh_from_db()
    assert appointment.is_deleted
    assert not BusyInterval.objects.exists()
    page = desk.client.get(url(LIST, "change", appointment.pk))
    assert "Cancelled" in page.context["summary"]
    assert not page.context["has_change_permission"]
    assert labels(desk, appointment) == ["Restore"]


def test_a_late_cancellation_names_the_rule_and_needs_a_reason(desk):
    desk.rule(min_cancel_notice=60 * 24 * 3)
    appointment = desk.book(TEN)
    page = desk.client.get(url(LIST, "do", appointment.pk, "cancel"))
    assert "Too late: 4320 min of notice are asked for, the start is in 3000 min" in page.content.decode()
    desk.press(appointment, "cancel", reason="", confirmed="yes")
    assert not Appointment.objects.get().is_deleted
    desk.press(appointment, "cancel", reason="The doctor is ill", confirmed="yes")
    assert Appointment.objects.get().is_deleted
    assert "The doctor is ill" in appointment.history.first().history_change_reason


def test_restored_through_the_booking_rules(desk):
    appointment = desk.book(TEN)
    desk.press(appointment, "cancel", reason="")
    other = desk.book(TEN)
    answer = desk.press(appointment, "restore", reason="She insists", confirmed="yes")
    assert "This time slot is not available anymore" in messages_of(answer)
    desk.press(other, "cancel", reason="")
    desk.press(appointment, "restore", reason="", confirmed="yes")
    appointment.refresh_from_db()
    assert not appointment.is_deleted
    assert BusyInterval.objects.get().source_id == appointment.pk


def test_the_mark_for_staff_is_taken_away(desk):
    appointment = desk.book(TEN)
    Appointment.objects.update(attention="Its time was closed")
    assert "Its time was closed" in desk.client.get(url(LIST, "change", appointment.pk)).content.decode()
    desk.press(appointment, "seen")
    assert Appointment.objects.get().attention == ""


def test_many_at_once_each_by_its_own_rules(desk):
    today, later = desk.book(TEN - 2 * DAY), desk.book(TEN)
    sent = {"action": "came", "_selected_action": [today.pk, later.pk], "confirmed": "yes"}
    answer = desk.client.post(url(LIST, "changelist"), sent, follow=True)
    assert "Came: 1 done; 1 skipped" in messages_of(answer)
    assert f"#{later.pk}: State: can be said from the day of the appointment on" in messages_of(answer)


def test_export_and_history(desk):
    appointment = desk.book(TEN)
    content = desk.client.get(url(LIST, "export", "csv")).content.decode()
    assert "Durand" in content
    assert desk.client.get(url(LIST, "history", appointment.pk)).status_code == 200


def test_the_dashboard_counts_what_waits(desk):
    desk.book(TEN - 2 * DAY)
    appointment = desk.book(TEN)
    Appointment.objects.filter(pk=appointment.pk).update(state=State.PENDING, attention="Look")
    page = desk.client.get("/admin/")
    cards = {str(card.label): card.value for card in page.context["cards"]}
    assert cards["Appointments today"] == 1
    assert cards["Appointments to confirm"] == 1
    assert cards["Appointments to look at"] == 1
    assert "Anne Durand" in page.content.decode()


def test_no_door_deletes_one(desk):
    appointment = desk.book(TEN)
    assert desk.client.post(url(LIST, "delete", appointment.pk), {"post": "yes"}).status_code == 403
