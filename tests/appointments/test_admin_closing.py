"""Closing time: what it hits is shown with where it could go, and each is moved, told, cancelled or kept."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Appointment, CalendarEvent
from core.models import OutboxMessage, Role
from scheduling.models import Absence
from tests.appointment_factories import make_calendar, make_customer, make_group
from tests.appointments.front_desk import DAY, FrontDesk
from tests.appointments.practice import HOUR, NOW, TEN
from tests.back_office import browser, messages_of, person

pytestmark = pytest.mark.django_db
CLOSE = "/admin/appointments/calendar/close/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def asked(desk, **changes) -> str:
    """The whole Wednesday, by a block."""
    times = {"start": f"{DAY}T08:00", "end": f"{DAY}T18:00"}
    values = {"calendar": desk.calendar.pk, "how": "block", "text": "Strike", **times, **changes}
    return CLOSE + "?" + "&".join(f"{name}={value}" for name, value in values.items())


def test_the_preview_names_what_is_hit_and_where_it_could_go_and_writes_nothing(desk):
    first = desk.book(TEN)
    desk.book(TEN.replace(day=26))
    second = desk.book(TEN + HOUR, make_customer(desk.group, "Roux", "Ida"))
    page = desk.client.get(asked(desk))
    hits = page.context["hits"]
    assert [hit["row"] for hit in hits] == [first, second]
    assert all(hit["offer"].endswith("Dr Martin") for hit in hits)
    assert len({hit["offer"] for hit in hits}) == 2
    assert "2 appointments are hit" in page.content.decode()
    assert not CalendarEvent.objects.exists()
    assert not Appointment.objects.exclude(attention="").exists()


def test_each_is_treated_as_chosen(desk):
    people = [make_customer(desk.group, name) for name in ("A", "B", "C", "D")]
    kept, moved, told, cancelled = (desk.book(TEN + number * HOUR, one) for number, one in enumerate(people))
    OutboxMessage.objects.all().delete()
    choices = {f"hit-{moved.pk}": "move", f"hit-{told.pk}": "notify", f"hit-{cancelled.pk}": "cancel"}
    answer = desk.client.post(asked(desk), {f"hit-{kept.pk}": "keep", **choices}, follow=True)
    assert "Closed; 4 appointments were hit." in messages_of(answer)
    event = CalendarEvent.objects.get()
    assert (event.kind, event.text, event.calendar) == ("block", "Strike", desk.calendar)
    for one in (kept, moved, told, cancelled):
        one.refresh_from_db()
    assert (kept.start, bool(kept.attention)) == (TEN, True)
    assert (moved.start > TEN + HOUR, moved.attention, moved.is_deleted) == (True, "", False)
    assert told.attention
    assert cancelled.is_deleted
    kinds = set(OutboxMessage.objects.values_list("kind", flat=True))
    assert {"appointment_moved", "appointment_affected", "appointment_cancelled"} <= kinds
    assert kept.history.first().history_user == desk.mara


def test_what_was_not_chosen_is_kept(desk):
    appointment = desk.book(TEN)
    desk.client.post(asked(desk), {f"hit-{appointment.pk}": "explode"})
    appointment.refresh_from_db()
    assert (appointment.start, appointment.is_deleted) == (TEN, False)
    assert appointment.attention


def test_an_absence_closes_every_calendar_of_the_resource(desk):
    other = make_calendar(desk.group, desk.service, resource=desk.calendar.resource)
    first = desk.book(TEN)
    second = desk.book(TEN + HOUR, make_customer(desk.group), calendar_id=other.pk)
    page = desk.client.get(asked(desk, how="absence"))
    assert {hit["row"].pk for hit in page.context["hits"]} == {first.pk, second.pk}
    desk.client.post(asked(desk, how="absence"))
    assert Absence.objects.get().note == "Strike"
    assert Appointment.objects.exclude(attention="").count() == 2


def test_however_many_are_hit_the_preview_costs_the_same(desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.client.get(asked(desk))
        return len(queries)

    desk.book(TEN)
    few = cost()
    for number in range(1, 6):
        desk.book(TEN + number * HOUR, make_customer(desk.group))
    assert cost() == few


def test_nothing_hit_is_said(desk):
    page = desk.client.get(asked(desk))
    assert "No appointment is hit" in page.content.decode()
    answer = desk.client.post(asked(desk), follow=True)
    assert "Closed; no appointment was hit." in messages_of(answer)


def test_what_cannot_be_closed_is_said_on_its_field(desk):
    page = desk.client.get(asked(desk, end=f"{DAY}T07:00"))
    assert page.context["form"].errors == {"end": ["must be after the start"]}
    desk.client.post(asked(desk, end=f"{DAY}T07:00"))
    assert not CalendarEvent.objects.exists()


@pytest.mark.parametrize("changes", [{"calendar": "x"}, {"start": "x"}, {"how": "x"}, {"end": "9999-12-31T23:59"}])
def test_nonsense_in_the_address_is_no_failure(desk, changes):
    assert desk.client.get(asked(desk, **changes)).status_code == 200


def test_nobody_closes_the_calendar_of_another_organization(desk):
    stranger = browser(person("eve", Role.ADMINISTRATOR, make_group("Other")))
    assert stranger.post(asked(desk)).status_code == 200
    assert not CalendarEvent.objects.exists()
