from django.contrib import admin
from django.db.models import Max, OuterRef, Q, Subquery, Sum
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from core.admin.base import BackOfficeAdmin
from core.admin.credentials import ends_pill, granted_within
from core.admin.dashboard import list_url
from core.admin.display import EMPTY, local_time, pill
from core.models import ApiKey, Application, ClientUsage, Role

TITLE = _("Client usage")
# Of each: what one page can show.
MOST_CLIENTS, MOST_ROUTES, MOST_DAYS = 200, 500, 14
CLASSES = [
    ("2", _("2xx: done")),
    ("3", _("3xx: unchanged or elsewhere")),
    ("4", _("4xx: refused")),
    ("5", _("5xx: our failure")),
]
TONES = {2: "green", 3: "blue", 4: "amber", 5: "red"}
REFUSED = Q(status__gte=400)


def clients_of(user):
    """The clients that this person may watch: those that act in the person's organizations alone."""
    rows = Application.objects.order_by("name", "id")
    return rows if user.is_superuser else granted_within(rows, user.organization_ids(UsageAdmin.view_role))


class ClientFilter(admin.SimpleListFilter):
    title = _("client")
    parameter_name = "client"

    def lookups(self, request, model_admin):
        return [(str(pk), name) for pk, name in clients_of(request.user).values_list("pk", "name")[:MOST_CLIENTS]]

    def queryset(self, request, queryset):
        known = {pk for pk, _name in self.lookup_choices}
        return queryset.filter(application=self.value()) if self.value() in known else queryset


class EndpointFilter(admin.SimpleListFilter):
    title = _("endpoint")
    parameter_name = "endpoint"

    def lookups(self, request, model_admin):
        rows = model_admin.visible_to(ClientUsage.objects.order_by(), request.user)
        routes = rows.values_list("route", flat=True).distinct().order_by("route")
        return [(route, route) for route in routes[:MOST_ROUTES]]

    def queryset(self, request, queryset):
        return queryset.filter(route=self.value()) if self.value() else queryset


class StatusFilter(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request, model_admin):
        return CLASSES

    def queryset(self, request, queryset):
        if self.value() not in dict(CLASSES):
            return queryset
        first = int(self.value()) * 100
        return queryset.filter(status__gte=first, status__lt=first + 100)


@admin.register(ClientUsage)
class UsageAdmin(BackOfficeAdmin):
    """Read only: what clients and keys call, how it was answered, and how long their secrets live."""

    view_role = Role.ADVANCED_STAFF
    delete_role = None
    keeps_deleted = False
    change_list_template = "admin/usage.html"
    list_display = ["day", "application", "key", "call", "answer", "calls", "last"]
    list_display_links = None
    list_filter = [ClientFilter, EndpointFilter, StatusFilter, "day"]
    list_select_related = ["application", "api_key"]
    search_fields = ["application__name", "route", "=method", "=status"]
    search_help_text = _("Search by client, endpoint, method or status")
    ordering = ["-day", "-calls", "id"]
    export_columns = ["day", "application__name", "api_key__prefix", "method", "route", "status", "calls", "last_at"]

    def visible_to(self, queryset, user):
        return queryset if user.is_superuser else queryset.filter(application__in=clients_of(user).order_by())

    def allows(self, user, role, row=None) -> bool:
        if row is None or user.is_superuser:
            return super().allows(user, role)
        return self.visible_to(ClientUsage.objects.filter(pk=row.pk), user).exists()

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def change_view(self, request, object_id, form_url="", extra_context=None):
        raise Http404

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, {"title": TITLE, **(extra_context or {})})
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:
            context |= summary(context["cl"].queryset.order_by(), request)
        return response

    @admin.display(description=_("key"), ordering="api_key")
    def key(self, row):
        return row.api_key or EMPTY

    @admin.display(description=_("endpoint"), ordering="route")
    def call(self, row):
        return f"{row.method} {row.route}"

    @admin.display(description=_("status"), ordering="status")
    def answer(self, row):
        return pill(row.status, TONES.get(row.status // 100, "grey"))

    @admin.display(description=_("last call"), ordering="last_at")
    def last(self, row):
        return local_time(row.last_at)


def summary(rows, request) -> dict:
    """What stands above the list, of the rows that the filters leave: by five queries, however many there are."""
    totals = rows.aggregate(total=Sum("calls"), refused=Sum("calls", filter=REFUSED), last=Max("last_at"))
    days = rows.values("day").annotate(total=Sum("calls")).order_by("-day")[:MOST_DAYS]
    bars = [(date_format(each["day"], "j M"), each["total"], "blue") for each in reversed(days)]
    return {
        "totals": {"calls": totals["total"] or 0, "refused": totals["refused"] or 0},
        "last_call": local_time(totals["last"]),
        "bars": bars,
        "clients": _clients(rows, request),
        "first_day": request.GET.get("day__gte", ""),
        "end_day": request.GET.get("day__lt", ""),
    }


def _clients(rows, request) -> list[dict]:
    """Each client in sight, whether or not it was used, with its secrets and their ends."""
    used = ClientUsage.objects.order_by().filter(application=OuterRef("pk")).values("application")
    found = clients_of(request.user).annotate(last_at=Subquery(used.annotate(last=Max("last_at")).values("last")))
    chosen = request.GET.get("client", "")
    clients = [each for each in found[:MOST_CLIENTS] if not chosen or str(each.pk) == chosen]
    sums = rows.values("application").annotate(total=Sum("calls"), refused=Sum("calls", filter=REFUSED))
    counts = {each["application"]: each for each in sums}
    keys = _keys_of([each.pk for each in clients])
    return [_told(each, counts.get(each.pk, {}), keys.get(each.pk, [])) for each in clients]


def _told(client: Application, counts: dict, keys: list[dict]) -> dict:
    return {
        "name": str(client),
        "url": list_url("core_clientusage", client=client.pk),
        "is_active": client.is_active,
        "is_sandbox": client.is_sandbox,
        "calls": counts.get("total") or 0,
        "refused": counts.get("refused") or 0,
        "last": local_time(client.last_at),
        "secret": ends_pill(client.secret_expires_at),
        "former": local_time(client.former_until) if client.has_former_secret else "",
        "keys": keys,
    }


def _keys_of(client_ids: list[int]) -> dict[int, list[dict]]:
    keys: dict[int, list[dict]] = {}
    found = ApiKey.objects.filter(application__in=client_ids, is_active=True).order_by("id")
    for key in found.annotate(last_at=Max("usage__last_at")):
        told = {"name": str(key), "end": ends_pill(key.expires_at), "last": local_time(key.last_at)}
        keys.setdefault(key.application_id, []).append(told)
    return keys


navigation.register("integrations", _("Integrations"), navigation.Item("core.ClientUsage", "list", TITLE), order=70)
