from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.base import OrganizationAdmin
from core.admin.display import EMPTY
from core.admin.filters import OrganizationFilter
from core.admin.moments import DayInput
from core.admin.quick_filters import QuickFilter
from core.models import Role
from scheduling.admin.options import OptionsForm, OptionsShown, text_of
from scheduling.admin.periods import PeriodsField, in_words
from scheduling.admin.reference import with_organization
from scheduling.minutes import DAY
from scheduling.models import Workday
from scheduling.services import workdays as services


class WorkdayForm(OptionsForm):
    periods = PeriodsField(end=DAY, label=_("Hours"))

    class Meta:
        widgets = {"day": DayInput()}


@admin.register(Workday)
class WorkdaysAdmin(OptionsShown, OrganizationAdmin):
    """Days that differ from the working week, for tasks that run within or outside working hours."""

    form = WorkdayForm
    add_role = change_role = delete_role = Role.ADVANCED_STAFF
    list_display = ["day_text", "told", "hours_text", "yearly"]
    list_filter = ["kind", "is_annual", "day", OrganizationFilter]
    list_select_related = ["organization"]
    search_fields = ["options__title", "=id"]
    search_help_text = _("Search by title or number")
    ordering = ["-day", "-id"]
    export_columns = ["id", "organization__name", "day", "is_annual", "kind", "like"]
    quick_filters = [
        QuickFilter("coming", _("Coming"), lambda rows, request: rows.filter(day__gte=timezone.localdate())),
        QuickFilter("yearly", _("Each year"), lambda rows, request: rows.filter(is_annual=True)),
    ]

    def get_fieldsets(self, request, obj=None):
        may_change = obj is None or self.has_change_permission(request, obj)
        hours = ["kind", "like", "periods"] if may_change else ["kind", "like", "hours_text"]
        sets = [
            (None, {"fields": ["day", "is_annual", "title"]}),
            (_("Its hours"), {"fields": hours}),
            (_("Notes"), {"fields": ["comment"], "classes": ["collapse"]}),
        ]
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        return ["organization", "hours_text"] if obj else []

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return services.create_workday(organization, form.with_options(values))

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return services.update_workday(row.pk, form.with_options(values), versions)

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_workday(row.pk, versions)

    def name_of(self, row) -> str:
        return " · ".join(part for part in (day_text(row), text_of(row, "title")) if part)

    @admin.display(description=_("day"), ordering="day")
    def day_text(self, row):
        return self.name_of(row)

    @admin.display(description=_("kind"), ordering="kind")
    def told(self, row):
        return f"{row.get_kind_display()}: {row.get_like_display()}" if row.like else row.get_kind_display()

    @admin.display(description=_("hours"))
    def hours_text(self, row):
        return "; ".join(in_words(row.periods, DAY)) or EMPTY

    @admin.display(description=_("each year"), boolean=True, ordering="is_annual")
    def yearly(self, row):
        return row.is_annual


def day_text(row: Workday) -> str:
    return date_format(row.day, gettext("j M") if row.is_annual else gettext("j M Y"))
