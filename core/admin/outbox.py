from django.contrib import admin
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from core.admin import dashboard, navigation
from core.admin.actions import RowAction
from core.admin.base import BackOfficeAdmin
from core.admin.display import EMPTY, local_time, pill
from core.admin.filters import person_fields
from core.admin.quick_filters import QuickFilter
from core.mail import OWN_ERRORS, RenderError, cancel, check_cancel, check_resend, preview, resend, title_of
from core.models import OutboxMessage, Role

State = OutboxMessage.State
TONES = {
    State.QUEUED: "blue",
    State.SENDING: "amber",
    State.SENT: "green",
    State.FAILED: "red",
    State.CANCELLED: "grey",
    State.CAPTURED: "amber",
}
# What a mail may hold: its own styles, no script, nothing from elsewhere; shown in a frame of this site alone.
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


class Resend(RowAction):
    name = "resend"
    label = _("Send again")

    def check(self, row, user) -> None:
        check_resend(row)

    def run(self, row, user, values, versions) -> None:
        resend(row)


class Cancel(RowAction):
    name = "cancel"
    label = _("Cancel")
    tone = "danger"

    def check(self, row, user) -> None:
        check_cancel(row)

    def run(self, row, user, values, versions) -> None:
        cancel(row)


class KindFilter(admin.SimpleListFilter):
    """By what the message is, as staff read it in the list; the kinds that the visible messages have."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        rows = model_admin.visible_to(OutboxMessage.objects.order_by(), request.user)
        kinds = rows.values_list("kind", flat=True).distinct()
        return sorted(((kind, title_of(kind)) for kind in kinds), key=lambda choice: choice[1])

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _in_state(*states):
    return lambda rows, request: rows.filter(state__in=states)


@admin.register(OutboxMessage)
class OutboxAdmin(BackOfficeAdmin):
    """Read only: what was written, sent, refused, and what it says."""

    row_actions = [Resend(), Cancel()]
    delete_role = None
    keeps_deleted = False
    list_display = ["kind_text", "address", "recipient", "state_pill", "attempts", "error_text", "created"]
    list_filter = ["state", KindFilter, "created_at"]
    list_select_related = ["recipient", "organization"]
    date_hierarchy = "created_at"
    search_fields = ["address", *person_fields("recipient"), "subject"]
    search_help_text = _("Search by address, person or subject")
    export_columns = ["id", "kind", "address", "state", "attempts", "error", "created_at", "sent_at"]
    quick_filters = [
        QuickFilter("waiting", _("Waiting"), _in_state(State.QUEUED, State.SENDING)),
        QuickFilter("failed", _("Failed"), _in_state(State.FAILED)),
        QuickFilter("sent", _("Sent"), _in_state(State.SENT)),
        QuickFilter("captured", _("Captured"), _in_state(State.CAPTURED)),
    ]
    change_form_template = "admin/outbox_message.html"
    readonly_fields = [
        "kind_text",
        "state_pill",
        "address",
        "recipient",
        "attempts",
        "whole_error",
        "due",
        "created",
        "sent",
    ]
    fields = readonly_fields

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def get_urls(self):
        view = self.admin_site.admin_view(self.html_view)
        return [path("<int:pk>/html/", view, name="core_outboxmessage_html"), *super().get_urls()]

    @method_decorator(xframe_options_sameorigin)
    def html_view(self, request, pk: int):
        """The mail's HTML for the preview's frame, which runs no script and loads nothing."""
        row = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        message = row and _preview(row)[0]
        if not message or not message.html:
            raise Http404
        return HttpResponse(message.html, headers={"Content-Security-Policy": MAIL_POLICY, "Cache-Control": "no-store"})

    def name_of(self, row) -> str:
        return f"{title_of(row.kind)} → {row.address}"

    def _form_context(self, request, context) -> dict:
        message, problem = _preview(context["original"])
        return {**super()._form_context(request, context), "message": message, "problem": problem}

    @admin.display(description=_("kind"), ordering="kind")
    def kind_text(self, row):
        return title_of(row.kind)

    @admin.display(description=_("state"), ordering="state")
    def state_pill(self, row):
        return pill(row.get_state_display(), TONES[row.state])

    @admin.display(description=_("last error"))
    def error_text(self, row):
        return _error_html(row.error[:80]) if row.error else EMPTY

    @admin.display(description=_("last error"))
    def whole_error(self, row):
        return _error_html(row.error) if row.error else EMPTY

    @admin.display(description=_("written"), ordering="id")
    def created(self, row):
        return local_time(row.created_at)

    @admin.display(description=_("due"))
    def due(self, row):
        return local_time(row.due_at)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, row):
        return local_time(row.sent_at)


def _error_html(error: str):
    """What we wrote ourselves in the reader's language; what a mail server or a template said as it was said."""
    if error in OWN_ERRORS:
        return format_html('<span class="muted">{}</span>', gettext(error))
    return format_html('<span class="muted">{} <code>{}</code></span>', _("Technical message:"), error)


def _preview(row) -> tuple:
    """(the message or None, why there is none)."""
    try:
        message = preview(row)
    except RenderError as error:
        return None, str(error)
    return message, "" if message else _("It is no longer due, so it says nothing.")


def _mine(user):
    return OutboxMessage.objects.filter(organization__in=user.organization_ids(Role.BASIC_STAFF))


@dashboard.card(order=90)
def failed_messages(user):
    url = dashboard.list_url("core_outboxmessage", quick="failed")
    value = _mine(user).filter(state=State.FAILED).count()
    return dashboard.Card(_("Failed messages"), value, url, "red" if value else "green")


navigation.register("messages", _("Messages"), navigation.Item("core.OutboxMessage", "mail", _("Outbox")), order=60)
