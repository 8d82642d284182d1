import json
from functools import partial

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.base import OrganizationAdmin
from core.admin.dashboard import list_url
from core.admin.display import EMPTY, pill
from core.admin.filters import OrganizationFilter
from core.admin.quick_filters import QuickFilter
from core.admin.shown_once import ShownOnce
from core.models import Role
from core.service_scripts import handler_named, handlers
from scheduling.admin.options import OptionsForm, OptionsShown
from scheduling.admin.reference import with_organization
from svctasks.models import ServiceScript
from svctasks.services import scripts as services

SECRET = ShownOnce("script-secret", "svctasks_servicescript_secret")


class ScriptForm(OptionsForm):
    handler = forms.ChoiceField(label=_("Handler"), help_text=_("What each does, and its parameters, is told below."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.is_system:
            # Declared, it would be asked for though it is not shown.
            del self.fields["handler"]
        else:
            known = [(one.name, one.name) for one in handlers()]
            named = self.instance.handler
            gone = [(named, named)] if named and handler_named(named) is None else []
            self.fields["handler"].choices = [("", "---------"), *known, *gone]
        if "params" in self.fields:
            self.fields["params"].help_text = _("A JSON object, as {} for a handler without parameters.")


@admin.register(ServiceScript)
class ScriptsAdmin(OptionsShown, OrganizationAdmin):
    """Which handler tasks run, with which parameters. The secret of one that sends is shown once."""

    form = ScriptForm
    add_role = change_role = delete_role = Role.ADVANCED_STAFF
    change_form_template = "admin/svctasks/script_form.html"
    list_display = ["name", "code", "handler_text", "users", "origin"]
    list_filter = ["is_system", OrganizationFilter]
    search_fields = ["name", "code", "handler", "=id"]
    search_help_text = _("Search by name, code, handler or number")
    ordering = ["name", "id"]
    export_columns = ["id", "organization__name", "code", "name", "handler", "timeout_seconds", "is_system"]
    quick_filters = [
        QuickFilter("own", _("Our own"), lambda rows, request: rows.filter(is_system=False)),
        QuickFilter("shipped", _("Came with the product"), lambda rows, request: rows.filter(is_system=True)),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization").annotate(task_count=Count("tasks"))

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_system)

    # The form

    def get_fieldsets(self, request, obj=None):
        handler = "handler" if self._may_choose(request, obj) else "handler_text"
        params = "params" if obj is None or self.has_change_permission(request, obj) else "params_text"
        sets = [
            (None, {"fields": ["name", "code", handler, params, "timeout_seconds"]}),
            (_("Notes"), {"fields": ["title", "comment"], "classes": ["collapse"]}),
        ]
        return with_organization(self, request, sets)

    def _may_choose(self, request, obj) -> bool:
        return obj is None or (not obj.is_system and self.has_change_permission(request, obj))

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return ["organization", "handler_text", "params_text", *(["code"] if obj.is_system else [])]

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return self._shown(request, *services.create_script(organization, form.with_options(values)))

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return self._shown(request, *services.update_script(row.pk, form.with_options(values), versions))

    def _shown(self, request, script: ServiceScript, secret: str) -> ServiceScript:
        if secret:
            SECRET.keep(request, script.pk, secret)
        return script

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_script(row.pk, versions)

    def response_add(self, request, obj, post_url_continue=None):
        return self._secret_page(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._secret_page(request, obj) or super().response_change(request, obj)

    def _secret_page(self, request, script: ServiceScript):
        return SECRET.redirect(script.pk) if SECRET.waits(request, script.pk) else None

    def render_change_form(self, request, context, **kwargs):
        script = context["original"]
        context["handlers"] = handlers()
        if script and script.secret and self.has_change_permission(request, script):
            context["renew_url"] = reverse("admin:svctasks_servicescript_renew", args=[script.pk])
        return super().render_change_form(request, context, **kwargs)

    # The secret

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/secret/", wrap(self.secret_view), name=self._url_name("secret")),
            path("<int:pk>/secret/new/", wrap(self.new_secret_view), name=self._url_name("renew")),
            *super().get_urls(),
        ]

    def secret_view(self, request, pk: int):
        script = self._changeable(request, pk)
        page = partial(self._page, request, script, "admin/svctasks/script_secret.html")
        return SECRET.show(request, pk, lambda secret: page(secret=secret))

    def new_secret_view(self, request, pk: int):
        script = self._changeable(request, pk)
        if request.method != "POST":
            return self._page(request, script, "admin/svctasks/script_new_secret.html")
        return SECRET.keep(request, pk, services.renew_secret(pk))

    def _changeable(self, request, pk: int) -> ServiceScript:
        script = self._row_or_404(request, pk)
        if not self.has_change_permission(request, script):
            raise PermissionDenied
        if not script.secret:
            raise Http404
        return script

    def _page(self, request, script: ServiceScript, template: str, **values):
        context = {**self.admin_site.each_context(request), "title": script.name, "opts": self.opts, "script": script}
        return TemplateResponse(request, template, {**context, **values})

    # Columns

    def choice_text(self, row) -> str:
        return f"{row.name} ({row.code})"

    @admin.display(description=_("handler"), ordering="handler")
    def handler_text(self, row):
        handler = handler_named(row.handler)
        told = handler.title if handler else pill(_("not there"), "red")
        return format_html('<code>{}</code> <span class="quiet">{}</span>', row.handler, told)

    @admin.display(description=_("parameters"))
    def params_text(self, row):
        return json.dumps(row.params, ensure_ascii=False) if row.params else EMPTY

    @admin.display(description=_("service tasks"), ordering="task_count")
    def users(self, row):
        if not row.task_count:
            return "0"
        return format_html('<a href="{}">{}</a>', list_url("svctasks_servicetask", script=row.pk), row.task_count)

    @admin.display(description=_("origin"), ordering="is_system")
    def origin(self, row):
        return pill(_("Came with the product"), "blue") if row.is_system else pill(_("Our own"))
