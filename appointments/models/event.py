from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.models.calendar import Calendar
from appointments.models.service import Service
from appointments.models.texts import COLOUR, LivingQuerySet, line
from core.models.base import OrganizationRow
from core.models.history import history
from scheduling.models.close import MAX_TEXT, TEXT


class CalendarEvent(OrganizationRow):
    """What stands in a calendar beside appointments: it closes it, opens it, or is a note of the day [doc]."""

    class Kind(models.TextChoices):
        BLOCK = "block", _("Closed")
        OPENING = "opening", _("Extra opening")
        NOTE = "note", _("Note")

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="events", verbose_name=_("calendar"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.BLOCK)
    start = models.DateTimeField(_("from"))
    # Of a note: the same as its start.
    end = models.DateTimeField(_("to"))
    # Of an extra opening: the one service that it is for; none: all.
    service = models.ForeignKey(
        Service,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("booking", "service"),
    )
    text = line(_("text"))
    comments = models.TextField(_("comments"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    taker = line(_("taken by"))
    colorref = models.CharField(_("colour"), max_length=7, default="#dddddd", validators=COLOUR)
    from_web = models.BooleanField(_("from the web"), default=False)
    is_deleted = models.BooleanField(_("deleted"), default=False, editable=False)

    objects = LivingQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["start", "id"]
        verbose_name = _("calendar event")
        verbose_name_plural = _("calendar events")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")) | models.Q(kind="note", end=models.F("start")),
                name="calendar_event_end_after_start",
                violation_error_code="order",
                violation_error_message=_("must end after it starts"),
            )
        ]
        indexes = [
            models.Index(fields=["calendar", "start"], name="calendar_event_start"),
            models.Index(fields=["organization", "start", "id"], name="calendar_event_list"),
        ]

    def __str__(self) -> str:
        return self.text or self.get_kind_display()
