"""Which appointments lie ahead of a person who is to be erased."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from appointments.models import Appointment
from appointments.privacy import CALENDARS, CUSTOMERS
from appointments.services.changes import cancel_appointment
from core.privacy.found import Found, in_batches
from core.privacy.parts import Obstacle, obstacles


@obstacles
def own_appointments(found: Found) -> Iterator[Obstacle]:
    for pks in in_batches(found.live(CUSTOMERS)):
        yield from _ahead(_("Appointment %(pk)s of the customer lies ahead"), Q(customer__in=pks))


@obstacles
def appointments_of_others(found: Found) -> Iterator[Obstacle]:
    """In a calendar of the person's own."""
    for pks in in_batches(found.live(CALENDARS)):
        yield from _ahead(_("Appointment %(pk)s in the person's calendar lies ahead"), Q(calendar__in=pks))


def _ahead(text: str, condition: Q) -> Iterator[Obstacle]:
    rows = Appointment.objects.alive().upcoming().filter(condition).order_by("pk")
    for pk in rows.values_list("pk", flat=True):
        yield Obstacle(text % {"pk": pk}, partial(_cancel, pk))


def _cancel(pk: int) -> None:
    """One in a calendar of his own may be cancelled already, as the customer's."""
    if Appointment.objects.alive().filter(pk=pk).exists():
        cancel_appointment(pk, is_staff=True, reason=_("erased at the person's request"))
