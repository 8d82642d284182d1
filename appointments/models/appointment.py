import secrets
import string
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.models.calendar import Calendar
from appointments.models.customer import Customer
from appointments.models.service import Service
from appointments.models.texts import LivingQuerySet, line
from core.models.base import OrganizationRow
from core.models.client import Application
from core.models.history import history
from scheduling.models.close import MAX_TEXT, TEXT

KEY_LENGTH = 20
SIGNS = string.ascii_letters + string.digits


def new_key() -> str:
    """20 random characters, opaque to everybody [doc]."""
    number, signs = secrets.randbelow(len(SIGNS) ** KEY_LENGTH), []
    for _place in range(KEY_LENGTH):
        number, sign = divmod(number, len(SIGNS))
        signs.append(SIGNS[sign])
    return "".join(signs)


class AppointmentQuerySet(LivingQuerySet):
    def upcoming(self, now: datetime | None = None) -> Self:
        """That end after now [seed]."""
        return self.filter(end__gt=now or timezone.now())


class Appointment(OrganizationRow):
    """A customer at a calendar, for one or more services. Cancelled is deleted by a mark."""

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", _("Booked")
        CAME = "came", _("Came")
        NOT_CAME = "not_came", _("Did not come")
        PENDING = "pending", _("To be confirmed")

    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("calendar")
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("customer")
    )
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    # Minutes kept free around it, as its services asked when it was booked.
    buffer_before = models.PositiveIntegerField(_("kept free before (minutes)"), default=0, editable=False)
    buffer_after = models.PositiveIntegerField(_("kept free after (minutes)"), default=0, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.IN_PROGRESS)
    key = models.CharField(max_length=KEY_LENGTH, unique=True, editable=False)
    comments = models.TextField(_("comments"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    websource = line(_("source"))
    from_web = models.BooleanField(_("from the web"), default=True)
    assignment_reason = line(_("why this calendar"))
    moves = models.PositiveIntegerField(_("moves"), default=0, editable=False)
    # Grows with what calendars of customers show of it [RFC 5545, SEQUENCE].
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    attention = line(_("staff must look"))
    made_by = models.ForeignKey(
        Application, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    made_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    is_deleted = models.BooleanField(_("cancelled"), default=False, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)

    # What the history library writes beside the next change.
    _change_reason: str | None = None
    # Of one that was booked at this moment, in their order; of any other its lines tell them.
    services: Sequence[Service] = ()

    objects = AppointmentQuerySet.as_manager()
    # The reason holds the rules that staff passed over, and why.
    history = history(history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["start", "id"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")),
                name="appointment_end_after_start",
                violation_error_code="order",
                violation_error_message=_("must end after it starts"),
            )
        ]
        indexes = [
            models.Index(fields=["organization", "start", "id"], name="appointment_start"),
            models.Index(fields=["organization", "end"], name="appointment_end"),
            models.Index(fields=["customer", "start"], name="appointment_customer"),
            models.Index(fields=["calendar", "start"], name="appointment_calendar"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class AppointmentLine(models.Model):
    """A service of an appointment, at its place among them, with the length it had when it was booked."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="lines", verbose_name=pgettext_lazy("booking", "service")
    )
    length = models.PositiveIntegerField(_("length (minutes)"))

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["appointment", "position"], name="one_service_at_a_place")]

    def __str__(self) -> str:
        return str(self.service)
