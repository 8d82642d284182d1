from collections.abc import Callable
from datetime import timedelta

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time, pill
from core.admin.filters import OrganizationFilter, people_filter, person_fields
from core.admin.forms import RowForm, RowFormSet, changed_forms
from core.admin.quick_filters import QuickFilter
from core.models import Membership, Role
from core.zones import hours_and_minutes
from scheduling.admin import tones
from scheduling.models import Close, CommunityService
from scheduling.rules import NESTED_DURATIONS
from scheduling.services import closes as services

State = Close.State


class SetState(RowAction):
    """Bring a row into this state by this service, where its check agrees."""

    def __init__(self, state: str, name: str, label, service: Callable, check: Callable):
        self.state, self.name, self.label, self.service, self.rule = state, name, label, service, check

    def check(self, row, user) -> None:
        self.rule(row, self.state)

    def run(self, row, user, values, versions) -> None:
        self.service(row.pk, self.state, versions)


class NestedForm(RowForm):
    duration = forms.TypedChoiceField(
        label=_("Duration"),
        coerce=int,
        choices=[(seconds, hours_and_minutes(seconds)) for seconds in NESTED_DURATIONS],
        initial=NESTED_DURATIONS[0],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stored = self.instance.duration
        if stored and stored not in NESTED_DURATIONS:
            self.fields["duration"].choices = [(stored, hours_and_minutes(stored)), *self.fields["duration"].choices]

    def nested(self) -> services.Nested:
        names = [name for name in self.changed_data if name in ("duration", "occupation")]
        if not self.instance.pk:
            names = ["duration", "occupation"]
        values = {name: self.cleaned_data[name] for name in names}
        return services.Nested(values, self.instance.pk, bool(self.cleaned_data.get("DELETE")))


class CommunityServiceInline(admin.TabularInline):
    """What the close's form says of its services; the close's own service writes it."""

    model = CommunityService
    form = NestedForm
    formset = RowFormSet
    fields = ["duration", "occupation", "date", "state_pill"]
    readonly_fields = ["date", "state_pill"]
    extra = 0
    show_change_link = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization")

    def has_view_permission(self, request, obj=None) -> bool:
        return self._as_the_close("view", request, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return self._as_the_close("change", request, obj)

    has_change_permission = has_add_permission

    def has_delete_permission(self, request, obj=None) -> bool:
        return self._as_the_close("delete", request, obj)

    def _as_the_close(self, right: str, request, close) -> bool:
        return getattr(self.admin_site.get_model_admin(Close), f"has_{right}_permission")(request, close)

    @admin.display(description=_("date"))
    def date(self, row):
        return local_time(row.schedule_at, row.organization.zone) if row.pk else "–"

    @admin.display(description=_("state"))
    def state_pill(self, row):
        return pill(row.get_state_display(), tones.SERVICE[row.state]) if row.pk else "–"


@admin.register(Close)
class ClosesAdmin(OrganizationAdmin):
    inlines = [CommunityServiceInline]
    row_actions = [
        SetState(State.UNCLOSE, "unclose", _("Unclose"), services.set_close_state, services.check_close_state),
        SetState(State.CLOSE, "close", _("Close again"), services.set_close_state, services.check_close_state),
    ]
    fieldsets = [(None, {"fields": ["user", "kind", "reason", "end_at", "closer"]})]
    autocomplete_fields = ["user", "closer"]
    list_display = ["student", "kind_text", "state_pill", "services", "ends", "closer", "created"]
    list_filter = [
        "state",
        "kind",
        ("end_at", admin.EmptyFieldListFilter),
        people_filter("user", _("student")),
        people_filter("closer", _("closed by")),
        OrganizationFilter,
    ]
    date_hierarchy = "created_at"
    search_fields = [*person_fields("user"), "reason", "=id"]
    search_help_text = _("Search by student (login, e-mail, name), reason or number")
    ordering = ["-created_at", "-id"]
    export_columns = [
        "id",
        "organization__name",
        "user__login",
        "kind",
        "state",
        "reason",
        "end_at",
        "closer__login",
        "created_at",
    ]
    quick_filters = [
        QuickFilter("closed", _("Closed now"), lambda rows, request: rows.filter(state=State.CLOSE)),
        QuickFilter("mine", _("Mine"), lambda rows, request: rows.filter(closer=request.user)),
        QuickFilter("ending", _("Ending this week"), lambda rows, request: _ending(rows)),
        QuickFilter("idle", _("Closed without a service"), lambda rows, request: _without_service(rows)),
    ]

    def get_queryset(self, request):
        settled = ~Q(community_services__state=CommunityService.State.SCHEDULE)
        counts = {
            "service_count": Count("community_services"),
            "settled_count": Count("community_services", filter=settled & Q(community_services__isnull=False)),
        }
        return super().get_queryset(request).select_related("user", "closer", "organization").annotate(**counts)

    def get_changeform_initial_data(self, request):
        return {"closer": request.user.pk, **super().get_changeform_initial_data(request)}

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return services.create_close(organization, values, _nested(form))

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return services.update_close(row.pk, values, _nested(form), versions)

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_close(row.pk, versions)

    def narrow_autocomplete(self, request, field_name, queryset):
        role = Role.BASIC_STAFF if field_name == "closer" else Role.STUDENT
        return members(queryset, request, role)

    def summary(self, row):
        parts = [pill(row.get_state_display(), tones.CLOSE[row.state])]
        if hasattr(row, "contest"):
            label = _("Contest: %(state)s") % {"state": row.contest.get_state_display().lower()}
            parts.append(pill(label, tones.CONTEST[row.contest.state]))
        return format_html("{} " * len(parts), *parts)

    @admin.display(description=_("student"), ordering="user__login")
    def student(self, row):
        return row.user

    @admin.display(description=_("kind"), ordering="kind")
    def kind_text(self, row):
        return row.get_kind_display()

    @admin.display(description=_("state"), ordering="state")
    def state_pill(self, row):
        return pill(row.get_state_display(), tones.CLOSE[row.state])

    @admin.display(description=_("services settled"))
    def services(self, row):
        return f"{row.settled_count} / {row.service_count}" if row.service_count else "–"

    @admin.display(description=_("ends"), ordering="end_at")
    def ends(self, row):
        return local_time(row.end_at, row.organization.zone)

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, row):
        return local_time(row.created_at, row.organization.zone)


def members(queryset, request, role: Role):
    """Those of these people who hold this role, or a higher one, where the person asking is staff."""
    places = request.user.organization_ids(Role.BASIC_STAFF)
    held = Membership.objects.filter(organization__in=places, role__in=Role.at_least(role))
    return queryset.filter(pk__in=held.values("user"))


def _nested(form) -> list:
    return [row.nested() for formset in form.formsets for row in changed_forms(formset)]


def _ending(rows):
    now = timezone.now()
    return rows.filter(state=State.CLOSE, end_at__range=(now, now + timedelta(days=7)))


def _without_service(rows):
    return rows.filter(state=State.CLOSE, community_services__isnull=True)
