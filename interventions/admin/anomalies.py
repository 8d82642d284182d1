from django.contrib import admin
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.base import OrganizationAdmin
from core.admin.display import EMPTY, local_time
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from interventions.admin.anomaly_actions import ACTIONS, plan_visit, visit_url
from interventions.admin.display import (
    LABEL,
    anomaly_pill,
    decided_pill,
    did_pill,
    due,
    link_to,
    risk_pill,
    status_pill,
    when,
)
from interventions.models import Anomaly, AnomalyStatus, InterventionAnomaly
from interventions.services import anomalies as services
from scheduling.admin.reference import with_organization

COURSE = ["due", "reported_by", "report"]
RESOLVED = ["resolved", "resolved_by", "resolved_comment"]
# Quick filters of what has a day by which it must be done.
SOONEST_FIRST = {"uncovered", "overdue"}
HOLDING = Prefetch(
    "links", InterventionAnomaly.objects.filter(is_holding=True).select_related("intervention"), to_attr="holding"
)


@admin.register(Anomaly)
class AnomaliesAdmin(OrganizationAdmin):
    """Reported, resolved, archived; never deleted. One intervention is made of those that are ticked."""

    row_actions = ACTIONS
    delete_role = None
    keeps_deleted = False
    change_form_template = "admin/interventions/anomaly_form.html"
    autocomplete_fields = ["site"]
    list_display = ["title_text", "site", "kind_text", "risk_text", "status_text", "due_text", "held_by", "observed"]
    list_filter = [
        "status",
        "risk",
        "kind",
        related_filter("site", _("site")),
        "observed_at",
        OrganizationFilter,
    ]
    date_hierarchy = "observed_at"
    search_fields = ["title", "description", "location", "site__name", "reporter", "=number", "=id"]
    search_help_text = _("Search by title, description, place, reporter or number (A-00012)")
    ordering = ["-id"]
    export_columns = [
        "id",
        "organization__name",
        "number",
        "kind",
        "title",
        "site__name",
        "location",
        "risk",
        "status",
        "observed_at",
        "due_at",
        "resolved_at",
        "resolved_comment",
    ]
    quick_filters = [
        QuickFilter("uncovered", _("Without an intervention"), lambda rows, request: rows.uncovered()),
        QuickFilter("overdue", _("Overdue"), lambda rows, request: rows.overdue()),
        QuickFilter("came_back", _("Came back"), lambda rows, request: rows.came_back()),
        QuickFilter("unresolved", _("Unresolved"), lambda rows, request: rows.unresolved()),
        QuickFilter("to_review", _("To review"), lambda rows, request: _in_status(rows, AnomalyStatus.TO_REVIEW)),
        QuickFilter("resolved", _("Resolved"), lambda rows, request: _in_status(rows, AnomalyStatus.RESOLVED)),
        QuickFilter("archived", _("Archived"), lambda rows, request: rows.exclude(archived_at=None)),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organization", "site")
        return rows.prefetch_related(HOLDING)

    def get_ordering(self, request):
        return ["due_at", "id"] if request.GET.get("quick") in SOONEST_FIRST else self.ordering

    def get_search_results(self, request, queryset, search_term):
        rows, distinct = super().get_search_results(request, queryset, LABEL.sub(r"\1", search_term))
        # A form's choice: for a new intervention.
        return (rows.uncovered() if "field_name" in request.GET else rows), distinct

    def get_actions(self, request) -> dict:
        actions = super().get_actions(request)
        if not self.has_change_permission(request):
            return actions
        return {"plan_visit": (plan_visit, "plan_visit", _("Make an intervention of these")), **actions}

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.archived_at)

    # The form

    def get_fieldsets(self, request, obj=None):
        sets = [
            (None, {"fields": ["title", "site", "location", "risk", "description"]}),
            (_("When"), {"fields": ["observed_at", "resolution_delay"]}),
            (_("More"), {"fields": ["reporter", "already_reported", "comment"]}),
            *([(_("Course"), {"fields": [*COURSE, *(RESOLVED if obj.is_resolved else [])]})] if obj else []),
        ]
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        return ["organization", *COURSE, *RESOLVED] if obj else []

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return services.report_observation(organization, values, reported_by=request.user)

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return services.update_anomaly(row.pk, values, versions)

    def get_changeform_initial_data(self, request):
        now = timezone.now().replace(second=0, microsecond=0)
        return {"observed_at": now, **super().get_changeform_initial_data(request)}

    def render_change_form(self, request, context, **kwargs):
        anomaly = context["original"]
        if anomaly:
            context["visits"] = _visits(anomaly)
            is_free = anomaly.status == AnomalyStatus.OPEN and self.has_change_permission(request, anomaly)
            context["visit_url"] = visit_url([anomaly]) if is_free else ""
        return super().render_change_form(request, context, **kwargs)

    def summary(self, row):
        return format_html("{} {}", anomaly_pill(row), risk_pill(row))

    def choice_text(self, row) -> str:
        return f"{row} · {row.site}"

    # Columns

    @admin.display(description=_("anomaly"), ordering="number")
    def title_text(self, row):
        return str(row)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_text(self, row):
        return row.get_kind_display()

    @admin.display(description=_("risk"))
    def risk_text(self, row):
        return risk_pill(row)

    @admin.display(description=_("status"), ordering="status")
    def status_text(self, row):
        return anomaly_pill(row)

    @admin.display(description=_("due"), ordering="due_at")
    def due_text(self, row):
        return due(row)

    due = due_text

    @admin.display(description=_("intervention"))
    def held_by(self, row):
        return link_to(row.holding[0].intervention) if row.holding else EMPTY

    @admin.display(description=_("observed"), ordering="observed_at")
    def observed(self, row):
        return local_time(row.observed_at, row.organization.zone)

    @admin.display(description=_("resolved"))
    def resolved(self, row):
        return local_time(row.resolved_at, row.organization.zone)


def _in_status(rows, status: AnomalyStatus):
    return rows.in_use().filter(status=status)


def _visits(anomaly: Anomaly) -> str:
    """The interventions that it was in, the latest first, and what each did about it."""
    links = anomaly.links.select_related("intervention__organization", "intervention__assigned_company_contact")
    lines = [
        {
            "link": link_to(link.intervention),
            "when": when(link.intervention),
            "status": status_pill(link.intervention),
            "did": did_pill(link),
            "comment": link.comment,
            "decided": decided_pill(link),
        }
        for link in links.order_by("-intervention_id")
    ]
    return render_to_string("admin/interventions/visits.html", {"lines": lines})
