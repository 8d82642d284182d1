"""The first and the last years that have a number: whoever asks for them gets an answer [contract 00]."""

import pytest
import time_machine

from tests.appointment_factories import make_service
from tests.appointments.booking_world import NOW, BookingWorld
from tests.appointments.wire import done

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


@pytest.mark.parametrize("days", [1, 87, 90, 91, 92])
def test_slots_up_to_the_last_day_there_is(world, days):
    for caller in (world.account, world.pro):
        starts = world.starts(f"start=9999-09-30 00:00:00&nDays={days}", by=caller)
        assert all(start < "9999-12-01" for start in starts)


def test_a_service_that_keeps_a_day_free_around_it_in_the_first_days(world):
    for zone in ("Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "UTC"):
        world.group.changed(time_zone=zone).save()
        service = make_service(world.group, world.calendar, buffer_before=1440, buffer_after=1440)
        path = f"availabletimeslots?intervention_ids[]={service.pk}&start="
        for start in ("0001-01-06 00:00:00", "9999-11-29 00:00:00"):
            assert world.pro.get(path + start).status_code in {200, 400}
            assert world.pro.get(path.replace("slots?", "slots/explain?") + start).status_code in {200, 400}
            booked = world.pro.post("appointments", world.asked(start, intervention_ids=[service.pk]))
            assert booked.status_code in {201, 400}, booked.content
        for first in ("0001-01-03 00:00:00", "0001-01-03T00:00:00Z", "0001-01-05T00:00:00Z"):
            assert world.pro.get(path + first).status_code in {200, 400}
            assert world.pro.get(path.replace("slots?", "slots/explain?") + first).status_code in {200, 400}
        assert done(world.pro.get(path + "0001-01-10 00:00:00&nDays=1"))["group_id"] == world.group.pk
