"""The filtered list as a file for a spreadsheet."""

import re
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX

FORMATS = {"csv": CSV, "xlsx": XLSX}
MOST_ROWS = 50_000
# No spreadsheet file can hold them.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(queryset, columns: list[str], format_name: str, name: str) -> HttpResponse:
    """`columns`: paths for values_list. Instants are local times; text that would be a formula is disarmed.

    Of more rows than MOST_ROWS the first are given, and a last line says so.
    """
    from tablib import Dataset  # loads the spreadsheet library: 0.2 s that other pages need not pay

    dataset = Dataset(headers=[_header(queryset.model, path) for path in columns])
    rows = list(queryset.values_list(*columns)[: MOST_ROWS + 1])
    for row in rows[:MOST_ROWS]:
        dataset.append([_cell(value) for value in row])
    if len(rows) > MOST_ROWS:
        dataset.append([_cut_line(), *[""] * (len(columns) - 1)])
    return _download(FORMATS[format_name](), dataset, f"{name}-{timezone.localdate():%Y-%m-%d}")


def _download(file_format, dataset, name: str) -> HttpResponse:
    response = HttpResponse(file_format.export_data(dataset), content_type=file_format.get_content_type())
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format.get_extension()}"'
    response["Cache-Control"] = "no-store"
    return response


def _header(model, path: str) -> str:
    names = []
    for step in path.split("__"):
        field = model._meta.get_field(step)
        names.append(str(field.verbose_name))
        model = field.related_model or model
    title = capfirst(" ".join(names))
    if field.get_internal_type() != "DateTimeField":
        return title
    return _("%(title)s (%(zone)s)") % {"title": title, "zone": timezone.get_current_timezone_name()}


def _cut_line() -> str:
    return _("Only the first %(count)d rows: narrow the list for the others.") % {"count": MOST_ROWS}


def _cell(value):
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str):
        return _plain(value)
    return "" if value is None else value


def _plain(text: str) -> str:
    text = CONTROL_CHARACTERS.sub("", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
