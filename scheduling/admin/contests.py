from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time, pill
from core.admin.filters import OrganizationFilter, person_fields
from core.admin.quick_filters import QuickFilter
from scheduling.admin import tones
from scheduling.models import Contest
from scheduling.services import contests as services

State = Contest.State


class DecisionForm(forms.Form):
    comment = Contest._meta.get_field("comment").formfield(
        label=_("Comment"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The student reads it in the e-mail that tells of the decision."),
    )


class Decide(RowAction):
    form_class = DecisionForm

    def __init__(self, accept: bool, name: str, label):
        self.accept, self.name, self.label = accept, name, label

    def check(self, row, user) -> None:
        services.check_decide(row, user)

    def run(self, row, user, values, versions) -> None:
        services.decide_contest(row.pk, user, self.accept, values["comment"], versions)


@admin.register(Contest)
class ContestsAdmin(OrganizationAdmin):
    """Read, and decided by somebody else than the author of the close."""

    row_actions = [Decide(True, "accept", _("Accept")), Decide(False, "refuse", _("Refuse"))]
    fields = ["close", "text", "state_pill", "decided_by", "decided", "comment"]
    readonly_fields = fields
    delete_role = None
    list_display = ["title", "student", "excerpt", "state_pill", "decided_by", "created"]
    list_filter = ["state", "created_at", OrganizationFilter]
    list_select_related = ["close__user", "close__closer", "decided_by", "organization"]
    date_hierarchy = "created_at"
    search_fields = [*person_fields("close__user"), "text", "=id"]
    search_help_text = _("Search by student, text or number")
    ordering = ["-id"]
    export_columns = [
        "id",
        "organization__name",
        "close__user__login",
        "text",
        "state",
        "decided_by__login",
        "decided_at",
        "comment",
    ]
    quick_filters = [QuickFilter("pending", _("To decide"), lambda rows, request: rows.filter(state=State.PENDING))]

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def get_fieldsets(self, request, obj=None):
        return [(None, {"fields": self.fields})]

    @admin.display(description=_("contest"), ordering="id")
    def title(self, row):
        return format_html("{} · {}", f"#{row.pk}", row.close.get_kind_display())

    @admin.display(description=_("student"), ordering="close__user__login")
    def student(self, row):
        return row.close.user

    @admin.display(description=_("objection"))
    def excerpt(self, row):
        return row.text if len(row.text) <= 60 else f"{row.text[:59]}…"

    @admin.display(description=_("state"), ordering="state")
    def state_pill(self, row):
        return pill(row.get_state_display(), tones.CONTEST[row.state])

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, row):
        return local_time(row.created_at, row.organization.zone)

    @admin.display(description=_("decided"), ordering="decided_at")
    def decided(self, row):
        return local_time(row.decided_at, row.organization.zone)
