from appointments.models.appointment import Appointment, AppointmentLine
from appointments.models.calendar import Calendar, CalendarSet
from appointments.models.customer import Customer
from appointments.models.event import CalendarEvent
from appointments.models.feed import CalendarFeed
from appointments.models.hold import Hold
from appointments.models.service import Service, ServiceSet
from appointments.models.settings import BookingSettings
from appointments.models.waiting import Waiting

__all__ = [
    "Appointment",
    "AppointmentLine",
    "BookingSettings",
    "Calendar",
    "CalendarEvent",
    "CalendarFeed",
    "CalendarSet",
    "Customer",
    "Hold",
    "Service",
    "ServiceSet",
    "Waiting",
]
