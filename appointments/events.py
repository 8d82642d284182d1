"""What other systems may be told of appointments."""

from django.utils.translation import gettext_lazy as _

from core.events import event_type
from core.webhooks.envelope import Entity, register

BOOKED = event_type("appointment.booked", _("An appointment was booked"))
CONFIRMED = event_type("appointment.confirmed", _("An appointment that waited for it was confirmed"))
MOVED = event_type("appointment.moved", _("An appointment was moved"))
CANCELLED = event_type("appointment.cancelled", _("An appointment was cancelled"))
RESTORED = event_type("appointment.restored", _("A cancelled appointment stands again"))
UPDATED = event_type("appointment.updated", _("What else is known of an appointment changed"))

register(Entity("appointment", "appointments:read", "/api/v1/groups/{organization}/appointments/{id}"))
