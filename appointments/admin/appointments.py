from datetime import time, timedelta

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from appointments.admin import booking, explaining, moving, planner
from appointments.admin.appointment_actions import ACTIONS
from appointments.admin.display import state_pill, when
from appointments.admin.exported import services_of
from appointments.models import Appointment
from appointments.services.changes import change_appointment
from core.admin.base import OrganizationAdmin
from core.admin.display import EMPTY, local_time, pill
from core.admin.export import Told
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from core.zones import local_moment
from scheduling.admin import busy_names
from scheduling.admin.reference import with_organization
from scheduling.models import BusyInterval

State = Appointment.State
WHAT = ["customer_link", "phone", "calendar_link", "time", "services"]
# Quick filters of what lies ahead.
SOONEST_FIRST = {"today", "upcoming", "to_confirm", "attention"}
SERVICES = Told("id", _("services"), services_of)
COURSE = ["assignment_reason", "moves", "websource", "from_web", "key", "made", "cancelled"]


@admin.register(Appointment)
class AppointmentsAdmin(OrganizationAdmin):
    """Booked and moved on pages of their own, which offer free starts; cancelled, never deleted."""

    row_actions = ACTIONS
    keeps_deleted = False
    change_list_template = "admin/appointments/appointment_list.html"
    list_display = ["title", "who", "with_whom", "about", "state_text", "look"]
    list_filter = [
        "state",
        related_filter("calendar", _("calendar")),
        "start",
        ("is_deleted", admin.BooleanFieldListFilter),
        OrganizationFilter,
    ]
    date_hierarchy = "start"
    search_fields = ["customer__lastname", "customer__firstname", "customer__email", "comments", "=id", "=key"]
    search_help_text = _("Search by customer, e-mail, comment or number")
    ordering = ["-start", "-id"]
    export_columns = [
        "id",
        "organization__name",
        "start",
        "end",
        "calendar__name",
        "customer__lastname",
        "customer__firstname",
        "customer__email",
        "customer__firstphone",
        SERVICES,
        "state",
        "is_deleted",
        "comments",
        "websource",
        "assignment_reason",
        "created_at",
    ]
    quick_filters = [
        QuickFilter("today", _("Today"), lambda rows, request: on_day(rows, timezone.localdate())),
        QuickFilter("upcoming", _("Upcoming"), lambda rows, request: rows.alive().upcoming()),
        QuickFilter("to_confirm", _("To confirm"), lambda rows, request: to_confirm(rows)),
        QuickFilter("attention", _("Needs attention"), lambda rows, request: needing_attention(rows)),
        QuickFilter("no_shows", _("No-shows"), lambda rows, request: rows.alive().filter(state=State.NOT_CAME)),
        QuickFilter("cancelled", _("Cancelled"), lambda rows, request: rows.filter(is_deleted=True)),
    ]

    def get_queryset(self, request):
        # For the checks of the buttons, which ask the organization's rules.
        rows = super().get_queryset(request).select_related("organization__booking_settings", "calendar", "customer")
        return rows.prefetch_related("lines__service")

    def get_ordering(self, request):
        return ["start", "id"] if request.GET.get("quick") in SOONEST_FIRST else self.ordering

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    # The form

    def get_fieldsets(self, request, obj=None):
        sets = [(None, {"fields": [*WHAT, "comments"]}), (_("Course"), {"fields": COURSE})]
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        return ["organization", *WHAT, *COURSE]

    def update_row(self, request, row, versions, values, form):
        return change_appointment(row.pk, values, versions, is_staff=True)

    def add_view(self, request, form_url="", extra_context=None):
        query = request.GET.urlencode()
        return HttpResponseRedirect(reverse("admin:" + self._url_name("book")) + (f"?{query}" if query else ""))

    def buttons_for(self, request, row) -> list[dict]:
        others = super().buttons_for(request, row)
        if row.is_deleted or not self.has_change_permission(request, row):
            return others
        url = reverse("admin:" + self._url_name("move"), args=[row.pk])
        return [{"label": _("Move"), "url": url, "tone": "plain", "asks": True}, *others]

    # Pages of their own

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = [
            path("book/", wrap(self.book_view), name=self._url_name("book")),
            path("explain/", wrap(self.explain_view), name=self._url_name("explain")),
            path("calendar/", wrap(self.calendar_view), name=self._url_name("calendar")),
            path("<int:pk>/move/", wrap(self.move_view), name=self._url_name("move")),
            path("<int:pk>/drop/", wrap(self.drop_view), name=self._url_name("drop")),
        ]
        return [*pages, *super().get_urls()]

    def book_view(self, request):
        return booking.book(self, request)

    def explain_view(self, request):
        return explaining.explain(self, request)

    def calendar_view(self, request):
        return planner.show(self, request)

    def move_view(self, request, pk: int):
        return moving.move(self, request, pk)

    def drop_view(self, request, pk: int):
        return moving.drop(self, request, pk)

    # Columns

    def name_of(self, row) -> str:
        return f"{row.customer}, {when(row)}, {row.calendar}"

    def summary(self, row):
        parts = [state_pill(row)]
        if row.attention:
            parts.append(
                format_html('{} <span class="late">{}</span>', pill(_("Needs attention"), "red"), row.attention)
            )
        return format_html("{} " * len(parts), *parts)

    @admin.display(description=_("start"), ordering="start")
    def title(self, row):
        return when(row)

    @admin.display(description=_("time"))
    def time(self, row):
        return when(row)

    @admin.display(description=_("customer"), ordering="customer__lastname")
    def who(self, row):
        return row.customer

    @admin.display(description=_("calendar"), ordering="calendar__name")
    def with_whom(self, row):
        return row.calendar

    @admin.display(description=_("services"))
    def about(self, row):
        return ", ".join(str(line.service) for line in row.lines.all())

    services = about

    @admin.display(description=_("state"), ordering="state")
    def state_text(self, row):
        return state_pill(row)

    @admin.display(description=_("attention"), ordering="attention")
    def look(self, row):
        return pill(_("Needs attention"), "red") if row.attention else EMPTY

    @admin.display(description=_("customer"))
    def customer_link(self, row):
        url = reverse("admin:appointments_customer_change", args=[row.customer_id])
        return format_html('<a href="{}">{}</a>', url, row.customer)

    @admin.display(description=_("phone"))
    def phone(self, row):
        return row.customer.firstphone or EMPTY

    @admin.display(description=_("calendar"))
    def calendar_link(self, row):
        url = reverse("admin:appointments_appointment_calendar")
        day = row.organization.local_date(row.start)
        query = f"?organization={row.organization_id}&set={row.calendar.calendarset_id or ''}&day={day}"
        return format_html('<a href="{}">{}</a>', url + query, row.calendar)

    @admin.display(description=_("booked"))
    def made(self, row):
        return local_time(row.created_at, row.organization.zone)

    @admin.display(description=_("cancelled at"))
    def cancelled(self, row):
        return local_time(row.cancelled_at, row.organization.zone)


def on_day(rows, day):
    """Living ones that start on this local day (in the current zone)."""
    zone = timezone.get_current_timezone()
    midnights = (local_moment(one, time(0), zone) for one in (day, day + timedelta(days=1)))
    # By the index, which a function of the start is not in.
    return rows.alive().filter(**dict(zip(("start__gte", "start__lt"), midnights, strict=True)))


def to_confirm(rows):
    return rows.alive().filter(state=State.PENDING, end__gt=timezone.now())


def needing_attention(rows):
    return rows.alive().exclude(attention="")


def titles_of(pks: set[int]) -> dict[int, str]:
    """For whoever has something else in that time."""
    rows = Appointment.objects.filter(pk__in=pks).select_related("customer")
    return {row.pk: f"{BusyInterval.Kind.APPOINTMENT.label} {row.customer}" for row in rows}


busy_names.register(BusyInterval.Kind.APPOINTMENT, "admin:appointments_appointment_change", titles_of)
