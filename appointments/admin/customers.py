from django.contrib import admin
from django.db import models
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.display import state_pill, when
from appointments.models import Appointment, Customer
from appointments.services.customers import create_customer, look_up_address, update_customer
from core.admin.base import OrganizationAdmin
from core.admin.display import pill
from core.admin.filters import OrganizationFilter
from core.admin.moments import DayInput
from core.admin.privacy import PersonalData
from core.admin.quick_filters import QuickFilter

MOST_SHOWN = 50
NO_SHOWS = Count(
    "appointments", filter=Q(appointments__state=Appointment.State.NOT_CAME, appointments__is_deleted=False)
)


@admin.register(Customer)
class CustomersAdmin(PersonalData, OrganizationAdmin):
    """With their appointments, and how often they did not come. Never deleted here: what was booked stays."""

    keeps_deleted = False
    formfield_overrides = {**OrganizationAdmin.formfield_overrides, models.DateField: {"widget": DayInput}}
    change_form_template = "admin/appointments/customer_form.html"
    fieldsets = [
        (None, {"fields": ["firstname", "lastname", "email", "firstphone", "secondphone", "birthdate"]}),
        (_("Comments"), {"fields": ["comments"]}),
        (_("Reminders"), {"fields": ["wants_email_reminders", "wants_sms_reminders"]}),
        (_("Elsewhere"), {"fields": ["external_id"], "classes": ["collapse"]}),
    ]
    list_display = ["full_name_text", "email", "firstphone", "booked", "missed", "use"]
    list_filter = ["from_web", ("is_deleted", admin.BooleanFieldListFilter), OrganizationFilter]
    search_fields = ["lastname", "firstname", "email", "firstphone", "secondphone", "=id", "=external_id"]
    search_help_text = _("Search by name, e-mail, phone or number")
    ordering = ["lastname", "firstname", "id"]
    export_columns = ["id", "organization__name", "lastname", "firstname", "email", "firstphone", "secondphone"]
    export_columns += ["birthdate", "from_web", "external_id", "is_deleted", "created_at"]
    quick_filters = [
        QuickFilter("no_shows", _("No-shows"), lambda rows, request: rows.filter(missed_count__gt=0)),
        QuickFilter("ahead", _("With an appointment ahead"), lambda rows, request: rows.filter(ahead_count__gt=0)),
    ]

    def get_queryset(self, request):
        living = Q(appointments__is_deleted=False)
        ahead = living & Q(appointments__end__gt=timezone.now())
        rows = super().get_queryset(request).select_related("organization")
        return rows.annotate(
            missed_count=NO_SHOWS,
            booked_count=Count("appointments", filter=living),
            ahead_count=Count("appointments", filter=ahead),
        )

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_search_results(self, request, queryset, search_term):
        rows, distinct = super().get_search_results(request, queryset, search_term)
        return (rows.filter(is_deleted=False) if "field_name" in request.GET else rows), distinct

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            self._look_up_address(request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _look_up_address(self, request, object_id) -> None:
        """Before the admin's own transaction begins; an address that stays is not asked about."""
        row = self.get_object(request, object_id) if object_id else None
        place = row.organization if row else self.place_to_add(request)
        address = request.POST.get("email", "").strip()
        if place and (row is None or row.email != address):
            look_up_address(place, address)

    def create_row(self, request, values, form):
        return create_customer(self.organization_for(request, values), values)

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return update_customer(row.pk, values, versions)

    # The card

    def render_change_form(self, request, context, **kwargs):
        customer = context["original"]
        if customer:
            context["card"] = self._card(customer)
            query = f"?organization={customer.organization_id}&customer={customer.pk}"
            context["book_url"] = reverse("admin:appointments_appointment_book") + query
        return super().render_change_form(request, context, **kwargs)

    def _card(self, customer: Customer) -> str:
        rows = customer.appointments.select_related("organization", "calendar").prefetch_related("lines__service")
        shown = list(rows.order_by("-start", "-id")[: MOST_SHOWN + 1])
        lines = [
            {
                "url": reverse("admin:appointments_appointment_change", args=[one.pk]),
                "when": when(one),
                "calendar": one.calendar,
                "services": ", ".join(str(line.service) for line in one.lines.all()),
                "state": state_pill(one),
                "is_ahead": one.start > timezone.now(),
            }
            for one in shown[:MOST_SHOWN]
        ]
        context = {"lines": lines, "has_more": len(shown) > MOST_SHOWN, "customer": customer}
        return render_to_string("admin/appointments/customer_card.html", context)

    def summary(self, row):
        told = [pill(_("Deleted"))] if row.is_deleted else []
        missed = Appointment.objects.alive().filter(customer=row, state=Appointment.State.NOT_CAME).count()
        if missed:
            text = ngettext("%(number)d no-show", "%(number)d no-shows", missed) % {"number": missed}
            told.append(pill(text, "red"))
        return format_html("{} " * len(told), *told) if told else ""

    # Columns

    @admin.display(description=_("name"), ordering="lastname")
    def full_name_text(self, row):
        return str(row)

    @admin.display(description=_("appointments"), ordering="booked_count")
    def booked(self, row):
        return row.booked_count

    @admin.display(description=_("no-shows"), ordering="missed_count")
    def missed(self, row):
        return pill(str(row.missed_count), "red") if row.missed_count else "–"

    @admin.display(description=_("state"), ordering="is_deleted")
    def use(self, row):
        if row.is_deleted:
            return pill(_("Deleted"))
        return pill(gettext("Ahead: %(number)d") % {"number": row.ahead_count}, "blue") if row.ahead_count else "–"
