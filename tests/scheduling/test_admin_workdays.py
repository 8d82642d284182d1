"""Special working days, and the timetable that is the organization's working week, in the back office."""

from datetime import UTC, date, datetime

import pytest

from core.models import Organization, Role
from scheduling.intervals import Interval
from scheduling.models import Hours, SchedulingSettings, Workday
from scheduling.services.timetables import Part, create_timetable
from scheduling.working_hours import working_hours
from tests.back_office import browser, errors_of, organization, person, sent_form, url

pytestmark = pytest.mark.django_db
WORKDAY, SETTINGS = "scheduling_workday", "scheduling_schedulingsettings"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def mara(paris):
    return browser(person("mara", Role.ADVANCED_STAFF, paris))


def add(client, **values):
    return client.post(url(WORKDAY, "add"), sent_form(client, url(WORKDAY, "add")) | values)


def hours_on(place, day: str) -> list[Interval]:
    start, end = (datetime.fromisoformat(f"{day}T{clock}+00:00") for clock in ("00:00", "23:59"))
    return [one for one in working_hours(place, start, end) if start <= one.start <= end]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_day_with_its_own_hours_is_written_in_words(mara, paris):
    values = {"day": "2026-12-24", "kind": "own_hours", "periods": "09:00 - 12:00\n13h30–24:00", "title": "Eve"}
    assert add(mara, **values).status_code == 302
    row = Workday.objects.get()
    assert row.periods == [{"start": 540, "stop": 720}, {"start": 810, "stop": 1440}]
    assert row.options["title"] == "Eve"
    page = mara.get(url(WORKDAY, "change", row.pk)).content.decode()
    assert "09:00 – 12:00\n13:30 – 24:00" in page
    assert "Eve" in mara.get(url(WORKDAY, "changelist")).content.decode()
    assert hours_on(paris, "2026-12-24")[0] == Interval(at("2026-12-24 08:00"), at("2026-12-24 11:00"))


def test_a_yearly_holiday_and_a_sunday_like_a_friday(mara, paris):
    add(mara, day="2026-05-01", kind="off", is_annual="on")
    add(mara, day="2026-11-29", kind="like_weekday", like="friday")
    assert set(Workday.objects.values_list("day", flat=True)) == {date(2000, 5, 1), date(2026, 11, 29)}
    assert hours_on(paris, "2030-05-01") == []
    assert hours_on(paris, "2026-11-29")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "own_hours"}, "periods"),
        ({"kind": "own_hours", "periods": "Mon 09:00 - 12:00"}, "periods"),
        ({"kind": "own_hours", "periods": "12:00 - 09:00"}, "periods"),
        ({"kind": "like_weekday"}, "like"),
        ({"kind": "off", "like": "friday"}, "like"),
        ({"kind": "off", "day": ""}, "day"),
    ],
)
def test_what_makes_no_day_is_told_at_its_field(mara, values, field):
    page = add(mara, **{"day": "2026-12-24", **values})
    assert field in errors_of(page)
    assert not Workday.objects.exists()


def test_basic_staff_reads_alone(mara, paris):
    add(mara, day="2026-12-24", kind="own_hours", periods="09:00 - 12:00")
    reader = browser(person("bruno", Role.BASIC_STAFF, paris))
    row = Workday.objects.get()
    assert "09:00 – 12:00" in reader.get(url(WORKDAY, "change", row.pk)).content.decode()
    assert reader.get(url(WORKDAY, "add")).status_code == 403
    assert reader.post(url(WORKDAY, "delete", row.pk), {"post": "yes"}).status_code == 403
    mara.post(url(WORKDAY, "delete", row.pk), {"post": "yes", "version": row.version})
    assert not Workday.objects.exists()


def test_the_working_week_is_a_timetable_of_the_organization(paris):
    lyon = organization("Lyon")
    ada = browser(person("ada", Role.ADMINISTRATOR, paris, lyon))
    nights, other = (
        create_timetable(
            place, {"name": "Nights"}, [Part(Hours, {"weekday": "saturday", "start": "20:00", "end": "23:00"})]
        )
        for place in (paris, lyon)
    )
    SchedulingSettings.objects.create(organization=paris)
    address = url(SETTINGS, "change", paris.pk)
    assert "timetable" in errors_of(ada.post(address, sent_form(ada, address) | {"timetable": other.pk}))
    assert ada.post(address, sent_form(ada, address) | {"timetable": nights.pk}).status_code == 302
    settings = SchedulingSettings.objects.get()
    assert settings.timetable == nights
    again = Organization.objects.get(pk=paris.pk)
    assert hours_on(again, "2026-11-28") == [Interval(at("2026-11-28 19:00"), at("2026-11-28 22:00"))]
