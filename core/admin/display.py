"""How values look in lists and forms."""

from django.contrib.admin.utils import display_for_field
from django.template.defaultfilters import yesno
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.zones import is_doubled

EMPTY = "–"


def pill(label, tone: str = "grey"):
    """A state as a coloured pill with its text. `tone`: grey, blue, green, amber or red."""
    return format_html('<span class="pill tone-{}">{}</span>', tone, label)


def sandbox_pill():
    """What tells a sandbox, and what is in it, from real data."""
    return pill(_("Sandbox"), "amber")


def local_time(instant, zone=None, *, is_exact=False) -> str:
    """An instant on the clock of `zone` (the current one by default), its year when it is another; a dash for none.

    `is_exact`: with its seconds.
    """
    if not instant:
        return EMPTY
    local = timezone.localtime(instant, zone)
    is_this_year = local.year == timezone.localtime(None, zone).year
    day = date_format(local, _("j M") if is_this_year else _("j M Y"))
    return f"{day} {_clock(local, is_exact)}"


def _clock(local, is_exact=False) -> str:
    """With its offset where the clock shows it twice: 02:30 (+01:00)."""
    text = f"{local:%H:%M:%S}" if is_exact else f"{local:%H:%M}"
    return f"{text} ({local.isoformat()[-6:]})" if is_doubled(local) else text


def local_span(start, end, zone=None, known_day=None) -> str:
    """From one instant to another, the day said twice only where it is another, and not at all where it is known."""
    first, last = (timezone.localtime(instant, zone) for instant in (start, end))
    if first.date() != last.date():
        return f"{local_time(start, zone)} – {local_time(end, zone)}"
    begin = _clock(first) if first.date() == known_day else local_time(start, zone)
    return f"{begin}–{_clock(last)}"


def value_text(value, field) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or EMPTY
    if value in (None, ""):
        return EMPTY
    if field.is_relation:
        return str(value)
    if hasattr(value, "astimezone"):
        return local_time(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return str(yesno(value))
    return str(display_for_field(value, field, EMPTY))
