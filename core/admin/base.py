from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.forms.models import construct_instance
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import export
from core.admin.access import LimitedChoices, RoleAccess, sent_row
from core.admin.banners import SANDBOX
from core.admin.deletion import Deletion
from core.admin.display import sandbox_pill
from core.admin.filters import allowed_lookups
from core.admin.forms import FreeJSONField, ServiceForm
from core.admin.moments import ClockInput, MomentInput
from core.admin.past import Past
from core.admin.quick_filters import QuickFilter, QuickFilterParameter, quick_links
from core.admin.row_actions import RowActions
from core.admin.saved_views import SavedViews
from core.errors import Busy
from core.locks import lock_failures_as_busy
from core.models import Organization


def sandbox_column(twins: set[int]):
    """A column that marks the rows of these organizations."""

    @admin.display(description=_("sandbox"))
    def sandbox(row):
        return sandbox_pill() if row.organization_id in twins else ""

    return sandbox


class BackOfficeAdmin(SavedViews, RowActions, Deletion, Past, RoleAccess, LimitedChoices, admin.ModelAdmin):
    """The base of every list and form: rows by role, writes through services, history, export, saved views.

    Set `create_row`, `update_row` and `delete_row` to call the services; the plain ones write the row themselves.
    """

    form = ServiceForm
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": MomentInput},
        models.TimeField: {"widget": ClockInput},
        models.JSONField: {"form_class": FreeJSONField},
    }
    quick_filters: list[QuickFilter] = []
    export_columns: list[str | export.Told] = []
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    actions_on_top = False
    actions_on_bottom = True
    show_facets = admin.ShowFacets.NEVER
    save_on_top = False

    class Media:
        js = ["core/names.js"]

    # Writing

    def create_row(self, request, values: dict, form):
        """The written row. `values`: the form's, by field; `form.formsets` the inlines. Raises what services raise."""
        return self._fill_and_save(self.model(), form)

    def update_row(self, request, row, versions: list[int], values: dict, form):
        """As create_row; raises StaleVersion where the saved row has none of these versions."""
        return self._fill_and_save(self.model.objects.locked(row.pk, versions), form)

    def _fill_and_save(self, row, form):
        construct_instance(form, row, form._meta.fields, form._meta.exclude)
        row.full_clean(exclude=form._get_validation_exclusions())
        row.save()
        form.instance = row
        form._save_m2m()
        return row

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.back_office, form.request = self, request
        return form

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        # The form's service call takes the inlines with it: see ServiceForm.
        if obj is not None:
            obj.nested_formsets = formsets
        return formsets, inlines

    def save_model(self, request, obj, form, change) -> None:
        """Written already, by the form."""

    def save_related(self, request, form, formsets, change) -> None:
        """Written already, by the form."""

    def render_change_form(self, request, context, **kwargs):
        response = super().render_change_form(request, {**context, **self._form_context(request, context)}, **kwargs)
        if request.method == "POST":
            # Shown again after a POST: something was refused, so nothing of it may stay.
            transaction.set_rollback(True)
        return response

    def _form_context(self, request, context) -> dict:
        row = context["original"]
        collision = getattr(context["adminform"].form, "collision", None)
        return {
            "collision": collision,
            # The collision is told once, with its differences, instead of as an error.
            "errors": [] if collision else context["errors"],
            "row_actions": self.buttons_for(request, row) if row else [],
            "closed_actions": self.closed_to(request, row) if row else [],
            # Of what the form shows, which after a refusal may be older than the row.
            "seen_version": context["adminform"].form["version"].value(),
            "summary": self.summary(row) if row else None,
            "row_name": self.name_of(row) if row else "",
            "subtitle": self.name_of(row) if row else None,
            "own_banners": [SANDBOX] if row and self.is_in_sandbox(row) else [],
        }

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        row = self.get_object(request, object_id) if object_id else None
        zone = self.zone_of(row) if row else self.zone_to_add(request)
        return self._on_clock(zone, self._changeform, request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, object_id)
        zone = self.zone_of(row) if row else None
        return self._on_clock(zone, super().delete_view, request, object_id, extra_context)

    def _on_clock(self, zone, view, *args):
        with timezone.override(zone or timezone.get_current_timezone()):
            response = view(*args)
            return response.render() if isinstance(response, TemplateResponse) else response

    def _changeform(self, request, *args):
        try:
            with lock_failures_as_busy():
                return super().changeform_view(request, *args)
        except Busy as error:
            # SQLite locks as a whole, when the admin's own transaction begins.
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def zone_of(self, row):
        """The zone in which the form shows and reads times; None for the person's own."""
        organization = getattr(row, "organization", None)
        return organization.zone if organization else None

    def zone_to_add(self, request):
        """The same for a row that is being added."""

    def is_in_sandbox(self, row) -> bool:
        """Whether the row's page is marked as one of a sandbox."""
        organization = getattr(row, "organization", None)
        return bool(organization and organization.is_sandbox)

    def name_of(self, row) -> str:
        """What its pages call the row."""
        return str(row)

    def choice_text(self, row) -> str:
        """What a form's choice calls the row."""
        return str(row)

    def summary(self, row) -> str:
        """A line of HTML under the form's title."""
        return ""

    # The audit trail is the rows' own history; the admin's log would be a second, poorer one.

    def log_addition(self, request, obj, message) -> None: ...

    def log_change(self, request, obj, message) -> None: ...

    def log_deletions(self, request, queryset) -> None: ...

    def construct_change_message(self, request, form, formsets, add=False):
        return ""

    # Lists

    def get_list_display(self, request):
        """With a mark of a sandbox's rows, for who sees some."""
        columns = super().get_list_display(request)
        twins = {place.pk for place in request.user.staffed if place.is_sandbox}
        has_place = self.organization_path == "organization" and hasattr(self.model, "organization")
        if not (twins and has_place):
            return columns
        first, *others = columns
        return [first, sandbox_column(twins), *others]

    def get_list_filter(self, request):
        named = [QuickFilterParameter] if self.quick_filters else []
        return [*named, *super().get_list_filter(request)]

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        # Django's own allows every field of the row, so that a list tells a password's hash letter by letter.
        return lookup in allowed_lookups(self.get_list_filter(request), self.date_hierarchy)

    def get_search_results(self, request, queryset, search_term):
        # Rows are shown as #120, so that is what people type.
        return super().get_search_results(request, queryset, search_term.removeprefix("#"))

    def changelist_view(self, request, extra_context=None):
        context = {
            "quick_links": quick_links(self, request),
            "export_links": self._export_links(request),
            "deleted_url": self.deleted_url(),
            **self.saved_views_context(request),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def _export_links(self, request) -> list[dict]:
        if not self.export_columns:
            return []
        query = request.GET.urlencode()
        base = reverse("admin:" + self._url_name("changelist"))
        return [{"label": name.upper(), "url": f"{base}export/{name}/?{query}"} for name in export.FORMATS]

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/<slug:name>/", view, name=self._url_name("export")), *super().get_urls()]

    def export_view(self, request, name: str):
        if name not in export.FORMATS or not self.export_columns:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            # As the list answers the same question.
            return HttpResponseRedirect(reverse("admin:" + self._url_name("changelist")) + f"?{ERROR_FLAG}=1")
        return export.export(rows, self.export_columns, name, str(self.opts.model_name))

    def narrow_autocomplete(self, request, field_name: str, queryset):
        """Which of the visible rows may be chosen for this model's field; all by default."""
        return queryset


class OrganizationAdmin(BackOfficeAdmin):
    """For rows of one organization: chosen when a row is added by somebody of several, else understood."""

    def organizations_of(self, request):
        ids = request.user.organization_ids(self.add_role)
        return Organization.objects.filter(pk__in=ids, is_active=True)

    def get_fieldsets(self, request, obj=None):
        (title, options), *others = super().get_fieldsets(request, obj)
        if len(request.user.organization_ids(self.view_role)) < 2:
            return [(title, options), *others]
        return [(title, {**options, "fields": ["organization", *options["fields"]]}), *others]

    def get_readonly_fields(self, request, obj=None):
        fixed = ["organization"] if obj else []
        return [*fixed, *super().get_readonly_fields(request, obj)]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "organization":
            kwargs["queryset"] = self.organizations_of(request)
            kwargs["help_text"] = _("Times below are on its clock.")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def zone_to_add(self, request):
        place = self.place_to_add(request)
        return place.zone if place else None

    def place_to_add(self, request) -> Organization | None:
        """Where a new row is to belong, as far as the form says."""
        return sent_row(request, "organization", self.organizations_of(request)) or self._only_place(request)

    def _only_place(self, request) -> Organization | None:
        places = list(self.organizations_of(request)[:2])
        return places[0] if len(places) == 1 else None

    def organization_for(self, request, values: dict) -> Organization:
        """The one that the form names, else the person's only one; takes it out of the values."""
        organization = values.pop("organization", None) or self.organizations_of(request).first()
        if organization is None:
            raise ValidationError(_("There is no active organization to put it in."), code="organization")
        return organization
