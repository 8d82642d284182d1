"""How long an organization keeps each kind of data: one page of all kinds, with what the next purge would take."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, Signer
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import purge
from core.errors import Busy, StaleVersion
from core.models import Organization, Role
from core.retention import Kind, decide, kinds, own_days

# What was shown, so that nobody undoes unseen what a colleague decided meanwhile.
SEEN = Signer(salt="dutyboard.retention")


class RetentionForm(forms.Form):
    """One number a kind; empty: the default. Kinds that are fixed have none."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, organization: Organization, data=None):
        own = own_days(organization)
        super().__init__(data, initial={**own, "seen": SEEN.sign_object(own)}, label_suffix="")
        self.organization = organization
        for kind in kinds():
            if not kind.fixed:
                self.fields[kind.name] = _field(kind)

    def save(self) -> None:
        """Raises StaleVersion, Busy, ValidationError by kind."""
        wanted = {name: days for name, days in self.cleaned_data.items() if name != "seen"}
        try:
            seen = SEEN.unsign_object(self.cleaned_data["seen"])
        except BadSignature:
            raise StaleVersion from None
        decide(self.organization, wanted, seen)


def _field(kind: Kind) -> forms.IntegerField:
    # The limits have one place, which is the service.
    widget = forms.NumberInput(attrs={"min": kind.lowest, "max": kind.highest, "placeholder": default_of(kind)})
    return forms.IntegerField(label=str(kind.title), required=False, widget=widget)


def default_of(kind: Kind) -> str:
    if kind.fixed:
        return str(kind.fixed)
    return _("for ever") if kind.default is None else days_text(kind.default)


def days_text(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


class RetentionPage:
    """For the admin of organizations: the page, and the way to it from an organization's form."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.retention_view)
        return [path("<int:pk>/retention/", view, name=self._url_name("retention")), *super().get_urls()]

    def buttons_for(self, request, row) -> list[dict]:
        buttons = super().buttons_for(request, row)
        if not self.allows(request.user, Role.ADMINISTRATOR, row):
            return buttons
        address = reverse("admin:" + self._url_name("retention"), args=[row.pk])
        return [*buttons, {"label": _("Retention"), "url": address, "tone": "plain", "asks": True}]

    def retention_view(self, request, pk: int):
        row = self._row_or_404(request, pk)
        if not self.allows(request.user, Role.ADMINISTRATOR, row):
            raise PermissionDenied
        form = RetentionForm(row, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self._saved(request, form):
            return HttpResponseRedirect(request.path)
        return TemplateResponse(request, "admin/retention.html", self._retention_context(request, row, form))

    def _saved(self, request, form: RetentionForm) -> bool:
        try:
            form.save()
        except StaleVersion:
            form.add_error(None, _("Somebody has changed this meanwhile: look at the page anew."))
        except Busy as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            self.message_user(request, _("The retention was saved."), messages.SUCCESS)
        return form.is_valid()

    def _retention_context(self, request, row: Organization, form: RetentionForm) -> dict:
        counts = purge.waiting(row)
        lines = [
            {"kind": kind, "default": default_of(kind), "count": counts[kind.name], "field": _bound(form, kind)}
            for kind in kinds()
        ]
        return {
            **self.admin_site.each_context(request),
            "title": _("Retention: %(organization)s") % {"organization": row},
            "opts": self.opts,
            "row": row,
            "form": form,
            "lines": lines,
        }


def _bound(form: RetentionForm, kind: Kind):
    return form[kind.name] if kind.name in form.fields else None
