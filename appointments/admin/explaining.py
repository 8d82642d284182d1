"""Why a start can or cannot be booked: each rule in each calendar, by the function that books."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.picking import Picker, WishForm, kept_query
from appointments.models import Customer
from appointments.rules import Verdict
from appointments.services import slots
from core.admin.banners import sandbox_banners
from core.ids import id_in
from core.models import Organization
from scheduling.admin.dispatch_board import chosen

NAMES = {
    "min_notice": gettext_lazy("Notice"),
    "horizon": gettext_lazy("How far ahead"),
    "same_time": gettext_lazy("One appointment at a time"),
    "min_between": gettext_lazy("Time between two appointments"),
    "max_upcoming": gettext_lazy("Appointments ahead"),
    "opening_hours": gettext_lazy("Opening hours"),
    "step": gettext_lazy("Step"),
    "closed": gettext_lazy("Open and there"),
    "places": gettext_lazy("Places"),
}
# What the numbers are called; those of a rule that is off are not shown.
VALUES = {
    "notice": gettext_lazy("asked for: %s min"),
    "horizon": gettext_lazy("at most: %s min"),
    "asked": gettext_lazy("here: %s min"),
    "between": gettext_lazy("at least: %s min"),
    "upcoming": gettext_lazy("ahead: %s"),
    "most": gettext_lazy("at most: %s"),
    "step": gettext_lazy("every %s min"),
    "places": gettext_lazy("places: %s"),
    "taken": gettext_lazy("taken: %s"),
}


@dataclass(frozen=True)
class Line:
    name: Any
    passed: bool
    is_soft: bool
    text: str
    numbers: str

    @classmethod
    def of(cls, verdict: Verdict) -> "Line":
        told = [str(VALUES[name]) % value for name, value in verdict.values.items() if value is not None]
        return cls(NAMES[verdict.code], verdict.passed, not verdict.binds(True), verdict.text, ", ".join(told))


def explain(back_office, request):
    """`?organization=&services=&calendar=&start=&customer=`."""
    if not back_office.has_view_permission(request):
        raise PermissionDenied
    places = [one for one in request.user.staffed if one.is_active]
    named = chosen(places, request.GET.get("organization", ""))
    if named is None:
        raise Http404
    organization = Organization.objects.select_related("booking_settings").get(pk=named.pk)
    with timezone.override(organization.zone):
        wish = WishForm(request.GET, organization)
        wish.is_valid()
        query = kept_query(request.GET, "organization", "services", "calendar", "start", "customer")
        picker = Picker(organization, wish.wanted, wish, query)
        customer = _customer(organization, request.GET.get("customer", ""))
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Why is there no slot?"),
            "opts": back_office.opts,
            "places": places,
            "own_banners": sandbox_banners(organization),
            "organization": organization,
            "wish": wish,
            "picker": picker,
            "customer": customer,
            "start": wish.moment,
            "explanations": _explanations(picker, customer),
        }
        return TemplateResponse(request, "admin/appointments/explain.html", context).render()


def _explanations(picker: Picker, customer: Customer | None) -> list[dict]:
    start = picker.form.moment
    if start is None or not picker.calendars:
        return []
    found = slots.explain(
        picker.organization, picker.services, picker.calendars, start, is_staff=False, customer=customer
    )
    return [
        {
            "calendar": one.calendar,
            "for_customers": one.is_bookable(is_staff=False),
            "for_staff": one.is_bookable(is_staff=True),
            "lines": [Line.of(verdict) for verdict in one.verdicts],
        }
        for one in found
    ]


def _customer(organization: Organization, text: str) -> Customer | None:
    pk = id_in(text)
    return None if pk is None else Customer.objects.alive().filter(organization=organization, pk=pk).first()
