from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.banners import Banner
from core.admin.base import OrganizationAdmin
from core.admin.dashboard import list_url
from core.admin.display import EMPTY, local_time, pill
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from scheduling.admin.options import OptionsShown
from scheduling.admin.periods import in_words
from scheduling.admin.reference import with_organization
from scheduling.minutes import WEEK
from svctasks.admin import backfilling, intervals
from svctasks.admin.display import how_often, run_url, state_pill, task_state
from svctasks.admin.task_actions import ACTIONS
from svctasks.admin.task_form import ServiceTaskForm
from svctasks.admin.task_page import next_text, page_of, runs_of
from svctasks.models import WENT_WRONG, ServiceRun, ServiceTask
from svctasks.services import tasks as services
from svctasks.services.tasks import FIXED

Schedule = ServiceTask.Schedule
MISHAPS = ["overlap", "misfire_seconds", "retries", "pause_after"]
LATEST = ServiceRun.objects.filter(task=OuterRef("pk")).order_by("-due_at", "-id")
# How whoever only reads is shown what the form has in words.
SHOWN = {"interval_seconds": "often", "misfire_seconds": "patience_text", "periods": "own_week", "sites": "site_list"}


def _latest(what: str | Coalesce) -> Subquery:
    return Subquery(LATEST.values_list(what)[:1])


@admin.register(ServiceTask)
class ServiceTasksAdmin(OptionsShown, OrganizationAdmin):
    """What came with the product is re-timed, and never deleted."""

    form = ServiceTaskForm
    row_actions = ACTIONS
    change_form_template = "admin/svctasks/task_form.html"
    counted_with_row = "runs"
    list_display = ["name", "script", "often_text", "state", "last_result", "next_run"]
    list_filter = ["is_enabled", "is_system", "schedule", related_filter("script", _("script")), OrganizationFilter]
    list_select_related = ["organization", "script"]
    search_fields = ["name", "script__code", "script__name", "=id"]
    search_help_text = _("Search by name, script or number")
    ordering = ["name", "id"]
    export_columns = ["id", "organization__name", "name", "script__code", "is_enabled", "is_regular"]
    export_columns += ["interval_seconds", "starts_at", "stops_at", "schedule", "site_mode", "wake_at"]
    quick_filters = [
        QuickFilter("enabled", _("Enabled"), lambda rows, request: rows.filter(is_enabled=True)),
        QuickFilter("off", _("Switched off"), lambda rows, request: rows.filter(is_enabled=False, is_spent=False)),
        QuickFilter("failing", _("Failing"), lambda rows, request: rows.filter(last_state__in=WENT_WRONG)),
        QuickFilter("problems", _("With a problem"), lambda rows, request: rows.exclude(problem="")),
        QuickFilter("own", _("Our own"), lambda rows, request: rows.filter(is_system=False)),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organization", "script")
        last = {f"last_{name}": _latest(name) for name in ("id", "state")}
        # Of several that were skipped alike, the last one.
        return rows.annotate(**last, last_moment=_latest(Coalesce("last_due_at", "due_at")))

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_system)

    # The form

    def get_fieldsets(self, request, obj=None):
        sets = [
            (None, {"fields": ["name", "script", *([] if obj else ["is_enabled"])]}),
            (_("When"), {"fields": ["is_regular", "interval_seconds", "clock", "starts_at", "stops_at"]}),
            (_("Within"), {"fields": ["schedule", "periods"]}),
            (_("Where"), {"fields": ["site_mode", "sites"], "classes": ["collapse"]}),
            (_("When all does not go well"), {"fields": MISHAPS, "classes": ["collapse"]}),
            (_("Notes"), {"fields": ["title", "comment"], "classes": ["collapse"]}),
        ]
        if obj and not self.has_change_permission(request, obj):
            for _title, options in sets:
                options["fields"] = [SHOWN.get(name, name) for name in options["fields"]]
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return ["organization", *SHOWN.values(), *(sorted(FIXED) if obj.is_system else [])]

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return services.create_task(organization, form.with_options(values))

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return services.update_task(row.pk, form.with_options(values), versions)

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_task(row.pk, versions)

    def render_change_form(self, request, context, **kwargs):
        task = context["original"]
        if task:
            context |= page_of(task)
            context["runs_url"] = reverse("admin:svctasks_servicetask_runs", args=[task.pk])
            if backfilling.is_open_to(self, request, task):
                context["backfill_url"] = reverse("admin:svctasks_servicetask_backfill", args=[task.pk])
        return super().render_change_form(request, context, **kwargs)

    def summary(self, row):
        parts = [task_state(row), how_often(row)]
        if row.is_enabled:
            parts.append(gettext("next: %(moment)s") % {"moment": next_text(row)})
        if row.is_system:
            parts.append(pill(gettext("Came with the product"), "blue"))
        return format_html(" · ".join(["{}"] * len(parts)), *parts)

    # Pages of its own

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/runs/", wrap(self.runs_view), name=self._url_name("runs")),
            path("<int:pk>/backfill/", wrap(self.backfill_view), name=self._url_name("backfill")),
            *super().get_urls(),
        ]

    def runs_view(self, request, pk: int):
        """The latest runs alone, for the page that follows them."""
        return HttpResponse(runs_of(self._row_or_404(request, pk)))

    def backfill_view(self, request, pk: int):
        return backfilling.page(self, request, self._row_or_404(request, pk))

    def changelist_view(self, request, extra_context=None):
        off = self.get_queryset(request).filter(is_system=True, is_enabled=False).order_by().values_list("name")
        names = sorted({name for (name,) in off})
        url = list_url("svctasks_servicetask", is_system__exact=1, quick="off")
        text = _("Switched off, though the product needs them: %(tasks)s") % {"tasks": ", ".join(names)}
        banners = [Banner(text, "warning", url)] if names else []
        return super().changelist_view(request, {"own_banners": banners, **(extra_context or {})})

    def _press(self, request, action, row, form):
        """What was run now is shown at once, where it is one run."""
        response = super()._press(request, action, row, form)
        if action.name != "run_now" or not isinstance(response, HttpResponseRedirect):
            return response
        latest = list(row.runs.active().filter(cause=ServiceRun.Cause.BY_HAND).order_by("-id")[:2])
        is_one = latest and (len(latest) == 1 or latest[0].due_at != latest[1].due_at)
        return HttpResponseRedirect(run_url(latest[0].pk)) if is_one else response

    # Columns

    @admin.display(description=_("interval"), ordering="interval_seconds")
    def often_text(self, row):
        return how_often(row)

    often = often_text

    @admin.display(description=_("state"), ordering="is_enabled")
    def state(self, row):
        return task_state(row)

    @admin.display(description=_("last result"), ordering="last_moment")
    def last_result(self, row):
        if row.last_id is None:
            return EMPTY
        when = local_time(row.last_moment, row.organization.zone)
        return format_html(
            '{} <a class="nowrap" href="{}">{}</a>', state_pill(row.last_state), run_url(row.last_id), when
        )

    @admin.display(description=_("next run"), ordering="wake_at")
    def next_run(self, row):
        if row.wake_at is None or row.problem:
            return EMPTY
        if row.schedule not in (Schedule.WORK, Schedule.NON_WORK):
            return next_text(row)
        # The working hours of each row would cost queries of their own; its page has them.
        condition = (
            gettext("if within working hours") if row.schedule == Schedule.WORK else gettext("if outside working hours")
        )
        moment = local_time(row.wake_at, row.organization.zone)
        return format_html('<span class="nowrap">{}</span> <span class="quiet">{}</span>', moment, condition)

    @admin.display(description=_("may be late by"))
    def patience_text(self, row):
        return EMPTY if row.misfire_seconds is None else intervals.in_words(row.misfire_seconds)

    @admin.display(description=_("own periods"))
    def own_week(self, row):
        return "; ".join(in_words(row.periods, WEEK)) if isinstance(row.periods, list) and row.periods else EMPTY

    @admin.display(description=_("sites"))
    def site_list(self, row):
        return ", ".join(map(str, row.sites)) or EMPTY
