from datetime import time

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.base import OrganizationAdmin
from core.admin.display import EMPTY, local_time
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from core.zones import local_moment
from svctasks.admin.display import due, outcome, result_text, run_pill, task_url, took
from svctasks.models import ACTIVE, WENT_WRONG, RunState, ServiceRun
from svctasks.services import running

FIELDS = ["task_link", "due_text", "site_text", "cause_text", "written"]


def failed_today(rows):
    """By the day of whoever looks."""
    start = local_moment(timezone.localdate(), time(0), timezone.get_current_timezone())
    return rows.filter(state__in=WENT_WRONG, finished_at__gte=start)


class Cancel(RowAction):
    """What waits ends at once, what runs when it next reports."""

    name = "cancel"
    label = _("Cancel")
    tone = "danger"

    def check(self, row, user) -> None:
        running.check_cancel(row)

    def run(self, row, user, values, versions) -> None:
        running.cancel_run(row.pk)


def _in_state(*states):
    return lambda rows, request: rows.filter(state__in=states)


@admin.register(ServiceRun)
class RunsAdmin(OrganizationAdmin):
    """Read only: what became of each due moment."""

    row_actions = [Cancel()]
    delete_role = None
    keeps_deleted = False
    change_form_template = "admin/svctasks/run_form.html"
    list_display = ["due_text", "task", "state_text", "site_text", "cause_text", "took_text", "told"]
    list_filter = ["state", "cause", "reason", related_filter("task", _("task")), "due_at", OrganizationFilter]
    list_select_related = ["organization", "task"]
    date_hierarchy = "due_at"
    search_fields = ["task__name", "site", "error", "=id"]
    search_help_text = _("Search by task, site, error or number")
    ordering = ["-due_at", "-id"]
    export_columns = ["id", "organization__name", "task__name", "due_at", "last_due_at", "count", "site", "cause"]
    export_columns += ["state", "reason", "started_at", "finished_at", "attempt", "error"]
    quick_filters = [
        QuickFilter("active", _("Active"), _in_state(*ACTIVE)),
        QuickFilter("failed_today", _("Failed today"), lambda rows, request: failed_today(rows)),
        QuickFilter("failed", _("Failed"), _in_state(*WENT_WRONG)),
        QuickFilter("skipped", _("Skipped"), _in_state(RunState.SKIPPED)),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization", "task")

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
        view = self.admin_site.admin_view(self.live_view)
        return [path("<int:pk>/live/", view, name=self._url_name("live")), *super().get_urls()]

    def live_view(self, request, pk: int):
        """Where it stands, for the page that follows it."""
        return HttpResponse(_live(self._row_or_404(request, pk)))

    def render_change_form(self, request, context, **kwargs):
        run = context["original"]
        context["live"] = _live(run)
        context["live_url"] = reverse("admin:svctasks_servicerun_live", args=[run.pk])
        context["is_active"] = run.state in ACTIVE
        return super().render_change_form(request, context, **kwargs)

    def name_of(self, row) -> str:
        return f"{row.task} · {due(row)}"

    # Columns

    @admin.display(description=_("due"), ordering="due_at")
    def due_text(self, row):
        # A span of days may break at its dash: what came of it needs the room.
        return due(row) if row.count > 1 else format_html('<span class="nowrap">{}</span>', due(row))

    @admin.display(description=_("task"))
    def task_link(self, row):
        return format_html('<a href="{}">{}</a>', task_url(row.task_id), row.task)

    @admin.display(description=_("state"), ordering="state")
    def state_text(self, row):
        return run_pill(row)

    @admin.display(description=_("site"), ordering="site")
    def site_text(self, row):
        return row.site or EMPTY

    @admin.display(description=_("cause"), ordering="cause")
    def cause_text(self, row):
        return row.get_cause_display()

    @admin.display(description=_("took"))
    def took_text(self, row):
        return format_html('<span class="nowrap">{}</span>', took(row))

    @admin.display(description=_("what came of it"))
    def told(self, row):
        return outcome(row) or EMPTY

    @admin.display(description=_("written"))
    def written(self, row):
        return local_time(row.created_at, row.organization.zone)


def _live(run: ServiceRun) -> str:
    """As HTML: its state, how far it is, what it says."""
    zone = run.organization.zone
    context = {
        "run": run,
        "state": run_pill(run),
        "reason": outcome(run) if run.state == RunState.SKIPPED else "",
        "is_active": run.state in ACTIVE,
        "is_running": run.state == RunState.RUNNING,
        "started": local_time(run.started_at, zone),
        "finished": local_time(run.finished_at, zone),
        "took": took(run),
        "result": result_text(run),
    }
    return render_to_string("admin/svctasks/run_live.html", context)
