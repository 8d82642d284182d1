from itertools import groupby

from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import events
from core.admin import entities
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time
from core.admin.filters import OrganizationFilter
from core.admin.webhook_display import about, about_link, deliveries_of, envelope_text
from core.models import Event, Role
from core.webhooks.envelope import event_id

FIELDS = ["kind", "title", "about_row", "number", "happened", "place"]


class EntityFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "entity"

    def lookups(self, request, model_admin):
        names = [name for name, _kinds in groupby(events.types(), key=lambda kind: kind.entity)]
        return [(name, entities.title_of(name)) for name in names]

    def queryset(self, request, queryset):
        return queryset.filter(kind__startswith=f"{self.value()}.") if self.value() else queryset


@admin.register(Event)
class EventsAdmin(OrganizationAdmin):
    """Read only: what other systems are told of, as long as it is kept."""

    view_role = add_role = change_role = Role.ADVANCED_STAFF
    delete_role = None
    keeps_deleted = False
    change_form_template = "admin/event.html"
    list_display = ["kind", "title", "about_row", "happened"]
    list_filter = [EntityFilter, "created_at", OrganizationFilter]
    list_select_related = ["organization"]
    search_fields = ["=entity_id", "kind"]
    search_help_text = _("Search by type or by the number of the row")
    ordering = ["-id"]
    export_columns = ["uuid", "organization__name", "kind", "entity_id", "created_at"]
    readonly_fields = FIELDS

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def get_fieldsets(self, request, obj=None):
        return [(None, {"fields": FIELDS})]

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def name_of(self, row) -> str:
        return about(row)

    def _form_context(self, request, context) -> dict:
        row = context["original"]
        told = {"envelope": envelope_text(row), "deliveries": deliveries_of(row.deliveries)}
        return {**super()._form_context(request, context), **told}

    def get_urls(self):
        view = self.admin_site.admin_view(self.entity_view)
        return [path("<int:pk>/entity/", view, name=self._url_name("entity")), *super().get_urls()]

    def entity_view(self, request, pk: int):
        """To the row that it tells of."""
        event = self._row_or_404(request, pk)
        url = entities.url_of(event)
        if url is None:
            self.message_user(request, gettext("It is no longer there."), messages.WARNING)
        return HttpResponseRedirect(url or reverse("admin:core_event_change", args=[pk]))

    # Columns

    @admin.display(description=_("what"))
    def title(self, row):
        known = events.named(row.kind)
        return known.title if known else row.kind

    @admin.display(description=_("about"), ordering="entity_id")
    def about_row(self, row):
        return about_link(row)

    @admin.display(description=_("id"))
    def number(self, row):
        return format_html("<code>{}</code>", event_id(row))

    @admin.display(description=_("happened"), ordering="id")
    def happened(self, row):
        return format_html('<span class="nowrap">{}</span>', local_time(row.created_at, row.organization.zone))

    @admin.display(description=_("place in the feed"))
    def place(self, row):
        return row.position or gettext("none yet: something older may still come")
