from datetime import timedelta

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.access import sent_row
from core.admin.actions import RowAction
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time, pill
from core.admin.filters import OrganizationFilter, people_filter, person_fields
from core.admin.quick_filters import QuickFilter
from core.models import Role
from core.zones import hours_and_minutes
from scheduling.admin import tones
from scheduling.admin.closes import SetState, members
from scheduling.admin.job_display import conflict_links
from scheduling.admin.service_form import CommunityServiceForm
from scheduling.models import Close, CommunityService
from scheduling.services import community_services as services
from scheduling.services import student_time
from scheduling.services.busy import Source
from scheduling.services.clashes import clashes_of

State = CommunityService.State


class ResendEmail(RowAction):
    name = "resend"
    label = _("Send the e-mail again")

    def check(self, row, user) -> None:
        services.check_resend(row)

    def run(self, row, user, values, versions) -> None:
        services.resend_assignment(row.pk, versions)


class MakeUpForm(forms.Form):
    reason = CommunityService._meta.get_field("make_up_reason").formfield(
        required=True,
        label=_("Reason"),
        help_text=_("The missed service is invalidated, and the next one is assigned with this reason."),
    )


class MakeUp(RowAction):
    name = "make_up"
    label = _("Make up")
    form_class = MakeUpForm

    def check(self, row, user) -> None:
        services.check_make_up(row)

    def run(self, row, user, values, versions) -> None:
        services.make_up(row.pk, values["reason"], versions)


class LateFilter(admin.SimpleListFilter):
    title = _("date")
    parameter_name = "dated"

    def lookups(self, request, model_admin):
        return [("yes", _("With a date")), ("no", _("Without a date")), ("late", _("Overdue"))]

    def queryset(self, request, queryset):
        if self.value() == "late":
            return queryset.overdue()
        return queryset.filter(schedule_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(CommunityService)
class CommunityServicesAdmin(OrganizationAdmin):
    form = CommunityServiceForm
    row_actions = [
        SetState(State.VALIDATED, "validate", _("Validate"), services.judge_community_service, services.check_judge),
        SetState(
            State.INVALIDATED, "invalidate", _("Invalidate"), services.judge_community_service, services.check_judge
        ),
        MakeUp(),
        ResendEmail(),
    ]
    fieldsets = [(None, {"fields": ["close", "occupation", "duration", "schedule_at", "supervisor"]})]
    autocomplete_fields = ["close", "supervisor"]
    list_display = ["title", "student", "misses", "when", "length", "state_pill", "supervisor", "created"]
    list_filter = [
        "state",
        LateFilter,
        "schedule_at",
        "close__kind",
        people_filter("close__user", _("student")),
        people_filter("supervisor", _("supervisor")),
        OrganizationFilter,
    ]
    list_select_related = ["close__user", "supervisor", "organization", "made_up_by"]
    date_hierarchy = "schedule_at"
    search_fields = ["occupation", *person_fields("close__user"), *person_fields("supervisor"), "=id"]
    search_help_text = _("Search by occupation, student, supervisor or number")
    ordering = ["-created_at", "-id"]
    export_columns = [
        "id",
        "organization__name",
        "close__user__login",
        "close__kind",
        "occupation",
        "duration",
        "schedule_at",
        "state",
        "supervisor__login",
        "created_at",
    ]
    quick_filters = [
        QuickFilter("today", _("Today"), lambda rows, request: on_day(rows, timezone.localdate())),
        QuickFilter("week", _("Next 7 days"), lambda rows, request: _coming(rows)),
        QuickFilter("overdue", _("Overdue"), lambda rows, request: rows.overdue()),
        QuickFilter("undated", _("Undated"), lambda rows, request: rows.undated()),
        QuickFilter("unassigned", _("Unassigned"), lambda rows, request: unassigned(rows)),
        QuickFilter("clashes", _("Clashes"), lambda rows, request: rows.exclude(clashes=None)),
        QuickFilter("mine", _("Mine"), lambda rows, request: rows.filter(supervisor=request.user)),
    ]

    def get_changeform_initial_data(self, request):
        return {"supervisor": request.user.pk, **super().get_changeform_initial_data(request)}

    def place_to_add(self, request):
        closes = self.admin_site.get_model_admin(Close).get_queryset(request).select_related("organization")
        named = sent_row(request, "organization", self.organizations_of(request))
        close = None if named else sent_row(request, "close", closes)
        return close.organization if close else super().place_to_add(request)

    def create_row(self, request, values, form):
        close = values.get("close")
        organization = values.pop("organization", None) or (close.organization if close else None)
        return services.create_community_service(organization or self.organization_for(request, values), values)

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return services.update_community_service(row.pk, values, versions)

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_community_service(row.pk, versions)

    def narrow_autocomplete(self, request, field_name, queryset):
        return members(queryset, request, Role.BASIC_STAFF)

    def summary(self, row):
        parts = [pill(row.get_state_display(), tones.SERVICE[row.state])]
        if row.makes_up_id:
            text = _("Makes up for #%(pk)s: %(reason)s") % {"pk": row.makes_up_id, "reason": row.make_up_reason}
            parts.append(text)
        if hasattr(row, "made_up_by"):
            parts.append(_("Made up by #%(pk)s") % {"pk": row.made_up_by.pk})
        if clashes := clashes_of(Source(student_time.KIND, row.pk)):
            parts += [pill(_("At the same time"), "red"), conflict_links(clashes, row.organization.zone)]
        return format_html("{} " * len(parts), *parts)

    def get_queryset(self, request):
        return student_time.with_clashes(super().get_queryset(request).with_misses())

    @admin.display(description=_("misses"), ordering="misses")
    def misses(self, row):
        return row.misses or "–"

    @admin.display(description=_("service"), ordering="id")
    def title(self, row):
        return str(row)

    @admin.display(description=_("student"), ordering="close__user__login")
    def student(self, row):
        return row.close.user if row.close else None

    @admin.display(description=_("date"), ordering="schedule_at")
    def when(self, row):
        text = local_time(row.schedule_at, row.organization.zone)
        late = row.state == State.SCHEDULE and row.schedule_at and row.schedule_at < timezone.now()
        shown = format_html('<span class="late">{}</span>', text) if late else text
        return format_html("{} {}", shown, pill(_("At the same time"), "red")) if row.clashes else shown

    @admin.display(description=_("duration"), ordering="duration")
    def length(self, row):
        return hours_and_minutes(row.duration)

    @admin.display(description=_("state"), ordering="state")
    def state_pill(self, row):
        return pill(row.get_state_display(), tones.SERVICE[row.state])

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, row):
        return local_time(row.created_at, row.organization.zone)


def on_day(rows, day):
    """Of this local day (in the current zone)."""
    return rows.filter(schedule_at__date=day)


def unassigned(rows):
    """Scheduled, but nobody is to do it, or nobody supervises."""
    open_rows = rows.filter(state=State.SCHEDULE)
    return open_rows.filter(close=None) | open_rows.filter(supervisor=None)


def _coming(rows):
    now = timezone.now()
    return rows.filter(state=State.SCHEDULE, schedule_at__range=(now, now + timedelta(days=7)))
