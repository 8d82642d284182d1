"""A person's data from the back office: given as a file, and erased after a look at what goes."""

from collections import Counter
from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Busy
from core.models import Organization, Role, User
from core.privacy.erasing import Erased, erase, rehearse
from core.privacy.exporting import export
from core.privacy.parts import title_of
from core.privacy.subject import Subject, subject_of_account, subject_of_row

WHOLE = "whole"


class ScopeForm(forms.Form):
    """Whose data: one organization's, or, for a superuser, everything."""

    scope = forms.ChoiceField()

    def __init__(self, choices: Sequence[tuple[str, str]], data=None):
        super().__init__(data, initial={"scope": choices[0][0]}, label_suffix="")
        self.fields["scope"].label = _("What is kept by")
        self.fields["scope"].choices = choices


class PersonalData:
    """For the ModelAdmin of accounts, and of rows that stand for a person: they have an `email`."""

    def get_urls(self):
        views = (("export_data", self.export_data_view), ("erase", self.erase_view))
        own = [
            path(f"<int:pk>/{name.replace('_', '-')}/", self.admin_site.admin_view(view), name=self._url_name(name))
            for name, view in views
        ]
        return [*own, *super().get_urls()]

    def buttons_for(self, request, row) -> list[dict]:
        buttons = super().buttons_for(request, row)
        if not self._scopes(request, row):
            return buttons
        own = (("export_data", _("Export data"), "plain"), ("erase", _("Erase"), "danger"))
        return buttons + [
            {"label": label, "tone": tone, "asks": True, "url": self._data_url(name, row)} for name, label, tone in own
        ]

    def export_data_view(self, request, pk: int):
        """The page asks whose; POST gives the file, which no cache keeps."""
        row, form = self._asked(request, pk)
        if request.method != "POST" or not form.is_valid():
            return self._page(request, row, "admin/export_data.html", {"form": form, "title": _("Export data")})
        try:
            content = export(self._subject(request, row, form.cleaned_data["scope"])).as_zip()
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.WARNING)
            return HttpResponseRedirect(self._row_url(row))
        name = f"{self.opts.model_name}-{row.pk}-{timezone.localdate():%Y-%m-%d}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type="application/zip", headers=headers)

    def erase_view(self, request, pk: int):
        """GET shows what would go, rehearsed; POST erases it."""
        row, form = self._asked(request, pk)
        if request.method not in ("GET", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        scope = form.cleaned_data["scope"] if form.is_valid() else form.initial["scope"]
        if request.method == "POST" and form.is_valid() and self._erased(request, row, scope):
            return HttpResponseRedirect(reverse("admin:" + self._url_name("changelist")))
        return self._page(request, row, "admin/erase.html", self._rehearsal(request, row, form, scope))

    def _erased(self, request, row, scope: str) -> bool:
        try:
            erased = erase(self._subject(request, row, scope), force="force" in request.POST)
        except (ValidationError, Busy) as error:
            text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            self.message_user(request, text, messages.ERROR)
            return False
        self.message_user(request, _sentence(erased), messages.SUCCESS)
        return True

    def _rehearsal(self, request, row, form, scope: str) -> dict:
        context = {"form": form, "title": _("Erase"), "scope": scope, "erased": None, "why_not": ""}
        try:
            erased = rehearse(self._subject(request, row, scope))
        except (ValidationError, Busy) as error:
            why_not = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            return {**context, "why_not": why_not}
        return {**context, "erased": erased, "counts": _told(erased)}

    # -- who, and whose -------------------------------------------------------------------------------------

    def _asked(self, request, pk: int):
        row = self._row_or_404(request, pk)
        scopes = self._scopes(request, row)
        if not scopes:
            raise PermissionDenied
        data = request.POST if request.method == "POST" else request.GET if "scope" in request.GET else None
        return row, ScopeForm(scopes, data)

    def stands_for_person(self, row) -> bool:
        return True

    def _scopes(self, request, row) -> list[tuple[str, str]]:
        """Where this person is an Administrator and the row's person is known; everything for a superuser."""
        if not self.stands_for_person(row):
            return []
        if not isinstance(row, User):
            is_theirs = row.organization_id in request.user.organization_ids(Role.ADMINISTRATOR)
            return [(str(row.organization_id), str(row.organization))] if is_theirs else []
        administered = Organization.objects.filter(pk__in=request.user.organization_ids(Role.ADMINISTRATOR))
        known = administered.filter(memberships__user=row)
        whole = [(WHOLE, _("the whole installation"))] if request.user.is_superuser else []
        return [*((str(place.pk), str(place)) for place in known), *whole]

    def _subject(self, request, row, scope: str) -> Subject:
        if not isinstance(row, User):
            return subject_of_row(row, row.email)
        return subject_of_account(row, None if scope == WHOLE else Organization.objects.get(pk=scope))

    def _data_url(self, name: str, row) -> str:
        return reverse("admin:" + self._url_name(name), args=[row.pk])

    def _row_url(self, row) -> str:
        return reverse("admin:" + self._url_name("change"), args=[row.pk])

    def _page(self, request, row, template: str, context: dict):
        shared = {"opts": self.opts, "row": row, "row_name": self.name_of(row), "back": self._row_url(row)}
        page = TemplateResponse(request, template, {**self.admin_site.each_context(request), **shared, **context})
        page["Cache-Control"] = "no-store"
        return page


def _told(erased: Erased) -> list[tuple[str, int]]:
    """By the kinds' titles, of which two may be one."""
    counts: Counter = Counter()
    for kind, count in erased.counts.items():
        counts[title_of(kind)] += count
    return sorted(counts.items())


def _sentence(erased: Erased) -> str:
    told = {
        "erased": _("Erased: %(count)d rows, and the account."),
        "kept": _("Erased: %(count)d rows. The account stays, as it is known elsewhere."),
        "none": _("Erased: %(count)d rows."),
    }
    return told[erased.account] % {"count": erased.counts.total()}
