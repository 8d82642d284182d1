"""What the examples of /api/v1 are about."""

from datetime import UTC, datetime, timedelta

from appointments.api.vevent_shapes import FIRST_EVENT
from appointments.models import Appointment, BookingSettings, Calendar, CalendarFeed, Customer, Hold, Service, Waiting
from appointments.services.feeds import hash_of
from core.models import Application, Organization
from tests.appointment_factories import (
    make_appointment,
    make_calendar,
    make_calendar_set,
    make_customer,
    make_event,
    make_service,
    make_service_set,
)

# 10:30 in Paris.
START = datetime(2026, 1, 19, 9, 30, tzinfo=UTC)
MONDAYS = [{"day": 1, "start": "09:00", "end": "12:30", "services": []}]
FEED_TOKEN = "a-token-shown-once"


def make(place: Organization, client: Application) -> dict:
    make_rules(place)
    service = make_service(place, pk=21, publicname="Consultation", buffer_after=5, price=2500)
    calendarset = make_calendar_set(place, pk=3)
    christmas = [{"date": "2026-12-24", "ranges": []}]
    where = {"publicname": "Dr Martin", "address": "12 rue de la Paix", "zipcode": "75002", "city": "Paris"}
    days = {"opening_hours": MONDAYS, "exceptions": christmas, "slot_step": 15}
    calendar = make_calendar(place, service, name="Dr Martin", pk=15, calendarset=calendarset, **days, **where)
    contact = {"email": "anne@example.org", "firstphone": "06 12 34 56 78"}
    customer = make_customer(place, pk=48, **contact)
    event = make_event(calendar, START - timedelta(hours=22, minutes=30), START - timedelta(hours=20), text="Lunch")
    own = {
        "appointments": make_booked(calendar, customer, service).pk,
        "vevents": FIRST_EVENT + event.pk,
        "holds": make_hold(calendar, client).pk,
        "waitings": make_waiting(customer, client).pk,
        "feed_id": make_feed(calendar, client).pk,
    }
    sets = {"calendarsets": calendarset.pk, "interventionsets": make_service_set(place, pk=3).pk}
    return {"group_id": 4, "groups": 4, "calendars": 15, "interventions": 21, "fiches": 48, **sets, **own}


def make_rules(place: Organization) -> None:
    where = {"urlname": "practice", "phone": "01 23 45 67 89", "zipcode": "75011", "city": "Paris", "country": "France"}
    rules = {"min_notice": 120, "min_cancel_notice": 1440, "max_upcoming": 3, "holidays_country": "FR"}
    BookingSettings.objects.create(organization=place, reminders=[1440], **where, **rules)


def make_booked(calendar: Calendar, customer: Customer, service: Service) -> Appointment:
    said = {"websource": "our iPhone application", "assignment_reason": "least loaded: 3 against 5"}
    return make_appointment(calendar, customer, service, start=START, **said)


def make_hold(calendar: Calendar, client: Application) -> Hold:
    times = {"start": START, "end": START + timedelta(minutes=30), "expires_at": START}
    own = {"organization": calendar.organization, "made_by": client, "services": [21]}
    return Hold.objects.create(calendar=calendar, **own, **times)


def make_waiting(customer: Customer, client: Application) -> Waiting:
    window = {"start": datetime(2026, 1, 11, 23, tzinfo=UTC), "end": datetime(2026, 1, 16, 23, tzinfo=UTC)}
    told = {"notices": 1, "told_at": datetime(2026, 1, 6, 13, 3, tzinfo=UTC)}
    own = {"organization": customer.organization, "made_by": client, "services": [21]}
    return Waiting.objects.create(customer=customer, **own, **window, **told)


def make_feed(calendar: Calendar, client: Application) -> CalendarFeed:
    own = {"organization": calendar.organization, "application": client}
    return CalendarFeed.objects.create(calendar=calendar, token_hash=hash_of(FEED_TOKEN), **own)
