from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.forms import ServiceForm
from scheduling.admin.reference import ARCHIVED, IN_USE, LinesField, ReferenceAdmin, archiving, use_pill
from scheduling.models import JobCategory, JobType
from scheduling.services.job_types import CATEGORIES, TYPES


@admin.register(JobCategory)
class JobCategoriesAdmin(ReferenceAdmin):
    service = CATEGORIES
    row_actions = archiving(CATEGORIES)
    fieldsets = [(None, {"fields": ["name", "is_archived"]})]
    list_display = ["name", "use"]
    search_fields = ["name", "=id"]
    search_help_text = _("Search by name or number")
    export_columns = ["id", "organization__name", "name", "is_archived"]
    quick_filters = [IN_USE, ARCHIVED]

    @admin.display(description=_("state"), ordering="is_archived")
    def use(self, row):
        return use_pill(row)


class JobTypeForm(ServiceForm):
    positive_results = LinesField(label=_("Results of a success"), help_text=_("One a line."))
    negative_results = LinesField(label=_("Results of a failure"), help_text=_("One a line."))


@admin.register(JobType)
class JobTypesAdmin(ReferenceAdmin):
    service = TYPES
    form = JobTypeForm
    row_actions = archiving(TYPES)
    fieldsets = [
        (None, {"fields": ["name", "description", "planned_duration", "category"]}),
        (_("Jobs of this type"), {"fields": ["is_order_number_required", "auto_reference_prefix", "is_tasks_enabled"]}),
        (_("Results"), {"fields": ["positive_results", "negative_results"]}),
        (_("Custom fields"), {"fields": ["custom_field_definitions", "is_archived"]}),
    ]
    list_display = ["name", "planned_duration", "category", "auto_reference_prefix", "use"]
    list_filter = ["is_order_number_required", *ReferenceAdmin.list_filter]
    list_select_related = ["category"]
    search_fields = ["name", "auto_reference_prefix", "=id"]
    search_help_text = _("Search by name, prefix or number")
    export_columns = ["id", "organization__name", "name", "planned_duration", "auto_reference_prefix", "is_archived"]
    quick_filters = [IN_USE, ARCHIVED]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple(attrs={"class": "scopes"})
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def values_for(self, values, form):
        return {**values, "custom_field_definitions": list(values["custom_field_definitions"])}

    @admin.display(description=_("state"), ordering="is_archived")
    def use(self, row):
        return use_pill(row)
