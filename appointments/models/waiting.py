from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.calendar import Calendar
from appointments.models.customer import Customer
from appointments.models.texts import LivingQuerySet
from core.models.base import OrganizationRow
from core.models.client import Application
from core.models.history import history


class Waiting(OrganizationRow):
    """A customer who asks to be told when a slot frees in `[start, end)`: at most three times, once a day."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="waitings", verbose_name=_("customer")
    )
    # Ids of services, in the order in which they are wanted.
    services = models.JSONField(_("services"))
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"))
    # None: any.
    calendars = models.ManyToManyField(Calendar, blank=True, related_name="+", verbose_name=_("calendars"))
    notices = models.PositiveIntegerField(_("notices"), default=0, editable=False)
    told_at = models.DateTimeField(_("last told"), null=True, blank=True, editable=False)
    made_by = models.ForeignKey(
        Application, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    made_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    # Taken back, or fulfilled by a booking.
    is_deleted = models.BooleanField(_("ended"), default=False, editable=False)

    objects = LivingQuerySet.as_manager()
    history = history(m2m_fields=[calendars])

    class Meta:
        ordering = ["id"]
        verbose_name = _("waiting")
        verbose_name_plural = _("waiting list")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")),
                name="waiting_end_after_start",
                violation_error_code="order",
                violation_error_message=_("must end after it starts"),
            )
        ]
        indexes = [models.Index(fields=["organization", "end"], name="waiting_end")]

    def __str__(self) -> str:
        return str(self.customer)
