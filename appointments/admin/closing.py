"""Closing time in a calendar: what it hits is shown, with where each could go, before anything is written."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.booking import take_errors
from appointments.admin.closing_outcome import outcome_of
from appointments.admin.display import when
from appointments.admin.moments import ClockField
from appointments.models import Calendar, CalendarEvent
from appointments.services import impact
from appointments.services.events import EVENTS
from appointments.services.impact import Impact, OnHit
from core.admin.display import local_time
from core.errors import Busy
from core.ids import id_in
from core.models import Organization, Role
from core.zones import local_moment
from scheduling.admin.dispatch_board import chosen
from scheduling.services.absences import create_absence


class How(models.TextChoices):
    BLOCK = "block", gettext_lazy("This calendar is closed")
    ABSENCE = "absence", gettext_lazy("Its resource is away: all calendars of the resource are closed")


class CloseForm(forms.Form):
    calendar = forms.ModelChoiceField(Calendar.objects.none(), label=gettext_lazy("Calendar"))
    how = forms.ChoiceField(label=gettext_lazy("How"), choices=How.choices, widget=forms.RadioSelect, initial=How.BLOCK)
    start = ClockField(label=gettext_lazy("From"))
    end = ClockField(label=gettext_lazy("To"))
    text = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=255)

    def __init__(self, data, organization: Organization):
        super().__init__(data, label_suffix="")
        self.organization = organization
        self.fields["calendar"].queryset = Calendar.objects.alive().filter(organization=organization)

    def moment(self, name: str):
        local = self.cleaned_data[name]
        return local_moment(local.date(), local.time(), self.organization.zone)

    @property
    def calendar_ids(self) -> list[int]:
        calendar = self.cleaned_data["calendar"]
        is_block = self.cleaned_data["how"] == How.BLOCK
        return [calendar.pk] if is_block else impact.calendars_of(calendar.resource)

    def write(self):
        """The block or the absence, by its own service. Raises ValidationError."""
        calendar, text = self.cleaned_data["calendar"], self.cleaned_data["text"]
        times = {"start": self.moment("start"), "end": self.moment("end")}
        if self.cleaned_data["how"] == How.BLOCK:
            values = {"calendar": calendar, "kind": CalendarEvent.Kind.BLOCK, "text": text, **times}
            return EVENTS.create(self.organization, values)
        return create_absence(self.organization, {"resource": calendar.resource, "note": text, **times})


def close(back_office, request):
    """`?organization=&calendar=&how=&start=&end=&text=`: the form, then the preview; POST writes."""
    places = list(_places(request.user))
    organization = _place(request, places)
    if organization is None:
        raise PermissionDenied if not places else Http404
    with timezone.override(organization.zone):
        form = CloseForm(request.GET if "start" in request.GET else None, organization)
        form.fields["calendar"].initial = request.GET.get("calendar")
        found = _preview(form) if form.is_bound and form.is_valid() else None
        if request.method == "POST" and found is not None and _is_done(request, form, found):
            return HttpResponseRedirect(_board_of(form))
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Close time"),
            "opts": back_office.opts,
            "places": places,
            "organization": organization,
            "form": form,
            "impact": found,
            "hits": _shown(found) if found else [],
        }
        return TemplateResponse(request, "admin/appointments/close.html", context).render()


def _places(user):
    rows = Organization.objects.filter(pk__in=user.organization_ids(Role.BASIC_STAFF), is_active=True)
    return rows.select_related("booking_settings")


def _place(request, places: list[Organization]) -> Organization | None:
    """The named one, else that of the calendar, else the first."""
    pk = id_in(request.GET.get("calendar", ""))
    calendar = None if pk is None else Calendar.objects.filter(pk=pk).first()
    named = request.GET.get("organization") or (str(calendar.organization_id) if calendar else "")
    return chosen(places, named)


def _preview(form: CloseForm) -> Impact | None:
    """None where the form now says why it cannot be closed."""
    try:
        return impact.preview(form.calendar_ids, form.write)
    except ValidationError as error:
        take_errors(form, error)
    except Busy as error:
        form.add_error(None, str(error))
    return None


def _shown(found: Impact) -> list[dict]:
    """Each hit, where it could go, and what may become of it."""
    return [_hit(hit, found) for hit in found.hits]


def _hit(hit, found: Impact) -> dict:
    proposal = found.proposals.get(hit.pk)
    choices = [choice for choice in OnHit.choices if proposal or choice[0] != OnHit.MOVE]
    offer = f"{local_time(proposal.start, hit.organization.zone)}, {proposal.calendar}" if proposal else ""
    return {"row": hit, "when": when(hit), "offer": offer, "choices": choices, "name": f"hit-{hit.pk}"}


def _is_done(request, form: CloseForm, found: Impact) -> bool:
    """Written, and told; False where the form now says why not."""
    sent = {hit.pk: request.POST.get(f"hit-{hit.pk}", OnHit.KEEP) for hit in found.hits}
    choices = {pk: choice for pk, choice in sent.items() if choice in OnHit.values}
    try:
        impact.carry_out(form.calendar_ids, form.write, choices=choices)
    except ValidationError as error:
        take_errors(form, error)
        return False
    except Busy as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, outcome_of(found.hits, choices))
    return True


def _board_of(form: CloseForm) -> str:
    calendar = form.cleaned_data["calendar"]
    query = {
        "organization": calendar.organization_id,
        "calendar": calendar.pk,
        "day": form.cleaned_data["start"].date(),
    }
    return f"{reverse('admin:appointments_appointment_calendar')}?{urlencode(query)}"
