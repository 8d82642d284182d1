"""Named links above a list: "mine", "today", "overdue"."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class QuickFilter:
    """`narrow(queryset, request) -> queryset`."""

    name: str
    label: str | Promise
    narrow: Callable


class QuickFilterParameter(admin.SimpleListFilter):
    """Reads ?quick=name. It is shown as links above the list, not among the filters."""

    title = _("quick filter")
    parameter_name = "quick"
    is_quick = True

    def __init__(self, request, params, model, model_admin):
        self.filters = {entry.name: entry for entry in model_admin.quick_filters}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [(entry.name, entry.label) for entry in model_admin.quick_filters]

    def queryset(self, request, queryset):
        chosen = self.filters.get(self.value())
        return chosen.narrow(queryset, request) if chosen else queryset


def quick_links(model_admin, request) -> list[dict]:
    """`{label, url, is_current}`, "All" first."""
    current = request.GET.get(QuickFilterParameter.parameter_name, "")
    entries = [("", _("All")), *((entry.name, entry.label) for entry in model_admin.quick_filters)]
    return [
        {"label": label, "url": f"?quick={name}" if name else "?", "is_current": name == current}
        for name, label in entries
    ]
