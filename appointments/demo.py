"""The demo's appointments: a practice of three calendars, its services, its customers, two weeks of bookings."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from appointments import demo_crowd
from appointments.models import Appointment, Calendar, CalendarEvent, CalendarSet, Customer, Service
from appointments.services import slots
from appointments.services.booking import Booking, book_appointment
from appointments.services.calendar_sets import CALENDAR_SETS
from appointments.services.calendars import CALENDARS
from appointments.services.catalogue import SERVICE_SETS, SERVICES
from appointments.services.changes import cancel_appointment, change_appointment
from appointments.services.customers import create_customer
from appointments.services.events import EVENTS
from appointments.services.feeds import issue_feed
from appointments.services.settings import update_settings
from appointments.services.waitings import create_waiting
from core.context import acting
from core.demo import Demo, DemoPart, Sample, register
from core.models import Organization
from core.zones import local_moment
from scheduling.intervals import Interval
from scheduling.models import Resource

State, Kind = Appointment.State, CalendarEvent.Kind
RULES: dict[str, Any] = {
    "min_notice": 60,
    "booking_horizon": 60 * 24 * 90,
    "min_cancel_notice": 60 * 24,
    "max_upcoming": 5,
    "max_moves": 3,
    "assignment": "least_loaded",
    "holidays_country": "FR",
    "reminders": [1440, 120],
    "urlname": "ecole-demo-sante",
    "city": "Paris",
    "country": "France",
}
FOR_ALL: list[int] = []


@dataclass(frozen=True)
class Booked:
    """An appointment of the demo: days from Monday, local time, with whom, for whom, what came of it."""

    day: int
    at: str
    calendar: str
    customer: str
    services: tuple[str, ...]
    state: Appointment.State | None = None
    is_cancelled: bool = False


WEEKS = (
    Booked(0, "09:00", "martin", "camille", ("consultation",), State.CAME),
    Booked(0, "10:00", "martin", "louis", ("first",), State.NOT_CAME),
    Booked(0, "14:00", "nurse", "sofia", ("vaccination",), State.CAME),
    Booked(1, "09:30", "moreau", "lina", ("first",), State.CAME),
    Booked(1, "11:00", "nurse", "camille", ("blood", "vaccination"), State.CAME),
    Booked(2, "09:00", "martin", "jules", ("consultation",), State.NOT_CAME),
    Booked(2, "15:30", "nurse", "marc", ("vaccination",), is_cancelled=True),
    Booked(3, "10:30", "martin", "sofia", ("consultation",)),
    Booked(4, "08:30", "nurse", "lina", ("blood",)),
    Booked(4, "08:30", "nurse", "louis", ("blood",)),
    Booked(4, "10:30", "moreau", "marc", ("consultation",)),
    Booked(7, "09:00", "martin", "jules", ("first",)),
    Booked(7, "10:00", "moreau", "camille", ("consultation",)),
    Booked(7, "10:15", "nurse", "sofia", ("vaccination",)),
    Booked(8, "09:30", "martin", "marc", ("consultation",)),
    Booked(8, "14:00", "moreau", "lina", ("first",)),
    Booked(9, "11:00", "martin", "louis", ("consultation",), is_cancelled=True),
    Booked(10, "08:30", "nurse", "jules", ("blood",)),
    Booked(11, "09:00", "martin", "lina", ("consultation",)),
)


def fill(demo: Demo, large: bool) -> None:
    if not Calendar.objects.filter(organization=demo.organization).exists():
        Practice(demo).fill()
    if large:
        demo_crowd.fill(demo.organization)


def sample(demo: Demo) -> Sample:
    """The seed's own request, with a time that is free now."""
    place = Organization.objects.select_related("booking_settings").get(pk=demo.organization.pk)
    service = Service.objects.alive().filter(organization=place, is_open=True).order_by("sort", "pk").first()
    customer = Customer.objects.alive().filter(organization=place).order_by("pk").first()
    if service is None or customer is None:
        return Sample(f"/api/v1/groups/{place.pk}/appointments", {"appointment": {}})
    calendars = list(service.calendars.alive().filter(is_open=True))
    tomorrow = timezone.now() + timedelta(days=1)
    free = slots.free_slots(
        place, [service], calendars, Interval(tomorrow, tomorrow + timedelta(days=30)), is_staff=False
    )
    start = free[0].start if free else tomorrow
    values = {
        "fiche": {"id": customer.pk},
        "date": f"{start.astimezone(place.zone):%Y-%m-%d %H:%M:%S}",
        "intervention_ids": [service.pk],
        "comments": "First time here",
    }
    return Sample(f"/api/v1/groups/{place.pk}/appointments", {"appointment": values})


class Practice:
    """Makes it all through the services, as people would; what is made is kept by short names."""

    def __init__(self, demo: Demo):
        self.demo, self.place = demo, demo.organization
        today = self.place.local_date()
        self.monday = today - timedelta(days=today.weekday())
        self.calendars: dict[str, Calendar] = {}
        self.services: dict[str, Service] = {}
        self.customers: dict[str, Customer] = {}

    def fill(self) -> None:
        self.place = update_settings(self.place.pk, RULES)
        self.make_calendars()
        self.make_services()
        self.make_customers()
        for booked in WEEKS:
            self.make_appointment(booked)
        self.make_pending()
        self.make_events()
        self.make_waiting()
        self.make_feed()

    def at(self, day: int, clock: str) -> datetime:
        return local_moment(self.monday + timedelta(days=day), time.fromisoformat(clock), self.place.zone)

    # -- what appointments are made of ----------------------------------------------------------------------

    def make_calendars(self) -> None:
        ground = CALENDAR_SETS.create(self.place, {"name": "Ground floor", "sort": 1})
        first = CALENDAR_SETS.create(self.place, {"name": "First floor", "sort": 2})
        self.make_calendar("martin", ground, "Dr Martin", DOCTOR, sort=1)
        self.make_calendar("moreau", ground, "Dr Moreau", HALF, sort=2, resource=self.person())
        self.make_calendar("nurse", first, "Nurse's room", NURSE, sort=3, capacity=3)

    def make_calendar(self, key: str, where: CalendarSet, name: str, hours: list, **more) -> None:
        away = {"date": str(self.monday + timedelta(days=9)), "ranges": []}
        values: dict[str, Any] = {"calendarset": where, "name": name, "opening_hours": hours, "city": "Paris", **more}
        if key == "moreau":
            values["exceptions"] = [away]
        self.calendars[key] = CALENDARS.create(self.place, values)

    def person(self) -> Resource | None:
        """One who has jobs too, so that each knows of the other; None: a resource of its own."""
        person = self.demo.people["basic_staff_2"]
        return Resource.objects.filter(organization=self.place, user=person, is_archived=False).first()

    def make_services(self) -> None:
        usual = SERVICE_SETS.create(self.place, {"name": "Consultations", "sort": 1})
        care = SERVICE_SETS.create(self.place, {"name": "Care", "sort": 2})
        sets = {"usual": usual, "care": care}
        for number, (key, (where, offered, values)) in enumerate(CATALOGUE.items()):
            calendars = [self.calendars[name] for name in offered]
            values = {**values, "serviceset": sets[where], "sort": number, "calendars": calendars}
            self.services[key] = SERVICES.create(self.place, values)

    def make_customers(self) -> None:
        for key, values in CUSTOMERS.items():
            self.customers[key] = create_customer(self.place, {**values, "email": f"{key}@customers.example.org"})

    # -- appointments ---------------------------------------------------------------------------------------

    def make_appointment(self, booked: Booked) -> None:
        made = book_appointment(self.place, self.booking(booked), is_staff=True)
        if booked.is_cancelled:
            cancel_appointment(made.pk, is_staff=True, reason="The customer called")
        elif booked.state and made.start < timezone.now():
            change_appointment(made.pk, {"state": booked.state}, is_staff=True)

    def booking(self, booked: Booked) -> Booking:
        return Booking(
            start=self.at(booked.day, booked.at),
            services=[self.services[name].pk for name in booked.services],
            customer_id=self.customers[booked.customer].pk,
            calendar_id=self.calendars[booked.calendar].pk,
            from_web=False,
        )

    def make_pending(self) -> None:
        """Booked while the practice wanted to confirm each one."""
        careful = update_settings(self.place.pk, {"confirm_required": True})
        customer = {"firstname": "Nadia", "lastname": "Benali", "email": "nadia@customers.example.org"}
        start, services = self.at(8, "11:00"), [self.services["consultation"].pk]
        book_appointment(careful, Booking(start, services, customer=customer), is_staff=False)
        self.place = update_settings(self.place.pk, {"confirm_required": False})

    def make_events(self) -> None:
        for key, kind, day, start, end, text in EVENTS_OF_THE_WEEKS:
            values = {"calendar": self.calendars[key], "kind": kind, "start": self.at(day, start), "text": text}
            EVENTS.create(self.place, {**values, "end": self.at(day, end)})

    def make_waiting(self) -> None:
        create_waiting(
            self.place,
            customer_id=self.customers["sofia"].pk,
            customer={},
            services=[self.services["first"].pk],
            start=self.at(7, "08:00"),
            end=self.at(12, "00:00"),
            is_staff=True,
        )

    def make_feed(self) -> None:
        """Nobody knows its token: who wants to read it makes a new one."""
        with acting(user_id=self.demo.people["advanced_staff"].pk):
            issue_feed(self.calendars["martin"])


def week(*ranges: tuple[str, str], days: range = range(1, 6)) -> list[dict]:
    return [{"day": day, "start": start, "end": end, "services": FOR_ALL} for day in days for start, end in ranges]


DOCTOR = week(("09:00", "12:30"), ("14:00", "18:00"))
HALF = week(("09:00", "12:30"), days=range(1, 6)) + week(("14:00", "17:00"), days=range(1, 3))
NURSE = week(("08:00", "12:00"), ("13:30", "17:00"))
CATALOGUE: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "consultation": ("usual", ("martin", "moreau"), {"name": "Consultation", "length": 30, "price": 3000}),
    "first": ("usual", ("martin", "moreau"), {"name": "First visit", "length": 45, "buffer_after": 15, "price": 4500}),
    "vaccination": ("care", ("nurse",), {"name": "Vaccination", "length": 15, "colorref": "#bfe3cf"}),
    "blood": ("care", ("nurse",), {"name": "Blood test", "length": 15, "colorref": "#f2c8c8"}),
}
CUSTOMERS: dict[str, dict[str, Any]] = {
    "camille": {"firstname": "Camille", "lastname": "Rousseau", "firstphone": "+33 6 12 00 00 01"},
    "louis": {"firstname": "Louis", "lastname": "Garnier", "firstphone": "+33 6 12 00 00 02"},
    "sofia": {"firstname": "Sofia", "lastname": "Almeida", "firstphone": "+33 6 12 00 00 03"},
    "lina": {"firstname": "Lina", "lastname": "Haddad", "firstphone": "+33 6 12 00 00 04"},
    "jules": {"firstname": "Jules", "lastname": "Perrin", "firstphone": "+33 6 12 00 00 05"},
    "marc": {"firstname": "Marc", "lastname": "Lemoine", "comments": "Prefers the morning"},
}
EVENTS_OF_THE_WEEKS = (
    ("martin", Kind.BLOCK, 3, "14:00", "16:00", "Team meeting"),
    ("martin", Kind.BLOCK, 10, "14:00", "16:00", "Team meeting"),
    ("nurse", Kind.OPENING, 12, "09:00", "12:00", "Vaccination Saturday"),
    ("moreau", Kind.NOTE, 7, "00:00", "00:00", "Locum until noon"),
)


register(DemoPart(fill, sample))
