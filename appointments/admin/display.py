"""How appointments look in lists, forms and messages."""

from django.utils.translation import gettext as _

from appointments.models import Appointment
from core.admin.display import local_time, pill

State = Appointment.State
TONES: dict[str, str] = {State.IN_PROGRESS: "blue", State.PENDING: "amber", State.CAME: "green", State.NOT_CAME: "red"}


def tone_of(appointment: Appointment) -> str:
    return "grey" if appointment.is_deleted else TONES[appointment.state]


def state_of(appointment: Appointment) -> str:
    return _("Cancelled") if appointment.is_deleted else str(appointment.get_state_display())


def state_pill(appointment: Appointment):
    return pill(state_of(appointment), tone_of(appointment))


def when(appointment: Appointment) -> str:
    """Day, start and end, on the organization's clock."""
    zone = appointment.organization.zone
    return f"{local_time(appointment.start, zone)}–{appointment.end.astimezone(zone):%H:%M}"


def said_of(appointment: Appointment) -> str:
    """What is booked or moved, in a sentence; with why this calendar was chosen."""
    values = {"who": appointment.customer, "calendar": appointment.calendar, "when": when(appointment)}
    text = _("%(who)s is booked with %(calendar)s, %(when)s.") % values
    reason = appointment.assignment_reason
    return f"{text} ({reason})" if reason else text
