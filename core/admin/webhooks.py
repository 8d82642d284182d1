from datetime import datetime, timedelta
from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from core.admin.actions import RowAction
from core.admin.banners import Banner, banner
from core.admin.base import OrganizationAdmin
from core.admin.dashboard import list_url
from core.admin.display import EMPTY, local_time
from core.admin.filters import OrganizationFilter
from core.admin.quick_filters import QuickFilter
from core.admin.shown_once import ShownOnce
from core.admin.stale import Overtaken, seen_version, sent_versions
from core.admin.webhook_display import (
    deliveries_of,
    delivery_url,
    list_of,
    place_of,
    state_pill,
    types_text,
    webhook_state,
)
from core.admin.webhook_form import WebhookForm
from core.errors import Busy, StaleVersion, StateConflict
from core.models import Role, Webhook, WebhookDelivery
from core.webhooks import services

SECRET = ShownOnce("webhook-secret", "core_webhook_secret")
State = WebhookDelivery.State
# The share delivered is that of these days; what was switched off longer ago is no news.
LATELY = timedelta(days=7)
# One failed try is nothing to tell everybody.
FAILING_LONG = timedelta(hours=1)
FAILING = Q(is_enabled=True, failing_since__isnull=False)


class SwitchOn(RowAction):
    name = "switch_on"
    label = _("Switch on")
    role = Role.ADVANCED_STAFF

    def check(self, row, user) -> None:
        if row.is_enabled:
            raise StateConflict(gettext("is on"), [])

    def run(self, row, user, values, versions) -> None:
        services.update_webhook(row.pk, {"is_enabled": True}, versions)


class SwitchOff(RowAction):
    """What waits for it is not sent."""

    name = "switch_off"
    label = _("Switch off")
    role = Role.ADVANCED_STAFF
    tone = "danger"

    def check(self, row, user) -> None:
        if not row.is_enabled:
            raise StateConflict(gettext("is off"), [])

    def run(self, row, user, values, versions) -> None:
        services.update_webhook(row.pk, {"is_enabled": False}, versions)


def _last(name: str) -> Subquery:
    rows = WebhookDelivery.objects.filter(webhook=OuterRef("pk")).order_by("-id")
    return Subquery(rows.values(name)[:1])


def _number_since(moment: datetime, **which) -> Coalesce:
    rows = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), created_at__gte=moment, **which)
    counted = rows.exclude(state=State.CANCELLED).order_by().values("webhook").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)


@admin.register(Webhook)
class WebhooksAdmin(OrganizationAdmin):
    """Where other systems are told of events. The secret is shown once."""

    form = WebhookForm
    view_role = add_role = change_role = delete_role = Role.ADVANCED_STAFF
    row_actions = [SwitchOn(), SwitchOff()]
    change_form_template = "admin/webhook_form.html"
    counted_with_row = "deliveries"
    list_display = ["place", "types_shown", "state", "last_delivery", "delivered_share"]
    list_filter = ["is_enabled", OrganizationFilter]
    list_select_related = ["organization"]
    search_fields = ["url", "=id"]
    search_help_text = _("Search by address or number")
    ordering = ["id"]
    export_columns = ["id", "organization__name", "url", "types", "is_enabled", "off_reason", "failing_since"]
    quick_filters = [
        QuickFilter("on", _("On"), lambda rows, request: rows.filter(is_enabled=True)),
        QuickFilter("failing", _("Failing"), lambda rows, request: rows.filter(FAILING)),
        QuickFilter("off", _("Off"), lambda rows, request: rows.filter(is_enabled=False)),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organization")
        since = timezone.now() - LATELY
        return rows.annotate(
            last_id=_last("id"),
            last_state=_last("state"),
            last_at=_last("created_at"),
            lately=_number_since(since),
            delivered_lately=_number_since(since, state=State.DELIVERED),
        )

    # The form

    def get_fields(self, request, obj=None):
        return ["url", "types", *([] if obj else ["is_enabled"])]

    def create_row(self, request, values, form):
        webhook, secret = services.create_webhook(self.organization_for(request, values), values)
        SECRET.keep(request, webhook.pk, secret)
        return webhook

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return services.update_webhook(row.pk, values, versions)

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_webhook(row.pk, versions)

    def response_add(self, request, obj, post_url_continue=None):
        return SECRET.redirect(obj.pk)

    def render_change_form(self, request, context, **kwargs):
        webhook = context["original"]
        if webhook:
            context["deliveries"] = deliveries_of(webhook.deliveries, list_of(webhook))
            context["renew_url"] = self._url_of("renew", webhook)
        return super().render_change_form(request, context, **kwargs)

    def name_of(self, row) -> str:
        return place_of(row)

    def summary(self, row):
        if not _is_rotating(row):
            return webhook_state(row)
        until = gettext("the former secret signs too, until %(moment)s") % {"moment": _former_until(row)}
        return format_html("{} · {}", webhook_state(row), until)

    # The secret

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/secret/", wrap(self.secret_view), name=self._url_name("secret")),
            path("<int:pk>/secret/new/", wrap(self.new_secret_view), name=self._url_name("renew")),
            *super().get_urls(),
        ]

    def secret_view(self, request, pk: int):
        webhook = self._changeable(request, pk)
        page = partial(self._page, request, webhook, "admin/webhook_secret.html")
        return SECRET.show(request, pk, lambda secret: page(secret=secret))

    def new_secret_view(self, request, pk: int):
        webhook = self._changeable(request, pk)
        if request.method != "POST":
            return self._new_secret_page(request, webhook)
        try:
            _row, secret = services.rotate_secret(pk, sent_versions(request, webhook))
        except StaleVersion:
            overtaken = Overtaken.of(self._changeable(request, pk), seen_version(request))
            return self._new_secret_page(request, webhook, overtaken=overtaken)
        except Busy as error:
            self.message_user(request, str(error), messages.ERROR)
            return self._new_secret_page(request, webhook)
        return SECRET.keep(request, pk, secret)

    def _new_secret_page(self, request, webhook: Webhook, **values):
        hours, is_rotating = services.ROTATION // timedelta(hours=1), _is_rotating(webhook)
        template = "admin/webhook_new_secret.html"
        return self._page(request, webhook, template, hours=hours, is_rotating=is_rotating, **values)

    def _changeable(self, request, pk: int) -> Webhook:
        webhook = self._row_or_404(request, pk)
        if not self.has_change_permission(request, webhook):
            raise PermissionDenied
        return webhook

    def _page(self, request, webhook: Webhook, template: str, **values):
        context = {
            **self.admin_site.each_context(request),
            "title": place_of(webhook),
            "opts": self.opts,
            "webhook": webhook,
            "former_until": _former_until(webhook),
        }
        return TemplateResponse(request, template, {**context, **values})

    def _url_of(self, name: str, webhook: Webhook) -> str:
        return reverse("admin:" + self._url_name(name), args=[webhook.pk])

    # Columns

    @admin.display(description=_("address"), ordering="url")
    def place(self, row):
        return place_of(row)

    @admin.display(description=_("events"))
    def types_shown(self, row):
        return types_text(row)

    @admin.display(description=_("state"), ordering="is_enabled")
    def state(self, row):
        return webhook_state(row)

    @admin.display(description=_("last delivery"), ordering="last_id")
    def last_delivery(self, row):
        if row.last_id is None:
            return EMPTY
        when = local_time(row.last_at, row.organization.zone)
        link = '{} <a class="nowrap" href="{}">{}</a>'
        return format_html(link, state_pill(row.last_state), delivery_url(row.last_id), when)

    @admin.display(description=_("delivered in 7 days"))
    def delivered_share(self, row):
        if not row.lately:
            return EMPTY
        share = 100 * row.delivered_lately // row.lately
        told = {"share": share, "delivered": row.delivered_lately, "number": row.lately}
        return gettext("%(share)d %% (%(delivered)d of %(number)d)") % told


def _is_rotating(webhook: Webhook) -> bool:
    """Two secrets sign."""
    return webhook.former_until is not None and webhook.former_until > timezone.now()


def _former_until(webhook: Webhook) -> str:
    return local_time(webhook.former_until, webhook.organization.zone)


@banner
def webhooks_in_trouble(user):
    """Those that have been failing for a while, or were switched off for it."""
    now = timezone.now()
    failing = FAILING & Q(failing_since__lt=now - FAILING_LONG)
    given_up = ~Q(off_reason="") & Q(is_enabled=False, updated_at__gte=now - LATELY)
    mine = Q() if user.is_superuser else Q(organization__in=user.organization_ids(Role.ADVANCED_STAFF))
    found = list(Webhook.objects.filter(mine, failing | given_up).order_by("id")[:2])
    if not found:
        return None
    if len(found) > 1:
        return Banner(_("Nothing arrives at several webhooks."), "warning", list_url("core_webhook"))
    text = gettext("Nothing arrives at the webhook %(place)s.") % {"place": place_of(found[0])}
    return Banner(text, "warning", reverse("admin:core_webhook_change", args=[found[0].pk]))


navigation.register(
    "integrations",
    _("Integrations"),
    navigation.Item("core.Webhook", "send"),
    navigation.Item("core.WebhookDelivery", "list"),
    navigation.Item("core.Event", "pulse"),
    order=70,
)
