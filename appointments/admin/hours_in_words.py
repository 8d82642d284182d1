"""Opening hours for whoever only reads them."""

from collections.abc import Iterable
from datetime import date

from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.models import Calendar, Service
from core.admin.display import EMPTY


def week_of(calendar: Calendar) -> str:
    named = {pk for hours in calendar.opening_hours for pk in hours["services"]}
    names = dict(Service.objects.filter(pk__in=named).values_list("pk", "name")) if named else {}
    days: dict[int, list[str]] = {number: [] for number in range(1, 8)}
    for hours in sorted(calendar.opening_hours, key=lambda one: one["start"]):
        days[hours["day"]].append(_with_services(hours, names))
    return _table((WEEKDAYS[number - 1], spans) for number, spans in days.items())


def days_of(calendar: Calendar) -> str:
    days = sorted(calendar.exceptions, key=lambda one: one["date"])
    return _table((_day(one["date"]), map(_span, one["ranges"])) for one in days) if days else EMPTY


def _with_services(hours: dict, names: dict[int, str]) -> str:
    known = ", ".join(names[pk] for pk in hours["services"] if pk in names)
    return f"{_span(hours)} ({known})" if known else _span(hours)


def _span(hours: dict) -> str:
    return f"{hours['start']}–{hours['end']}"


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), _("j M Y"))


def _table(lines: Iterable[tuple[str, Iterable[str]]]) -> str:
    days = [{"day": day, "hours": ", ".join(spans), "notes": ""} for day, spans in lines]
    return render_to_string("admin/appointments/week_preview.html", {"days": days})
