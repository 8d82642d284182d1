"""The impact of an absence, and a choice for each appointment: as the back office asks for them."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from appointments.models import Appointment
from appointments.services.impact import OnHit, calendars_of, carry_out, preview
from scheduling.models import Absence, BusyInterval
from scheduling.services.absences import create_absence
from tests.appointments.booking_world import ELEVEN, HALF_PAST, NOW, TEN, BookingWorld

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def absent(world: BookingWorld):
    """From ten to noon."""
    times = {"start": datetime(2026, 11, 24, 9, tzinfo=UTC), "end": datetime(2026, 11, 24, 11, tzinfo=UTC)}
    return lambda: create_absence(world.group, {"resource": world.calendar.resource, **times})


def test_an_absence_hits_the_appointments_of_its_resources_calendars(world):
    booked = world.booked(TEN)["id"]
    sharing = world.another_calendar(resource=world.calendar.resource)
    also = world.booked(HALF_PAST, calendar_id=sharing.pk)["id"]
    found = preview(calendars_of(world.calendar.resource), absent(world))
    assert [hit.pk for hit in found.hits] == [booked, also]
    # One resource, one place: both are proposed, and not at once.
    assert {place.start.isoformat() for place in found.proposals.values()} == {
        "2026-11-24T11:00:00+00:00",
        "2026-11-24T11:30:00+00:00",
    }
    assert not Absence.objects.exists()
    assert not BusyInterval.objects.filter(kind="absence").exists()


def test_each_appointment_may_be_treated_in_its_own_way(world):
    kept, moved, cancelled = (world.booked(start)["id"] for start in (TEN, HALF_PAST, ELEVEN))
    choices = {moved: OnHit.MOVE, cancelled: OnHit.CANCEL}
    absence = carry_out(calendars_of(world.calendar.resource), absent(world), choices=choices)
    assert absence == Absence.objects.get()
    rows = Appointment.objects.in_bulk()
    assert (rows[kept].attention != "", rows[kept].start.hour) == (True, 9)
    assert (rows[moved].attention, rows[moved].start.hour) == ("", 11)
    assert rows[cancelled].is_deleted


def test_a_change_that_is_refused_is_refused_here_too(world):
    world.booked(TEN)

    def wrong():
        raise ValidationError({"end": "must end after it starts"})

    for ask in (preview, carry_out):
        with pytest.raises(ValidationError):
            ask([world.calendar.pk], wrong)
    assert Appointment.objects.get().attention == ""
