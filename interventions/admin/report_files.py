"""The numbered PDF reports: made on an intervention's page, listed, opened."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.admin.base import OrganizationAdmin
from core.admin.display import local_time
from core.admin.filters import OrganizationFilter
from core.errors import Busy, StateConflict
from interventions.admin.display import link_to, sites_of
from interventions.admin.page import file_url
from interventions.models import Intervention, PdfReport
from interventions.report import pdf_of

FIELDS = ["intervention_text", "made", "language", "code", "digest", "file_digest"]


def make(back_office, request, intervention: Intervention):
    """POST: the report as it stands now, made where it is not there yet, opened."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not back_office.has_view_permission(request, intervention):
        raise PermissionDenied
    try:
        return HttpResponseRedirect(file_url(pdf_of(intervention, get_language())))
    except (StateConflict, Busy) as error:
        back_office.message_user(request, str(error), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:interventions_intervention_change", args=[intervention.pk]))


@admin.register(PdfReport)
class ReportsAdmin(OrganizationAdmin):
    """Read only: what was made stays as it was made."""

    delete_role = None
    keeps_deleted = False
    change_form_template = "admin/interventions/report_form.html"
    list_display = ["title", "intervention_text", "where", "made", "language", "code"]
    list_filter = ["language", "created_at", OrganizationFilter]
    list_select_related = ["organization", "intervention"]
    date_hierarchy = "created_at"
    search_fields = ["=number", "=code", "=intervention__id", "intervention__sites__name"]
    search_help_text = _("Search by number, check code, site or number of the intervention")
    ordering = ["-id"]
    export_columns = ["number", "organization__name", "intervention", "created_at", "language", "code", "digest"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content").prefetch_related("intervention__sites")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def get_fieldsets(self, request, obj=None):
        return [(None, {"fields": FIELDS})]

    def get_readonly_fields(self, request, obj=None):
        return FIELDS

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", view, name=self._url_name("file")), *super().get_urls()]

    def file_view(self, request, pk: int):
        """The PDF as it was made."""
        row = self._row_or_404(request, pk)
        if not row.content:
            text = _("The file was erased with the data of a person; it can be made anew on the intervention's page.")
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:" + self._url_name("change"), args=[row.pk]))
        name = f'inline; filename="{row}.pdf"'
        headers = {"Cache-Control": "no-store", "Content-Disposition": name}
        return HttpResponse(bytes(row.content), content_type="application/pdf", headers=headers)

    @admin.display(description=_("report"), ordering="number")
    def title(self, row):
        return str(row)

    @admin.display(description=_("intervention"), ordering="intervention_id")
    def intervention_text(self, row):
        return link_to(row.intervention)

    @admin.display(description=_("sites"))
    def where(self, row):
        return sites_of(row.intervention)

    @admin.display(description=_("made"), ordering="created_at")
    def made(self, row):
        return local_time(row.created_at, row.organization.zone)
