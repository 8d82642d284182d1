"""Opening hours, edited as rows of times on the calendar's form, and the week that they come to."""

import pytest
import time_machine

from appointments.models import Appointment, Calendar
from scheduling.services.absences import create_absence
from tests.appointment_factories import OFFICE_HOURS, make_event, make_service
from tests.appointments.front_desk import FrontDesk
from tests.appointments.practice import DAY, HOUR, NOW, TEN
from tests.back_office import errors_of, messages_of, sent_form, url

pytestmark = pytest.mark.django_db
CALENDAR = "appointments_calendar"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def form_of(desk) -> dict:
    """The form as a browser would send it: the hours as rows, a day's in `opening_hours-<day>-<number>-start`."""
    sent = sent_form(desk.client, url(CALENDAR, "change", desk.calendar.pk))
    del sent["opening_hours"], sent["exceptions"]
    rows = {f"exceptions-{number}-{part}": "" for number in range(3) for part in ("date", "0-start", "0-end")}
    for day in range(1, 8):
        for number in range(3):
            rows |= {f"opening_hours-{day}-{number}-{part}": "" for part in ("start", "end")}
    for hours in desk.calendar.opening_hours:
        rows |= {f"opening_hours-{hours['day']}-0-{part}": hours[part] for part in ("start", "end")}
    return {**sent, **rows}


def save(desk, **changes):
    rows = {name.replace("__", "-"): value for name, value in changes.items()}
    answer = desk.client.post(url(CALENDAR, "change", desk.calendar.pk), {**form_of(desk), **rows}, follow=True)
    desk.calendar.refresh_from_db()
    return answer


def hours_on(desk, day: int) -> list[tuple[str, str]]:
    return [(one["start"], one["end"]) for one in desk.calendar.opening_hours if one["day"] == day]


def week_of(desk) -> list[tuple]:
    """(day, hours, notes) of the next seven days."""
    from appointments.admin.week_preview import next_days

    calendar = Calendar.objects.select_related("organization__booking_settings").get(pk=desk.calendar.pk)
    return [tuple(one.values()) for one in next_days(calendar, desk.group.local_date())]


def test_a_form_sent_back_untouched_changes_nothing(desk):
    before = desk.calendar.version
    save(desk)
    assert desk.calendar.opening_hours == OFFICE_HOURS
    assert desk.calendar.version == before


def test_ranges_are_changed_added_and_taken_away(desk):
    save(
        desk,
        **{
            "opening_hours-1-0-end": "12:00",
            "opening_hours-1-1-start": "13:00",
            "opening_hours-1-1-end": "19:00",
            "opening_hours-2-0-start": "",
            "opening_hours-2-0-end": "",
            "opening_hours-6-0-start": "10:00",
            "opening_hours-6-0-end": "00:00",
        },
    )
    assert hours_on(desk, 1) == [("09:00", "12:00"), ("13:00", "19:00")]
    assert hours_on(desk, 2) == []
    assert hours_on(desk, 6) == [("10:00", "24:00")]
    page = desk.client.get(url(CALENDAR, "change", desk.calendar.pk)).content.decode()
    assert 'name="opening_hours-6-0-end" value="00:00"' in page


def test_hours_for_some_services_alone(desk):
    save(desk, **{"opening_hours-1-0-services": [desk.service.pk]})
    assert desk.calendar.opening_hours[0]["services"] == [desk.service.pk]
    page = desk.client.get(url(CALENDAR, "change", desk.calendar.pk)).content.decode()
    assert f'name="opening_hours-1-0-services" value="{desk.service.pk}" checked' in page


def test_days_that_differ(desk):
    save(
        desk,
        **{
            "exceptions-0-date": "2026-12-24",
            "exceptions-0-0-start": "09:00",
            "exceptions-0-0-end": "12:00",
            "exceptions-1-date": "2026-12-31",
        },
    )
    assert desk.calendar.exceptions == [
        {"date": "2026-12-24", "ranges": [{"start": "09:00", "end": "12:00"}]},
        {"date": "2026-12-31", "ranges": []},
    ]


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"opening_hours-1-0-end": "08:00"}, "opening_hours", "Monday 09:00–08:00: must be after the start"),
        ({"opening_hours-1-0-end": ""}, "opening_hours", "Monday 09:00–: must be a time, as 09:00"),
        (
            {"opening_hours-1-1-start": "10:00", "opening_hours-1-1-end": "11:00"},
            "opening_hours",
            "10:00–11:00 overlaps another range of its day",
        ),
        (
            {"exceptions-0-0-start": "10:00", "exceptions-0-0-end": "11:00"},
            "exceptions",
            "no date: must be a date, as 2026-12-24",
        ),
        (
            {"exceptions-0-date": "2026-12-24", "exceptions-1-date": "2026-12-24"},
            "exceptions",
            "each date may stand there once",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_row_that_it_is_about(desk, changes, field, told):
    answer = save(desk, **changes)
    assert errors_of(answer) == {field: [told]}
    assert desk.calendar.opening_hours == OFFICE_HOURS


def test_an_overtaken_form_keeps_the_hours_that_the_other_person_saved(desk):
    sent = form_of(desk)
    Calendar.objects.get().changed(opening_hours=OFFICE_HOURS[:2]).save()
    answer = desk.client.post(url(CALENDAR, "change", desk.calendar.pk), {**sent, "name": "Dr M. Martin"})
    again = sent_again(answer)
    desk.client.post(url(CALENDAR, "change", desk.calendar.pk), again)
    desk.calendar.refresh_from_db()
    assert (desk.calendar.name, desk.calendar.opening_hours) == ("Dr M. Martin", OFFICE_HOURS[:2])


def sent_again(answer) -> dict:
    """The collision's form, sent as it is shown."""
    form = answer.context["adminform"].form
    assert form.collision is not None
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_the_week_as_it_comes_out(desk):
    desk.rule(holidays_country="FR")
    save(desk, **{"exceptions-0-date": "2026-11-24", "exceptions-0-0-start": "10:00", "exceptions-0-0-end": "11:00"})
    make_event(desk.calendar, TEN, TEN + HOUR, text="Meeting")
    make_event(desk.calendar, TEN + 3 * DAY, TEN + 3 * DAY + HOUR, "opening", text="Vaccinations")
    create_absence(desk.group, {"resource": desk.calendar.resource, "start": TEN + DAY, "end": TEN + DAY + HOUR})
    assert week_of(desk) == [
        ("Monday 23 November", "09:00–17:00", ""),
        ("Tuesday 24 November", "10:00–11:00", "day that differs"),
        ("Wednesday 25 November", "09:00–10:00, 11:00–17:00", "closed (Meeting)"),
        ("Thursday 26 November", "09:00–10:00, 11:00–17:00", "absence"),
        ("Friday 27 November", "09:00–17:00", ""),
        ("Saturday 28 November", "10:00–11:00", "extra opening (Vaccinations)"),
        ("Sunday 29 November", "", ""),
    ]
    assert "Vaccinations" in desk.client.get(url(CALENDAR, "change", desk.calendar.pk)).content.decode()


def test_a_public_holiday_is_closed_in_it(desk):
    desk.rule(holidays_country="FR")
    with time_machine.travel("2026-12-24T08:00:00Z", tick=False):
        assert week_of(desk)[1] == ("Friday 25 December", "", "public holiday")


def test_new_hours_that_hit_appointments_say_so_with_a_link(desk):
    appointment = desk.book(TEN + 5 * HOUR)
    answer = save(desk, **{"opening_hours-3-0-end": "12:00"})
    assert "1 appointment is hit:" in messages_of(answer)
    assert url("appointments_appointment", "change", appointment.pk) in messages_of(answer)
    appointment.refresh_from_db()
    assert appointment.attention == "Its time in the calendar was closed"
    assert not appointment.is_deleted


def test_hours_that_hit_nothing_say_nothing(desk):
    desk.book(TEN)
    answer = save(desk, **{"opening_hours-3-0-end": "12:00"})
    assert "is hit" not in messages_of(answer)
    assert Appointment.objects.get().attention == ""


def test_a_new_calendar_has_hours_from_the_start_and_a_resource_of_its_own(desk):
    make_service(desk.group)
    values = {"name": "Dr Leroy", "capacity": 1, "slot_step": 15, "priority": 0, "sort": 0, "is_open": "on"}
    rows = {"opening_hours-1-0-start": "09:00", "opening_hours-1-0-end": "12:00", "exceptions-0-date": ""}
    answer = desk.client.post(url(CALENDAR, "add"), {**values, **rows}, follow=True)
    assert answer.redirect_chain, errors_of(answer)
    made = Calendar.objects.get(name="Dr Leroy")
    assert made.opening_hours == [{"day": 1, "start": "09:00", "end": "12:00", "services": []}]
    assert made.resource.name == "Dr Leroy"


@pytest.mark.parametrize("sent", ["[1]", '["x"]', "[[]]", '[{"day": "x"}]', "[{}]", '{"a": 1}', "[null]", "x"])
def test_hours_in_no_shape_at_all_are_no_failure(desk, sent):
    """A browser sends rows; a value as a whole comes back from a form that met somebody else's save."""
    for name in ("opening_hours", "exceptions"):
        address = url(CALENDAR, "change", desk.calendar.pk)
        answer = desk.client.post(address, {**form_of(desk), name: sent, "name": ""})
        assert (answer.status_code, list(errors_of(answer))) == (200, ["name"])


@pytest.mark.parametrize("pk", ["9" * 5000, "9" * 19, "-1", "x"])
def test_services_with_impossible_ids_are_no_failure(desk, pk):
    assert save(desk, **{"opening_hours-1-0-services": [pk]}).status_code == 200
    assert desk.calendar.opening_hours == OFFICE_HOURS
