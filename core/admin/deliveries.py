from django.contrib import admin
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.base import BackOfficeAdmin
from core.admin.display import EMPTY, local_time
from core.admin.filters import related_filter
from core.admin.quick_filters import QuickFilter
from core.admin.webhook_display import (
    about,
    about_link,
    envelope_text,
    error_of,
    next_try,
    outcome,
    place_of,
    state_pill,
)
from core.models import Role, WebhookDelivery
from core.webhooks import services
from core.webhooks.envelope import event_id

State = WebhookDelivery.State
FIELDS = [
    "webhook_link",
    "kind",
    "entity",
    "number",
    "state_shown",
    "tries",
    "due",
    "until_shown",
    "written",
    "arrived",
]


class SendAgain(RowAction):
    """At once, with the same id, so that its receiver knows it."""

    name = "send_again"
    label = _("Send again")
    role = Role.ADVANCED_STAFF

    def check(self, row, user) -> None:
        services.check_replay(row)

    def run(self, row, user, values, versions) -> None:
        services.replay(row)


def _in_state(*states):
    return lambda rows, request: rows.filter(state__in=states)


@admin.register(WebhookDelivery)
class DeliveriesAdmin(BackOfficeAdmin):
    """Read only: what was or will be sent, and what came of it."""

    organization_path = "webhook__organization"
    view_role = add_role = change_role = Role.ADVANCED_STAFF
    delete_role = None
    keeps_deleted = False
    row_actions = [SendAgain()]
    change_form_template = "admin/webhook_delivery.html"
    list_display = ["about_text", "place", "state_shown", "tries", "due", "outcome_text", "written"]
    list_filter = ["state", related_filter("webhook", _("webhook")), "created_at"]
    search_fields = ["=event__entity_id", "event__kind", "error", "=id"]
    search_help_text = _("Search by type, number of the row, error or number")
    ordering = ["-id"]
    export_columns = ["id", "webhook__url", "event__uuid", "event__kind", "event__entity_id", "state", "attempts"]
    export_columns += ["due_at", "created_at", "delivered_at", "answer_status", "error"]
    quick_filters = [
        QuickFilter("waiting", _("Waiting"), _in_state(State.QUEUED, State.SENDING)),
        QuickFilter("failed", _("Failed"), _in_state(State.FAILED)),
        QuickFilter("delivered", _("Delivered"), _in_state(State.DELIVERED)),
    ]
    fields = readonly_fields = FIELDS

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("webhook__organization", "event")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def zone_of(self, row):
        return row.webhook.organization.zone

    def name_of(self, row) -> str:
        return f"{about(row.event)} → {place_of(row.webhook)}"

    def _form_context(self, request, context) -> dict:
        row = context["original"]
        told = {"envelope": envelope_text(row.event), "error": error_of(row)}
        return {**super()._form_context(request, context), **told}

    # Columns

    @admin.display(description=_("event"), ordering="event_id")
    def about_text(self, row):
        return about(row.event)

    @admin.display(description=_("webhook"))
    def place(self, row):
        return place_of(row.webhook)

    @admin.display(description=_("webhook"))
    def webhook_link(self, row):
        url = reverse("admin:core_webhook_change", args=[row.webhook_id])
        return format_html('<a href="{}">{}</a>', url, place_of(row.webhook))

    @admin.display(description=_("type"))
    def kind(self, row):
        return row.event.kind

    @admin.display(description=_("about"))
    def entity(self, row):
        return about_link(row.event)

    @admin.display(description=_("id of the message"))
    def number(self, row):
        return format_html("<code>{}</code>", event_id(row.event))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, row):
        return state_pill(row.state)

    @admin.display(description=_("tries"), ordering="attempts")
    def tries(self, row):
        return row.attempts

    @admin.display(description=_("next try"), ordering="due_at")
    def due(self, row):
        return format_html('<span class="nowrap">{}</span>', next_try(row, self.zone_of(row)))

    @admin.display(description=_("tried until"))
    def until_shown(self, row):
        return local_time(row.until, self.zone_of(row))

    @admin.display(description=_("what came of it"))
    def outcome_text(self, row):
        return outcome(row)

    @admin.display(description=_("written"), ordering="id")
    def written(self, row):
        return format_html('<span class="nowrap">{}</span>', local_time(row.created_at, self.zone_of(row)))

    @admin.display(description=_("delivered"))
    def arrived(self, row):
        return local_time(row.delivered_at, self.zone_of(row)) if row.delivered_at else EMPTY
