from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from core.admin.actions import MOST_ROWS, RowAction, obstacle, refusal, run_on
from core.admin.stale import Overtaken, seen_version, sent_versions
from core.errors import StaleVersion
from core.models import Role
from core.models.base import check_version


class Delete(RowAction):
    """The bulk way to delete; the form has the admin's own button."""

    name = "delete_rows"
    label = _("Delete")
    role = Role.ADVANCED_STAFF
    tone = "danger"
    on_form = False

    def __init__(self, back_office):
        self.back_office = back_office
        self.role = back_office.delete_role

    def run(self, row, user, values, versions) -> None:
        self.back_office.delete_row(None, row, versions)


class RowActions:
    """For a ModelAdmin: its `row_actions` in the list (confirmed, reported) and as buttons of the form."""

    row_actions: list[RowAction] = []

    def get_actions(self, request) -> dict:
        if self.delete_role and self.has_delete_permission(request):
            entries = [*self.row_actions, Delete(self)]
        else:
            entries = self.row_actions
        usable = (entry for entry in entries if entry.in_list and self.allows(request.user, entry.role))
        return {entry.name: (self._bulk(entry), entry.name, entry.label) for entry in usable}

    def _bulk(self, action: RowAction):
        def run(back_office, request, queryset):
            return self.bulk_view(request, queryset, action)

        return run

    def bulk_view(self, request, queryset, action: RowAction):
        """The confirmation page, then the report; None sends the admin back to the list."""
        rows = list(queryset[: MOST_ROWS + 1])
        if len(rows) > MOST_ROWS:
            text = _("Five hundred rows at a time are the most: narrow the list first.")
            self.message_user(request, text, messages.WARNING)
            return None
        form = action.form(request.POST if "confirmed" in request.POST else None, rows)
        if "confirmed" not in request.POST or not form.is_valid():
            return self._confirmation(request, action, rows, form, is_bulk=True)
        return self._report(request, action, rows, form.cleaned_data)

    def buttons_for(self, request, row) -> list[dict]:
        """`{label, url, tone, asks}` of what this person may do to this row now."""
        actions = (action for action in self.row_actions if action.on_form)
        usable = [action for action in actions if not refusal(action, row, self, request.user)]
        return [
            {"label": action.label, "url": self._action_url(row, action), "tone": action.tone, "asks": action.asks}
            for action in usable
        ]

    def closed_to(self, request, row) -> list[dict]:
        """`{label, why_not}` of what a rule forbids to this person or this row, and no button is there for."""
        actions = [action for action in self.row_actions if action.on_form]
        found = [(action.label, obstacle(action, row, self, request.user)) for action in actions]
        return [{"label": label, "why_not": why_not} for label, why_not in found if why_not]

    def get_urls(self):
        view = self.admin_site.admin_view(self.row_action_view)
        return [path("<int:pk>/do/<slug:name>/", view, name=self._url_name("do")), *super().get_urls()]

    def row_action_view(self, request, pk: int, name: str):
        action = next((action for action in self.row_actions if action.name == name), None)
        row = self._row_or_404(request, pk)
        if action is None:
            raise Http404
        if not self.allows(request.user, action.role, row):
            raise PermissionDenied
        form = action.form(request.POST if request.method == "POST" else None, [row])
        try:
            check_version(row, sent_versions(request, row))
            return self._press(request, action, row, form)
        except StaleVersion:
            row = self._row_or_404(request, pk)
            overtaken = Overtaken.of(row, seen_version(request))
            return self._confirmation(request, action, [row], form, is_bulk=False, overtaken=overtaken)

    def _row_or_404(self, request, pk: int):
        row = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        if row is None:
            raise Http404
        return row

    def _press(self, request, action: RowAction, row, form):
        if request.method != "POST" or not form.is_valid():
            return self._confirmation(request, action, [row], form, is_bulk=False)
        self._report(request, action, [row], form.cleaned_data, sent_versions(request, row))
        return HttpResponseRedirect(reverse("admin:" + self._url_name("change"), args=[row.pk]))

    def _report(self, request, action: RowAction, rows: list, values: dict, versions=None) -> None:
        report = run_on(action, rows, self, request.user, values, versions)
        level = messages.WARNING if report.skipped else messages.SUCCESS
        self.message_user(request, report.sentence(action), level)

    def _confirmation(self, request, action: RowAction, rows: list, form, *, is_bulk: bool, overtaken=None):
        listed = [self._listed(request, action, row) for row in rows]
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "action": action,
            "listed": listed,
            "form": form,
            "is_bulk": is_bulk,
            "version": None if is_bulk else getattr(rows[0], "version", None),
            "overtaken": overtaken,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "back": self._list_url(request)
            if is_bulk
            else reverse("admin:" + self._url_name("change"), args=[rows[0].pk]),
            **action.context(rows),
        }
        return TemplateResponse(request, action.template, context)

    def _listed(self, request, action: RowAction, row) -> dict:
        why_not = refusal(action, row, self, request.user)
        name = self.name_of(row)
        return {"row": row, "name": name, "why_not": why_not, "note": "" if why_not else action.note(row)}

    def _list_url(self, request) -> str:
        return request.get_full_path()

    def _action_url(self, row, action: RowAction) -> str:
        return reverse("admin:" + self._url_name("do"), args=[row.pk, action.name])
