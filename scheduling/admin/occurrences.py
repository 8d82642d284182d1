"""What became of the occurrences of recurring jobs: what was made, what was left out and why."""

from django.contrib import admin
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.base import BackOfficeAdmin
from core.admin.dashboard import list_url
from core.admin.display import local_time, pill
from core.ids import id_in
from scheduling.models import JobOccurrence, JobRecurrence

Outcome = JobOccurrence.Outcome
TONES: dict[str, str] = {Outcome.MADE: "green", Outcome.SKIPPED: "amber", Outcome.FAILED: "red"}
# So many of the next and of the last stand on the page of their recurring job.
SHOWN = 10


class OfRecurrence(admin.SimpleListFilter):
    """Narrows the list to one recurring job, by a link from its page; not shown otherwise."""

    title = _("recurring job")
    parameter_name = "recurrence"

    def lookups(self, request, model_admin):
        text = self.value() or ""
        if id_in(text) is None:
            return []
        rows = model_admin.admin_site.get_model_admin(JobRecurrence).get_queryset(request)
        return [(text, str(row)) for row in rows.select_related("type", "contact").filter(pk=int(text))]

    def queryset(self, request, queryset):
        # Without a row of that number there is no choice, and Django does not ask.
        return queryset.filter(recurrence=int(self.value())) if self.value() else queryset


@admin.register(JobOccurrence)
class OccurrencesAdmin(BackOfficeAdmin):
    """Read only, and never by itself: the pages of recurring jobs lead here."""

    organization_path = "recurrence__organization"
    delete_role = None
    keeps_deleted = False
    list_display = ["when", "recurrence", "outcome_pill", "reason", "made"]
    list_display_links = None
    list_filter = [OfRecurrence, "outcome"]
    list_select_related = ["recurrence__organization", "recurrence__type", "recurrence__contact", "job"]
    date_hierarchy = "start_at"
    search_fields = ["reason", "job__reference", "recurrence__name"]
    search_help_text = _("Search by reason, reference of the job or name of the recurring job")
    ordering = ["-start_at", "-id"]
    export_columns = ["id", "recurrence__name", "start_at", "outcome", "reason", "job__reference"]
    readonly_fields = list_display
    fields = readonly_fields

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def zone_of(self, row):
        return row.recurrence.organization.zone

    @admin.display(description=_("start"), ordering="start_at")
    def when(self, row):
        return local_time(row.start_at, self.zone_of(row))

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_pill(self, row):
        return outcome_pill(row)

    @admin.display(description=_("job"))
    def made(self, row):
        return job_link(row)


def outcome_pill(row: JobOccurrence):
    return pill(row.get_outcome_display(), TONES[row.outcome])


def job_link(row: JobOccurrence):
    if row.job is None:
        return "–"
    return format_html('<a href="{}">{}</a>', reverse("admin:scheduling_job_change", args=[row.job_id]), row.job)


def around_now(recurrence: JobRecurrence) -> dict:
    """For its page: `occurrences`, the next and the last ones, the latest first; how many there are; their list."""
    rows, now, zone = recurrence.occurrences.select_related("job"), timezone.now(), recurrence.organization.zone
    coming = rows.filter(start_at__gte=now).order_by("start_at")[:SHOWN]
    past = rows.filter(start_at__lt=now).order_by("-start_at")[:SHOWN]
    shown = [
        {
            "when": local_time(row.start_at, zone),
            "outcome": outcome_pill(row),
            "reason": row.reason,
            "job": job_link(row),
        }
        for row in (*reversed(coming), *past)
    ]
    url = list_url("scheduling_joboccurrence", recurrence=recurrence.pk)
    return {"occurrences": shown, "occurrence_count": recurrence.occurrences.count(), "occurrences_url": url}
