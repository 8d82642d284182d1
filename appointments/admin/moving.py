"""Moving an appointment: by a card's drop on the calendar, and by the form that does the same without dragging."""

from datetime import datetime, time
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.booking import ReasonForm
from appointments.admin.display import said_of, state_pill, when
from appointments.admin.moments import SKIPPED
from appointments.admin.picking import Picker, StartForm, kept_query, local_text
from appointments.models import Appointment, Calendar
from appointments.services import overrides
from appointments.services.changes import change_appointment
from core.admin.display import local_time
from core.errors import Busy, StaleVersion, StateConflict
from core.zones import is_skipped, local_moment
from scheduling.admin.dispatch_plan import YEARS

CANCELLED = gettext_lazy("The appointment is cancelled.")


class MoveForm(ReasonForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31)

    def renew(self, version: int) -> None:
        """What was sent, on the version that the page now shows."""
        self.data = {**self.data.dict(), "version": version}


class DropForm(forms.Form):
    """Where the card was let go: a local day, how long after midnight on its clock, and whose calendar."""

    version = forms.IntegerField(min_value=1, max_value=2**31)
    day = forms.DateField(validators=YEARS)
    minute = forms.IntegerField(min_value=0, max_value=24 * 60 - 1)
    calendar = forms.ModelChoiceField(Calendar.objects.none(), required=False)

    def __init__(self, data, appointment: Appointment):
        super().__init__(data)
        self.appointment = appointment
        self.fields["calendar"].queryset = Calendar.objects.alive().filter(organization=appointment.organization_id)

    @property
    def calendar_to_be(self) -> Calendar:
        return self.cleaned_data["calendar"] or self.appointment.calendar

    @property
    def place(self) -> str:
        return f"{self.calendar_to_be}, {local_time(self.moment, self.appointment.organization.zone)}"

    def clean(self) -> None:
        if not self.errors and is_skipped(self._local, self.appointment.organization.zone):
            raise ValidationError(SKIPPED, code="skipped")

    @property
    def _local(self) -> datetime:
        return datetime.combine(self.cleaned_data["day"], time(*divmod(self.cleaned_data["minute"], 60)))

    @property
    def moment(self) -> datetime:
        return local_moment(self._local.date(), self._local.time(), self.appointment.organization.zone)


def drop(back_office, request, pk: int):
    """POST of a DropForm → 200 `{"message"}`; 409 or 422 `{"errors": [text], "place"?, "url"?}` where it may not stay.

    `place`: the calendar and the time that the errors speak of; `url`: of the form that asks for a reason, where a
    rule would be passed over.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    appointment = find(back_office, request, pk)
    if appointment.is_deleted:
        return _refused(HTTPStatus.CONFLICT, [str(CANCELLED)])
    with timezone.override(appointment.organization.zone):
        form = DropForm(request.POST, appointment)
        if not form.is_valid():
            texts = [str(text) for text in form.non_field_errors()] or [_("This is no place in the calendar.")]
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, texts)
        outlook = overrides.of_move(appointment, [form.calendar_to_be], form.moment)
        if outlook.soft and not outlook.refused:
            return _asks(form, outlook)
        return _dropped(form)


def _dropped(form: DropForm) -> JsonResponse:
    values = {"start": form.moment, "calendar_id": form.calendar_to_be.pk}
    try:
        moved = change_appointment(form.appointment.pk, values, [form.cleaned_data["version"]], is_staff=True)
    except StaleVersion:
        return _refused(HTTPStatus.CONFLICT, [_("Somebody else changed this appointment in the meantime: look again.")])
    except ValidationError as error:
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, error.messages, place=form.place)
    except StateConflict as error:
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, [_("The appointment %(why)s.") % {"why": error}])
    except Busy as error:
        return _refused(HTTPStatus.CONFLICT, [str(error)])
    return JsonResponse({"message": said_of(moved)})


def _asks(form: DropForm, outlook: overrides.Outlook) -> JsonResponse:
    """Nothing is written before the rule was named and a reason given."""
    appointment = form.appointment
    start = local_text(form.moment, appointment.organization)
    query = urlencode({"calendar": str(form.calendar_to_be.pk), "start": start})
    url = reverse("admin:appointments_appointment_move", args=[appointment.pk])
    texts = [verdict.text for verdict in outlook.soft]
    return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, texts, place=form.place, url=f"{url}?{query}")


def _refused(status: HTTPStatus, texts: list[str], **more: str) -> JsonResponse:
    return JsonResponse({"errors": texts, **more}, status=status)


def find(back_office, request, pk: int) -> Appointment:
    """One that is this person's to change, cancelled or not; raises Http404, PermissionDenied."""
    rows = back_office.get_queryset(request).select_related("organization__booking_settings", "calendar", "customer")
    appointment = rows.filter(pk=pk).first() if pk < 2**63 else None
    if appointment is None:
        raise Http404
    if not back_office.allows(request.user, back_office.change_role, appointment):
        raise PermissionDenied
    return appointment


def move(back_office, request, pk: int):
    """`?calendar=&day=&start=`: the free starts of a day, then one POST. Back to where it was opened from."""
    appointment = find(back_office, request, pk)
    if appointment.is_deleted:
        messages.warning(request, CANCELLED)
        return HttpResponseRedirect(reverse("admin:appointments_appointment_change", args=[pk]))
    with timezone.override(appointment.organization.zone):
        page = MovePage(request, appointment)
        moved = page.try_to_move() if request.method == "POST" else None
        if moved:
            messages.success(request, said_of(moved))
            return HttpResponseRedirect(page.back or reverse("admin:appointments_appointment_change", args=[pk]))
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Move %(appointment)s") % {"appointment": appointment},
            "opts": back_office.opts,
            **page.context(),
        }
        return TemplateResponse(request, "admin/appointments/move.html", context).render()


class MovePage:
    def __init__(self, request, appointment: Appointment):
        self.request, self.appointment = request, appointment
        self.organization = appointment.organization
        self.services = [line.service for line in appointment.lines.select_related("service")]
        self.back = _safe(request, request.GET.get("back", ""))
        self.wish = StartForm(self._asked(), self.organization)
        self.wish.is_valid()
        query = kept_query(request.GET, "calendar", "day", "start", "back")
        self.picker = Picker(self.organization, self.services, self.wish, query, appointment)
        self.start = self.wish.moment if self.picker.calendars else None
        self.outlook = self._outlook()
        sent = request.POST if request.method == "POST" else None
        self.form = MoveForm(sent, self.outlook)
        self.form.fields["version"].initial = appointment.version

    def _asked(self) -> dict:
        """It stays with its calendar and on its day until another is asked for."""
        asked = {name: self.request.GET[name] for name in ("calendar", "day", "start") if name in self.request.GET}
        day = {} if asked.get("start") else {"day": str(self.organization.local_date(self.appointment.start))}
        return {"calendar": self.appointment.calendar_id, **day, **asked}

    def _outlook(self) -> overrides.Outlook | None:
        if self.start is None:
            return None
        return overrides.of_move(self.appointment, self.picker.calendars, self.start)

    def try_to_move(self) -> Appointment | None:
        """The moved one; None where the form now says why not."""
        if self.start is None or not self.form.is_valid():
            return None
        named = self.wish.named
        values = {"start": self.start, "calendar_id": named.pk if named else None}
        try:
            version = [self.form.cleaned_data["version"]]
            return change_appointment(self.appointment.pk, values, version, is_staff=True, reason=self.form.why)
        except StaleVersion as error:
            self.form.renew(self.appointment.version)
            self.form.take_errors(error)
        except ValidationError as error:
            self.form.take_errors(error)
        except (StateConflict, Busy) as error:
            self.form.add_error(None, str(error))
        return None

    def context(self) -> dict:
        return {
            "appointment": self.appointment,
            "pill": state_pill(self.appointment),
            "when": when(self.appointment),
            "services": self.services,
            "wish": self.wish,
            "picker": self.picker,
            "links": self.picker.links(),
            "start": self.start,
            "outlook": self.outlook,
            "form": self.form,
            "back": self.back,
            "may_save": self.start is not None and not (self.outlook and self.outlook.refused),
        }


def _safe(request, url: str) -> str:
    """The address if it leads nowhere else."""
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()) else ""
