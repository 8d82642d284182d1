from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.admin.hits import telling
from appointments.admin.living import DELETED, Delete, LivingAdmin, Restore, without_deleted
from appointments.models import CalendarEvent
from appointments.services import impact
from appointments.services.events import EVENTS
from core.admin.display import local_time, pill
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from core.models import Role

Kind = CalendarEvent.Kind
TONES: dict[str, str] = {Kind.BLOCK: "amber", Kind.OPENING: "green", Kind.NOTE: "grey"}


class DeleteEvent(Delete):
    """What lay in an extra opening is marked for staff."""

    def run(self, row, user, values, versions) -> None:
        impact.carry_out([row.calendar_id], lambda: self.service.delete(row.pk, versions))


class RestoreEvent(Restore):
    """What was booked meanwhile where a block comes back is marked for staff."""

    def run(self, row, user, values, versions) -> None:
        restored = {"is_deleted": False}
        impact.carry_out([row.calendar_id], lambda: self.service.update(row.pk, restored, versions))


@admin.register(CalendarEvent)
class CalendarEventsAdmin(LivingAdmin):
    """Blocks, extra openings and notes. What a block hits is marked for staff; the page "Close time" asks before."""

    service = EVENTS
    change_list_template = "admin/appointments/event_list.html"
    add_role = change_role = Role.BASIC_STAFF
    row_actions = [DeleteEvent(EVENTS, Role.BASIC_STAFF), RestoreEvent(EVENTS, Role.BASIC_STAFF)]
    autocomplete_fields = ["calendar"]
    fieldsets = [(None, {"fields": ["kind", "calendar", "start", "end", "service", "text", "comments", "colorref"]})]
    list_display = ["what", "kind_pill", "calendar", "since", "until"]
    list_filter = ["kind", related_filter("calendar", _("calendar")), "start", OrganizationFilter]
    list_select_related = ["organization", "calendar"]
    date_hierarchy = "start"
    search_fields = ["text", "comments", "calendar__name", "=id"]
    search_help_text = _("Search by text, calendar or number")
    ordering = ["-start", "-id"]
    export_columns = ["id", "organization__name", "calendar__name", "kind", "start", "end", "text", "is_deleted"]
    quick_filters = [
        QuickFilter("coming", _("Coming"), lambda rows, request: rows.alive().filter(end__gt=timezone.now())),
        QuickFilter("blocks", _("Blocks"), lambda rows, request: rows.alive().filter(kind=Kind.BLOCK)),
        DELETED,
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if "end" in form.base_fields:
            # A note ends when it starts.
            form.base_fields["end"].required = False
            form.base_fields["end"].help_text = _("Of a note: may be left empty.")
            form.base_fields["colorref"].widget.input_type = "color"
        return form

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return without_deleted(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def values_for(self, values, form):
        return {name: value for name, value in values.items() if name != "end" or value is not None}

    def create_row(self, request, values, form):
        calendar = values.get("calendar")
        touched = [calendar.pk] if calendar else []
        create, tell = super().create_row, telling(self, request)
        return impact.carry_out(touched, lambda: create(request, values, form), tell=tell)

    def update_row(self, request, row, versions, values, form):
        touched = {row.calendar_id, getattr(values.get("calendar"), "pk", row.calendar_id)}
        update, tell = super().update_row, telling(self, request)
        return impact.carry_out(touched, lambda: update(request, row, versions, values, form), tell=tell)

    @admin.display(description=_("text"), ordering="text")
    def what(self, row):
        return str(row)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_pill(self, row):
        return pill(_("Deleted")) if row.is_deleted else pill(row.get_kind_display(), TONES[row.kind])

    @admin.display(description=_("from"), ordering="start")
    def since(self, row):
        return local_time(row.start, row.organization.zone)

    @admin.display(description=_("to"), ordering="end")
    def until(self, row):
        return local_time(row.end, row.organization.zone) if row.kind != Kind.NOTE else "–"
