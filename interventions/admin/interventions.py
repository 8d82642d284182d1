from django.contrib import admin
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.base import OrganizationAdmin
from core.admin.display import EMPTY, local_time
from core.admin.filters import OrganizationFilter, people_filter, related_filter
from core.admin.quick_filters import QuickFilter
from core.ids import id_in
from core.models import Role
from interventions.admin import report_files
from interventions.admin.display import LABEL, assignee_of, link_to, sites_of, state_pills, when_cell
from interventions.admin.exported import ANOMALIES, SITES
from interventions.admin.intervention_actions import ACTIONS
from interventions.admin.intervention_form import NOTICE, ChangeForm, NewForm
from interventions.admin.page import page_of
from interventions.admin.site_filter import SiteFilter
from interventions.models import Execution, Intervention, InterventionAnomaly, InterventionStatus
from interventions.services.pins import pin_of
from interventions.services.planning import create_curative, update_intervention
from interventions.services.steps import KIND
from interventions.states import Action, can
from scheduling.admin import busy_names
from scheduling.admin.closes import members
from scheduling.admin.job_display import conflict_links, conflict_pill
from scheduling.admin.reference import with_organization
from scheduling.services.busy import Source
from scheduling.services.clashes import clashes_of, in_clash

S, Did = InterventionStatus, InterventionAnomaly.ProviderAction
DATES = ["scheduled_start", "scheduled_end"]
PEOPLE = ["assigned_company_contact", "assigned_user"]
ABOUT = ["kind_text", "where", "pin", "clashes_text"]
COURSE = ["began", "ended", "decision", "why_cancelled", "made"]
# What is shown instead where nothing can be changed any more.
SHOWN = ["when_text", "provider", "in_charge", "description"]
# Quick filters of what lies ahead, or waits since longest.
SOONEST_FIRST = {"to_verify", "overdue", "mine", "clashes"}


@admin.register(Intervention)
class InterventionsAdmin(OrganizationAdmin):
    """Made of anomalies here, or by routines; cancelled and archived, never deleted."""

    row_actions = ACTIONS
    delete_role = None
    keeps_deleted = False
    change_form_template = "admin/interventions/intervention_form.html"
    autocomplete_fields = PEOPLE
    list_display = ["title", "where", "who", "when_text", "state", "done"]
    list_filter = [
        "status",
        "kind",
        related_filter("assigned_company_contact", _("provider")),
        people_filter("assigned_user", _("person in charge")),
        SiteFilter,
        "scheduled_start",
        OrganizationFilter,
    ]
    date_hierarchy = "scheduled_start"
    search_fields = ["description", "assigned_company_contact__name", "assigned_company_contact__company_name"]
    search_fields += ["sites__name", "links__anomaly__title", "=id"]
    search_help_text = _("Search by site, anomaly (A-00012), provider, description or number")
    ordering = ["-scheduled_start", "-id"]
    export_columns = [
        "id",
        "organization__name",
        "kind",
        "status",
        SITES,
        ANOMALIES,
        "scheduled_start",
        "scheduled_end",
        "assigned_company_contact__name",
        "assigned_user__login",
        "description",
        "actual_start",
        "actual_end",
        "verified_by__login",
        "verified_at",
        "decision_comment",
        "cancellation_reason",
        "created_at",
    ]
    quick_filters = [
        QuickFilter("to_verify", _("To verify"), lambda rows, request: rows.to_verify()),
        QuickFilter("overdue", _("Overdue"), lambda rows, request: rows.overdue()),
        QuickFilter("mine", _("Mine"), lambda rows, request: rows.open().filter(assigned_user=request.user)),
        QuickFilter("refused", _("Refused by the provider"), lambda rows, request: rows.filter(status=S.REFUSED)),
        QuickFilter("clashes", _("Conflicts"), lambda rows, request: rows.open().exclude(clash_id=None)),
        QuickFilter("open", _("Open"), lambda rows, request: rows.open()),
        QuickFilter("archived", _("Archived"), lambda rows, request: rows.exclude(archived_at=None)),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organization", *PEOPLE, "execution")
        rows = rows.defer("execution__signature").prefetch_related("sites", "links")
        return rows.annotate(clash_id=in_clash(KIND))

    def get_search_results(self, request, queryset, search_term):
        if found := LABEL.match(search_term):
            return queryset.filter(links__anomaly__number=int(found[1])), False
        return super().get_search_results(request, queryset, search_term)

    def get_ordering(self, request):
        return ["scheduled_start", "id"] if request.GET.get("quick") in SOONEST_FIRST else self.ordering

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        """What is sent when the provider has come meanwhile is judged by the service, which says so."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or request.method == "POST" or can(obj, Action.UPDATE))

    # The form

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, form=ChangeForm if obj else NewForm, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            sets = [
                (None, {"fields": ["anomalies", "description"]}),
                (_("When"), {"fields": [*DATES, "creation_status"]}),
                (_("Who"), {"fields": PEOPLE}),
            ]
            return with_organization(self, request, sets)
        if self.has_change_permission(request, obj):
            sets = [
                (None, {"fields": [*self._telling(obj, ABOUT), *DATES, *PEOPLE, "description"]}),
                (_("Telling"), {"fields": NOTICE, "classes": ["collapse"]}),
            ]
        else:
            sets = [(None, {"fields": [*self._telling(obj, ABOUT), *SHOWN]})]
        return with_organization(self, request, [*sets, (_("Course"), {"fields": self._telling(obj, COURSE)})])

    def _telling(self, row, names: list[str]) -> list[str]:
        """Those of these columns that have something to say of it."""
        return [name for name in names if getattr(self, name)(row) != EMPTY]

    def get_readonly_fields(self, request, obj=None):
        return ["organization", *ABOUT, *COURSE, *SHOWN[:-1]] if obj else []

    def get_changeform_initial_data(self, request):
        ids = map(id_in, request.GET.get("anomalies", "").split(","))
        known = {"anomalies": [pk for pk in ids if pk is not None]}
        return {**super().get_changeform_initial_data(request), **known}

    def narrow_autocomplete(self, request, field_name, queryset):
        return members(queryset, request, Role.BASIC_STAFF)

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return create_curative(organization, form.service_values(values), created_by=request.user)

    def update_row(self, request, row, versions, values, form):
        values = {name: value for name, value in values.items() if name not in ("organization", *NOTICE)}
        return update_intervention(row.pk, values, versions=versions, notice=form.notice())

    def render_change_form(self, request, context, **kwargs):
        if context["original"]:
            context |= page_of(context["original"])
        return super().render_change_form(request, context, **kwargs)

    # Pages of its own

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/signature/<int:execution>/", wrap(self.signature_view), name=self._url_name("signature")),
            path("<int:pk>/report/", wrap(self.report_view), name=self._url_name("report")),
            *super().get_urls(),
        ]

    def signature_view(self, request, pk: int, execution: int):
        """The picture, for staff of the organization alone."""
        row = self._row_or_404(request, pk)
        found = Execution.objects.filter(intervention=row, pk=execution).exclude(signature=b"").first()
        if found is None:
            raise Http404
        return HttpResponse(bytes(found.signature), content_type="image/png", headers={"Cache-Control": "no-store"})

    def report_view(self, request, pk: int):
        return report_files.make(self, request, self._row_or_404(request, pk))

    # Columns

    def name_of(self, row) -> str:
        return f"{row} · {sites_of(row)}"

    def summary(self, row):
        return format_html("{} {}", state_pills(row), conflict_pill() if row.clash_id else "")

    @admin.display(description=_("intervention"), ordering="id")
    def title(self, row):
        return format_html('<span class="nowrap">{} · {}</span>', str(row), row.get_kind_display())

    @admin.display(description=_("sites"))
    def where(self, row):
        return sites_of(row)

    @admin.display(description=_("who"), ordering="assigned_company_contact__name")
    def who(self, row):
        return assignee_of(row)

    @admin.display(description=_("when"), ordering="scheduled_start")
    def when_text(self, row):
        return format_html("{} {}", when_cell(row), conflict_pill()) if row.clash_id else when_cell(row)

    @admin.display(description=_("status"), ordering="status")
    def state(self, row):
        return state_pills(row)

    @admin.display(description=_("anomalies done"))
    def done(self, row):
        links = row.links.all()
        return f"{sum(link.provider_action == Did.DONE for link in links)} / {len(links)}" if links else EMPTY

    @admin.display(description=_("kind"))
    def kind_text(self, row):
        if row.routine is None:
            return row.get_kind_display()
        return format_html("{} · {}", row.get_kind_display(), link_to(row.routine))

    @admin.display(description=_("conflicts"))
    def clashes_text(self, row):
        return conflict_links(clashes_of(Source(KIND, row.pk)), row.organization.zone)

    @admin.display(description=_("provider"))
    def provider(self, row):
        return link_to(row.assigned_company_contact)

    @admin.display(description=_("person in charge"))
    def in_charge(self, row):
        return row.assigned_user.full_name if row.assigned_user else EMPTY

    @admin.display(description=_("code PIN"))
    def pin(self, row):
        """What was executed is not begun with it again."""
        number = None if row.execution_id else pin_of(row)
        if number is None:
            return EMPTY
        told = gettext("Told to the provider on site: it proves presence.")
        return format_html('<code class="pin">{}</code> <span class="quiet">{}</span>', str(number), told)

    @admin.display(description=_("started"))
    def began(self, row):
        return local_time(row.actual_start, row.organization.zone)

    @admin.display(description=_("ended"))
    def ended(self, row):
        return local_time(row.actual_end, row.organization.zone)

    @admin.display(description=_("decision"))
    def decision(self, row):
        parts = [local_time(row.verified_at, row.organization.zone)] if row.verified_at else []
        parts += [row.verified_by.full_name] if row.verified_by else []
        return " · ".join([*parts, row.decision_comment] if row.decision_comment else parts) or EMPTY

    @admin.display(description=_("reason of the cancellation"))
    def why_cancelled(self, row):
        return row.cancellation_reason or EMPTY

    @admin.display(description=_("created"))
    def made(self, row):
        by = row.created_by.full_name if row.created_by else ""
        parts = [
            local_time(row.created_at, row.organization.zone),
            by or (gettext("its routine") if row.is_automatic else ""),
        ]
        return " · ".join(part for part in parts if part)


busy_names.register(KIND, "admin:interventions_intervention_change")
