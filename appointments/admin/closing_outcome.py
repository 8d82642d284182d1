"""What became of the appointments that a closing hit, in words."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.admin.display import when
from appointments.emails import is_told
from appointments.models import Appointment
from appointments.services.impact import OnHit

MOST_NAMED = 10


def outcome_of(hits: Sequence[Appointment], choices: Mapping[int, str]):
    """`hits`: as they were; `choices`: id → OnHit, which is no promise: a place may have gone meanwhile."""
    if not hits:
        return _("Closed; no appointment was hit.")
    number = len(hits)
    told = ngettext("Closed; %(hits)d appointment was hit.", "Closed; %(hits)d appointments were hit.", number)
    now = Appointment.objects.select_related("organization__booking_settings", "customer", "calendar").in_bulk(
        [hit.pk for hit in hits[:MOST_NAMED]]
    )
    lines = [_line(hit, now[hit.pk], choices.get(hit.pk, OnHit.KEEP)) for hit in hits[:MOST_NAMED] if hit.pk in now]
    if number > MOST_NAMED:
        rest = number - MOST_NAMED
        more = ngettext("and %(number)d more.", "and %(number)d more.", rest) % {"number": rest}
        url = reverse("admin:appointments_appointment_changelist") + "?quick=attention"
        lines.append(format_html('<a href="{}">{}</a>', url, more))
    text = told % {"hits": number}
    return format_html("{} {}", text, format_html_join(" ", "{}", ((line,) for line in lines)))


def _line(before: Appointment, now: Appointment, choice: str):
    url = reverse("admin:appointments_appointment_change", args=[now.pk])
    return format_html('<a href="{}">{}, {}</a>: {}', url, now.customer, when(before), _became(before, now, choice))


def _became(before: Appointment, now: Appointment, choice: str) -> str:
    if now.is_deleted:
        return _("cancelled.")
    if (now.start, now.calendar_id) != (before.start, before.calendar_id):
        return _("moved to %(when)s, %(calendar)s.") % {"when": when(now), "calendar": now.calendar}
    if choice == OnHit.NOTIFY and is_told(now):
        return _("kept, the customer is told by e-mail; marked for staff to look at.")
    return _("kept, marked for staff to look at.")
