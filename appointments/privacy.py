"""What is kept of people here: customers and what they booked; whoever a calendar is named after."""

from appointments.models import (
    Appointment,
    BookingSettings,
    Calendar,
    CalendarEvent,
    CalendarFeed,
    CalendarSet,
    Customer,
    Hold,
    Service,
    ServiceSet,
    Waiting,
)
from core.privacy.parts import ANONYMISED, Part, nothing_about, register
from scheduling.privacy import RESOURCES

NOBODYS = {"lastname": ANONYMISED, "firstname": "", "firstphone": "", "secondphone": "", "email": ""}
CUSTOMERS = Part(
    "customers",
    Customer,
    lambda subject: subject.has_address("email"),
    email="email",
    names=["firstname lastname", "email"],
    blanks={**NOBODYS, "birthdate": None, "comments": "", "external_id": None, "is_deleted": True},
    hidden=["made_by", "made_by_user"],
)
APPOINTMENTS = Part(
    "appointments",
    Appointment,
    through={"customer": CUSTOMERS},
    blanks={"comments": "", "attention": ""},
    # Why staff passed over a rule for him.
    traces={"history_change_reason": None},
    hidden=["key", "made_by", "made_by_user"],
)
WAITINGS = Part(
    "waitings",
    Waiting,
    through={"customer": CUSTOMERS},
    blanks={"is_deleted": True},
    hidden=["made_by", "made_by_user"],
)
# His own: it bears his name, and nobody comes to him any more.
CALENDARS = Part(
    "calendars",
    Calendar,
    through={"resource": RESOURCES},
    names=["name", "publicname"],
    blanks={"name": ANONYMISED, "publicname": "", "is_open": False},
)
FEEDS = Part("calendar_feeds", CalendarFeed, lambda subject: subject.is_user("user"), drops=True, hidden=["token_hash"])
EVENTS = Part("calendar_events", CalendarEvent, lambda subject: subject.is_named("taker"), blanks={"taker": ""})
register(CUSTOMERS, APPOINTMENTS, WAITINGS, CALENDARS, FEEDS, EVENTS)
nothing_about(Hold, CalendarSet, ServiceSet, Service, BookingSettings)
