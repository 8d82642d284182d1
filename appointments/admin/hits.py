"""What a change of times has hit, told to whoever made it: by name, with links."""

from collections.abc import Callable, Sequence
from functools import partial

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.admin.display import when
from appointments.models import Appointment

MOST_NAMED = 5


def telling(back_office, request) -> Callable[[Sequence[Appointment]], object]:
    """As impact.carry_out takes it."""
    return partial(_tell, back_office, request)


def _tell(back_office, request, hits: Sequence[Appointment]) -> None:
    if hits:
        back_office.message_user(request, sentence_of(hits), messages.WARNING)


def sentence_of(hits: Sequence[Appointment]):
    number = len(hits)
    text = ngettext("%(number)d appointment is hit:", "%(number)d appointments are hit:", number) % {"number": number}
    names = format_html_join(", ", '<a href="{}">{}, {}</a>', (_named(hit) for hit in hits[:MOST_NAMED]))
    if number <= MOST_NAMED:
        return format_html("{} {}", text, names)
    url = reverse("admin:appointments_appointment_changelist") + "?quick=attention"
    return format_html('{} {}, <a href="{}">{}</a>', text, names, url, _("and more"))


def _named(hit: Appointment) -> tuple:
    return reverse("admin:appointments_appointment_change", args=[hit.pk]), hit.customer, when(hit)
