"""Booking by staff: services → calendar → day → free start → customer, step by step by GET, and one POST."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.display import said_of
from appointments.admin.picking import Picker, WishForm, kept_query
from appointments.models import Customer
from appointments.services import customers, overrides
from appointments.services.booking import Booking, book_appointment
from core.errors import Busy
from core.ids import id_in
from core.models import Organization
from scheduling.admin.dispatch_board import chosen

# Of the customer's own fields those that a first booking asks for.
ASKED = ["firstname", "lastname", "email", "firstphone", "birthdate"]
MOST_FOUND = 10
KEPT = ("organization", "services", "calendar", "day", "start", "customer", "q")


class ReasonForm(forms.Form):
    """`outlook`: what would be passed over; then a reason is asked for."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is done all the same"),
        max_length=500,
        help_text=gettext_lazy("It stays in the appointment's history."),
    )

    def __init__(self, data, outlook: overrides.Outlook | None):
        super().__init__(data, label_suffix="")
        if outlook is None or not outlook.soft:
            del self.fields["reason"]

    @property
    def why(self) -> str:
        return self.cleaned_data.get("reason", "")

    def take_errors(self, error: ValidationError) -> None:
        take_errors(self, error)


def take_errors(form: forms.Form, error: ValidationError) -> None:
    """A service's sentences on the fields that they name: a customer's come with its name before."""
    found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error}
    for name, errors in found.items():
        own = name.removeprefix("customer.")
        form.add_error(own if own in form.fields else None, errors)


class BookingForm(ReasonForm):
    comments = forms.CharField(
        label=gettext_lazy("Comments"), required=False, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )
    field_order = [*ASKED, "comments", "reason"]

    def __init__(self, data, outlook: overrides.Outlook | None, *, is_new: bool):
        super().__init__(data, outlook)
        if is_new:
            made = forms.fields_for_model(Customer, ASKED)
            made["birthdate"].widget = forms.DateInput(attrs={"type": "date"})
            self.fields = {**made, **self.fields}
            self.order_fields(self.field_order)

    def customer_values(self) -> dict:
        return {name: self.cleaned_data[name] for name in ASKED if name in self.fields}


def book(back_office, request):
    """`?organization=&services=&calendar=&day=&start=&customer=`; what is missing is asked for."""
    if not back_office.has_add_permission(request):
        raise PermissionDenied
    places = list(back_office.organizations_of(request).select_related("booking_settings"))
    organization = chosen(places, request.GET.get("organization", ""))
    if organization is None:
        raise Http404
    with timezone.override(organization.zone):
        page = BookingPage(request, organization)
        booked = page.try_to_book() if request.method == "POST" else None
        if booked:
            messages.success(request, said_of(booked))
            return HttpResponseRedirect(reverse("admin:appointments_appointment_change", args=[booked.pk]))
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Book an appointment"),
            "opts": back_office.opts,
            "places": places,
            "organization": organization,
            **page.context(),
        }
        return TemplateResponse(request, "admin/appointments/book.html", context).render()


class BookingPage:
    def __init__(self, request, organization: Organization):
        self.request, self.organization = request, organization
        # Without services nothing was asked for yet: the form starts empty and accuses nobody.
        self.wish = WishForm(request.GET, organization)
        self.wish.is_valid()
        services = self.wish.wanted
        self.picker = Picker(organization, services, self.wish, kept_query(request.GET, *KEPT))
        self.start = self.wish.moment if self.picker.calendars else None
        self.customer = self._customer()
        self.outlook = self._outlook()
        sent = request.POST if request.method == "POST" else None
        self.form = BookingForm(sent, self.outlook, is_new=self.customer is None)

    def _customer(self) -> Customer | None:
        pk = id_in(self.request.GET.get("customer", ""))
        return None if pk is None else self._customers().filter(pk=pk).first()

    def _customers(self):
        return Customer.objects.alive().filter(organization=self.organization)

    def _outlook(self) -> overrides.Outlook | None:
        if self.start is None:
            return None
        return overrides.of_booking(
            self.organization, self.picker.services, self.picker.calendars, self.start, self.customer
        )

    @property
    def found(self) -> list[dict]:
        """Customers that the search finds, each with the address that chooses it."""
        words = self.request.GET.get("q", "").split()
        if not words:
            return []
        rows = self._customers()
        for word in words:
            rows = rows.filter(
                Q(lastname__icontains=word)
                | Q(firstname__icontains=word)
                | Q(email__icontains=word)
                | Q(firstphone__icontains=word)
            )
        return [{"row": row, "url": self.picker.address(customer=row.pk, q=None)} for row in rows[:MOST_FOUND]]

    def try_to_book(self):
        """The appointment; None where the form now says why not."""
        if self.start is None or not self.form.is_valid():
            return None
        named = self.wish.named
        values = self.form.cleaned_data
        booking = Booking(
            start=self.start,
            services=[each.pk for each in self.picker.services],
            customer_id=self.customer.pk if self.customer else None,
            customer=self.form.customer_values(),
            calendar_id=named.pk if named else None,
            comments=values["comments"],
            from_web=False,
            override_reason=self.form.why,
        )
        customers.look_up_address(self.organization, booking.customer.get("email", ""))
        try:
            return book_appointment(self.organization, booking, is_staff=True)
        except ValidationError as error:
            self.form.take_errors(error)
        except Busy as error:
            self.form.add_error(None, str(error))
        return None

    def context(self) -> dict:
        return {
            "wish": self.wish,
            "picker": self.picker,
            "links": self.picker.links(),
            "start": self.start,
            "customer": self.customer,
            "other_customer": self.picker.address(customer=None),
            "found": self.found,
            "q": self.request.GET.get("q", ""),
            "outlook": self.outlook,
            "form": self.form,
            "hidden": self._hidden(),
            "may_save": self.start is not None and not (self.outlook and self.outlook.refused),
        }

    def _hidden(self) -> list[tuple[str, str]]:
        """What the search for a customer keeps of the address."""
        kept = {name: values for name, values in self.picker.query.items() if name not in ("q", "customer")}
        return [(name, value) for name, values in kept.items() for value in values]
