"""The staff's door to appointments."""

from django.utils.translation import gettext_lazy as _

from appointments.admin import (  # noqa: F401
    absences,
    appointments,
    calendars,
    catalogue,
    customers,
    events,
    feeds,
    keeping,
    settings,
    today,
)
from core.admin import entities, navigation

entities.register(appointment="appointments.Appointment")
navigation.register(
    "appointments",
    _("Appointments"),
    navigation.Item("appointments.Appointment", "calendar", _("Calendar of appointments"), page="calendar"),
    navigation.Item("appointments.Appointment", "bookmark"),
    navigation.Item("appointments.Customer", "people"),
    navigation.Item("appointments.Waiting", "clock"),
    navigation.Item("appointments.CalendarEvent", "lock"),
    order=25,
)
navigation.register(
    "appointment_setup",
    _("Set-up of appointments"),
    navigation.Item("appointments.Calendar", "calendar"),
    navigation.Item("appointments.CalendarSet", "list"),
    navigation.Item("appointments.Service", "briefcase"),
    navigation.Item("appointments.ServiceSet", "list"),
    navigation.Item("appointments.BookingSettings", "gear"),
    navigation.Item("appointments.Hold", "clock"),
    navigation.Item("appointments.CalendarFeed", "repeat"),
    order=75,
)
