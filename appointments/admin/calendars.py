from functools import partial

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin import closing, hours_in_words
from appointments.admin.hits import telling
from appointments.admin.living import Delete, LivingAdmin, Restore, deleting, use_pill
from appointments.admin.opening_editor import DaysField, WeekField, place_of
from appointments.admin.week_preview import preview
from appointments.models import Calendar, CalendarSet
from appointments.services import impact
from appointments.services.calendar_sets import CALENDAR_SETS
from appointments.services.calendars import CALENDARS
from core.admin.filters import related_filter
from core.admin.forms import ServiceForm
from scheduling.admin.reference import with_organization

HOURS = {"opening_hours", "exceptions"}
READ = ["usual_week", "different_days"]


@admin.register(CalendarSet)
class CalendarSetsAdmin(LivingAdmin):
    service = CALENDAR_SETS
    row_actions = deleting(CALENDAR_SETS)
    fieldsets = [(None, {"fields": ["name", "publicname", "sort"]})]
    list_display = ["name", "publicname", "sort", "use"]
    search_fields = ["name", "publicname", "=id"]
    search_help_text = _("Search by name or number")
    export_columns = ["id", "organization__name", "name", "publicname", "sort", "is_deleted"]

    @admin.display(description=_("state"), ordering="is_deleted")
    def use(self, row):
        return use_pill(row)


class CalendarForm(ServiceForm):
    opening_hours = WeekField(
        label=_("Opening hours"), help_text=_("Empty rows are left out. Save to get more of them. 00:00 ends a day.")
    )
    exceptions = DaysField(
        label=_("Days that differ"), help_text=_("They replace the usual hours. A day without hours is closed.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "resource" in self.fields:
            self.fields["resource"].required = False
            self.fields["resource"].help_text = _("Whose time it takes. Empty: it gets a resource of its own.")
        if "opening_hours" in self.fields and self.instance.pk:
            offered = self.instance.services.alive().values_list("pk", "name")
            self.fields["opening_hours"].widget.services = list(offered)

    def refuse(self, error: ValidationError) -> None:
        """Errors of rows of hours stand on the field, each with the row that it speaks of."""
        if not hasattr(error, "error_dict"):
            super().refuse(error)
            return
        for name in [each for each in error.error_dict if each.split(".")[0] in HOURS and "." in each]:
            field = name.split(".")[0]
            place = place_of(name, self.cleaned_data.get(field, []))
            for text in ValidationError(error.error_dict.pop(name)).messages:
                self.add_error(field, f"{place}: {text}" if place else text)
        if error.error_dict:
            super().refuse(error)


class DeleteCalendar(Delete):
    """Its appointments ahead stay, and staff are told to look at them."""

    def run(self, row, user, values, versions) -> None:
        impact.carry_out([row.pk], lambda: self.service.delete(row.pk, versions))


@admin.register(Calendar)
class CalendarsAdmin(LivingAdmin):
    service = CALENDARS
    form = CalendarForm
    row_actions = [DeleteCalendar(CALENDARS), Restore(CALENDARS)]
    autocomplete_fields = ["resource"]
    change_form_template = "admin/appointments/calendar_form.html"
    list_display = ["name", "calendarset", "resource", "places", "step", "offered", "use"]
    list_filter = ["is_open", related_filter("calendarset", _("set")), *LivingAdmin.list_filter]
    search_fields = ["name", "publicname", "resource__name", "=id"]
    search_help_text = _("Search by name, resource or number")
    export_columns = ["id", "organization__name", "calendarset__name", "name", "publicname", "resource__name"]
    export_columns += ["capacity", "slot_step", "priority", "is_open", "is_deleted"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).prefetch_related("services")
        return rows.select_related("organization__booking_settings", "calendarset", "resource")

    def get_fieldsets(self, request, obj=None):
        about = ["name", "publicname", "calendarset", "resource", "is_open"]
        hours = [*self._hours(request, obj), *(["week"] if obj else [])]
        sets = [
            (None, {"fields": about}),
            (_("When it is open"), {"fields": hours}),
            (_("How it is booked"), {"fields": ["capacity", "slot_step", "priority", "sort"]}),
            (_("Address"), {"fields": ["address", "zipcode", "city"], "classes": ["collapse"]}),
        ]
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *READ, *(["week"] if obj else [])]

    def _hours(self, request, obj) -> list[str]:
        """As rows to fill in, or in words for whoever only reads."""
        is_written = self.has_change_permission(request, obj) if obj else True
        return ["opening_hours", "exceptions"] if is_written else READ

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        if not HOURS & set(values):
            return CALENDARS.update(row.pk, values, versions)
        change = partial(CALENDARS.update, row.pk, values, versions)
        return impact.carry_out([row.pk], change, tell=telling(self, request))

    # Pages of their own

    def get_urls(self):
        view = self.admin_site.admin_view(self.close_view)
        return [path("close/", view, name=self._url_name("close")), *super().get_urls()]

    def close_view(self, request):
        return closing.close(self, request)

    # Columns

    @admin.display(description=_("Opening hours"))
    def usual_week(self, row):
        return hours_in_words.week_of(row)

    @admin.display(description=_("Days that differ"))
    def different_days(self, row):
        return hours_in_words.days_of(row)

    @admin.display(description=_("the next seven days"))
    def week(self, row):
        return preview(row)

    @admin.display(description=_("places"), ordering="capacity")
    def places(self, row):
        return row.capacity

    @admin.display(description=_("step"), ordering="slot_step")
    def step(self, row):
        return gettext("%(minutes)d min") % {"minutes": row.slot_step}

    @admin.display(description=_("services"))
    def offered(self, row):
        return ", ".join(str(one) for one in row.services.all() if not one.is_deleted) or "–"

    @admin.display(description=_("state"), ordering="is_open")
    def use(self, row):
        return use_pill(row)
