from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.admin.base import OrganizationAdmin
from core.admin.filters import OrganizationFilter
from core.admin.forms import RowForm, RowFormSet, changed_forms
from core.models import Role
from scheduling.admin.reference import show_on
from scheduling.models import Hours, SpecialDay, Timetable
from scheduling.services import timetables as services


class PartInline(admin.TabularInline):
    """Written with its timetable, by the timetable's service."""

    form = RowForm
    formset = RowFormSet
    extra = 0

    def has_view_permission(self, request, obj=None) -> bool:
        return self.admin_site.get_model_admin(Timetable).has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return self.admin_site.get_model_admin(Timetable).has_change_permission(request, obj)

    has_change_permission = has_delete_permission = has_add_permission


class HoursInline(PartInline):
    model = Hours
    fields = ["weekday", "start", "end"]


class SpecialDayInline(PartInline):
    model = SpecialDay
    fields = ["day", "start", "end", "note"]


@admin.register(Timetable)
class TimetablesAdmin(OrganizationAdmin):
    add_role = change_role = delete_role = Role.ADVANCED_STAFF
    inlines = [HoursInline, SpecialDayInline]
    fieldsets = [(None, {"fields": ["name", "country", "region"]})]
    list_display = ["name", "country", "region", "users"]
    list_filter = [OrganizationFilter]
    search_fields = ["name", "=id"]
    search_help_text = _("Search by name or number")
    export_columns = ["id", "organization__name", "name", "country", "region"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(user_count=Count("resources"))

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return _write(form, lambda parts: services.create_timetable(organization, values, parts))

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return _write(form, lambda parts: services.update_timetable(row.pk, values, parts, versions))

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_timetable(row.pk, versions)

    @admin.display(description=_("resources"), ordering="user_count")
    def users(self, row):
        return row.user_count


def _write(form, service):
    """Errors of the parts, which the service numbers, stand where the parts do."""
    rows = [row for formset in form.formsets for row in changed_forms(formset)]
    try:
        return service([_part(row) for row in rows])
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        numbered = {name for name in error.error_dict if name.split(".")[0].isdigit()}
        if not numbered:
            raise
        for path in numbered:
            number, name = path.split(".", 1)
            show_on(rows[int(number)], ValidationError({name: error.error_dict[path]}))
        raise ValidationError(_("Please look at the hours below."), code="rows") from None


def _part(row) -> services.Part:
    names = {field.name for field in row._meta.model._meta.fields}
    values = {name: value for name, value in row.cleaned_data.items() if name in names - {"id", "timetable"}}
    return services.Part(row._meta.model, values, row.instance.pk, bool(row.cleaned_data.get("DELETE")))
