from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.living import LivingAdmin, by_fields, deleting, use_pill
from appointments.models import Service, ServiceSet
from appointments.services.catalogue import SERVICE_SETS, SERVICES
from core.admin.filters import related_filter
from core.admin.forms import ServiceForm
from core.admin.quick_filters import QuickFilter


@admin.register(ServiceSet)
class ServiceSetsAdmin(LivingAdmin):
    service = SERVICE_SETS
    row_actions = deleting(SERVICE_SETS)
    fieldsets = [(None, {"fields": ["name", "publicname", "sort"]})]
    list_display = ["name", "publicname", "sort", "size", "use"]
    search_fields = ["name", "publicname", "=id"]
    search_help_text = _("Search by name or number")
    export_columns = ["id", "organization__name", "name", "publicname", "sort", "is_deleted"]

    def get_queryset(self, request):
        living = Count("services", filter=Q(services__is_deleted=False))
        return super().get_queryset(request).annotate(living_services=living)

    @admin.display(description=_("services"), ordering="living_services")
    def size(self, row):
        return row.living_services

    @admin.display(description=_("state"), ordering="is_deleted")
    def use(self, row):
        return use_pill(row)


class CatalogueForm(ServiceForm):
    def refuse(self, error) -> None:
        super().refuse(by_fields(error, self.fields) if hasattr(error, "error_dict") else error)


@admin.register(Service)
class ServicesAdmin(LivingAdmin):
    service = SERVICES
    form = CatalogueForm
    row_actions = deleting(SERVICES)
    fieldsets = [
        (None, {"fields": ["name", "publicname", "abbr", "serviceset", "description", "is_open"]}),
        (_("How it is booked"), {"fields": ["length", "buffer_before", "buffer_after", "calendars"]}),
        (_("How it is shown"), {"fields": ["price", "colorref", "sort"]}),
    ]
    list_display = ["name", "serviceset", "minutes", "buffers", "offered", "use"]
    list_filter = ["is_open", related_filter("serviceset", _("set")), *LivingAdmin.list_filter]
    list_select_related = ["serviceset"]
    search_fields = ["name", "publicname", "abbr", "=id"]
    search_help_text = _("Search by name or number")
    export_columns = ["id", "organization__name", "serviceset__name", "name", "publicname", "length", "buffer_before"]
    export_columns += ["buffer_after", "price", "is_open", "is_deleted"]
    quick_filters = [
        *LivingAdmin.quick_filters,
        QuickFilter(
            "unoffered",
            _("In no calendar"),
            lambda rows, request: rows.filter(is_deleted=False).exclude(calendars__is_deleted=False),
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("calendars")

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if "colorref" in form.base_fields:
            form.base_fields["colorref"].widget.input_type = "color"
        return form

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        # Not the stock pair of boxes, which screen readers cannot use.
        widget = forms.CheckboxSelectMultiple(attrs={"class": "scopes"})
        field = super().formfield_for_manytomany(db_field, request, widget=widget, **kwargs)
        field.help_text = ""
        return field

    def values_for(self, values, form):
        if "calendars" in values:
            values = {**values, "calendars": list(values["calendars"])}
        return values

    @admin.display(description=_("length"), ordering="length")
    def minutes(self, row):
        return gettext("%(minutes)d min") % {"minutes": row.length}

    @admin.display(description=_("kept free"))
    def buffers(self, row):
        return f"{row.buffer_before} + {row.buffer_after}" if row.buffer_before or row.buffer_after else "–"

    @admin.display(description=_("calendars"))
    def offered(self, row):
        return ", ".join(str(one) for one in row.calendars.all() if not one.is_deleted) or "–"

    @admin.display(description=_("state"), ordering="is_open")
    def use(self, row):
        return use_pill(row)
