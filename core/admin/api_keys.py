from functools import partial

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from core.admin.actions import RowAction
from core.admin.base import BackOfficeAdmin
from core.admin.credentials import (
    ENDS,
    KEY_TEXT,
    NEVER,
    EndForm,
    end_chosen,
    ends_pill,
    granted_within,
    key_state,
)
from core.admin.display import local_time, sandbox_pill
from core.admin.forms import ServiceForm
from core.admin.quick_filters import QuickFilter
from core.api_keys import create_client_with_key, let_expire, revoke
from core.errors import StateConflict
from core.expiry import ending_keys
from core.models import ApiKey, Application, Organization, Role

# Who has to do with keys.
RANKED = (Role.ADMINISTRATOR, Role.ADVANCED_STAFF)
PROFILES = [
    ("pro", _("Staff: a program of the organization, such as its records")),
    ("account", _("Customers: for a public page, where anybody can read the key")),
]


class ApiKeyForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=255, help_text=_("Which program uses it."))
    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Organization"))
    profile = forms.ChoiceField(
        label=_("Profile"), choices=PROFILES, widget=forms.RadioSelect(attrs={"class": "scopes"}), initial="account"
    )
    expires = forms.ChoiceField(label=_("It expires"), choices=ENDS, required=False, initial=NEVER)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = Organization.objects.filter(
            pk__in=self.request.user.organization_ids(Role.ADVANCED_STAFF), is_active=True
        )
        self.fields["organization"].queryset = places
        self.fields["organization"].initial = places.first()


class Revoke(RowAction):
    """It opens nothing from the next call on."""

    name = "revoke"
    label = _("Revoke")
    tone = "danger"
    role = Role.ADVANCED_STAFF

    def check(self, row, user) -> None:
        if not row.is_active:
            raise StateConflict(gettext("is revoked"), [])

    def run(self, row, user, values, versions) -> None:
        revoke(row.pk)


class ChangeEnd(RowAction):
    """So that an old key lives on for a while beside the new one."""

    name = "expire"
    label = _("Change when it expires")
    role = Role.ADVANCED_STAFF
    form_class = EndForm
    in_list = False

    def check(self, row, user) -> None:
        if not row.is_active:
            raise StateConflict(gettext("is revoked"), [])

    def run(self, row, user, values, versions) -> None:
        let_expire(row.pk, end_chosen(values["expires"]), versions)


@admin.register(ApiKey)
class ApiKeysAdmin(BackOfficeAdmin):
    """Keys of programs. For advanced staff of every organization that the key opens, and with no fewer rights."""

    form = ApiKeyForm
    keeps_deleted = False
    view_role = add_role = change_role = Role.ADVANCED_STAFF
    row_actions = [ChangeEnd(), Revoke()]
    list_display = ["prefix_text", "client", "rights", "organization_list", "made", "end", "activity"]
    list_filter = ["is_active"]
    list_select_related = ["application"]
    search_fields = ["prefix", "application__name", "=id"]
    search_help_text = _("Search by client or by the key's first characters")
    ordering = ["-id"]
    export_columns = ["id", "prefix", "application__name", "is_active", "expires_at", "created_at"]
    quick_filters = [
        QuickFilter("active", _("Active"), lambda rows, request: rows.filter(is_active=True)),
        QuickFilter("expiring", _("Expiring"), lambda rows, request: rows.filter(pk__in=ending_keys().values("pk"))),
    ]

    def visible_to(self, queryset, user):
        """An administrator's client is an administrator's business: its key does all that the client may."""
        if user.is_superuser:
            return queryset
        known = Q()
        for role in RANKED:
            known |= Q(application__in=_clients_within(user, role))
        return queryset.filter(known)

    def allows(self, user, role, row=None) -> bool:
        if row is None or user.is_superuser:
            return super().allows(user, role)
        places = {one.pk for one in row.application.organizations.all()}
        rank = _rank(row.application.roles)
        roles = (one for one in RANKED if places <= set(user.organization_ids(one)))
        return bool(places) and any(rank <= one.rank for one in roles)

    def is_in_sandbox(self, row) -> bool:
        return row.application.is_sandbox

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("application__organizations")

    def has_change_permission(self, request, obj=None) -> bool:
        # Nothing of a key is changed but that it is revoked.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_fieldsets(self, request, obj=None):
        shown = ["prefix", "client", "rights", "organization_list", "made", "end", "activity"]
        return [(None, {"fields": shown if obj else ["name", "organization", "profile", "expires"]})]

    def get_readonly_fields(self, request, obj=None):
        return ["prefix", "client", "rights", "organization_list", "made", "end", "activity"] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        # Its own fields are no fields of the row.
        return super().get_form(request, obj, change, **{**kwargs, "fields": []})

    def create_row(self, request, values, form):
        end = end_chosen(values["expires"])
        key, text = create_client_with_key(values["name"].strip(), values["profile"], values["organization"], end)
        KEY_TEXT.keep(request, key.pk, text)
        return key

    def response_add(self, request, obj, post_url_continue=None):
        return KEY_TEXT.redirect(obj.pk)

    def get_urls(self):
        view = self.admin_site.admin_view(self.text_view)
        return [path("<int:pk>/text/", view, name="core_apikey_text"), *super().get_urls()]

    def text_view(self, request, pk: int):
        key = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        if key is None:
            raise Http404
        if not self.has_view_permission(request, key):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": str(key.application),
            "opts": self.opts,
            "key": key,
        }
        page = partial(TemplateResponse, request, "admin/api_key.html")
        return KEY_TEXT.show(request, pk, lambda text: page({**context, "text": text}))

    @admin.display(description=_("key"), ordering="prefix")
    def prefix_text(self, row):
        return str(row)

    @admin.display(description=_("client"), ordering="application__name")
    def client(self, row):
        return row.application

    @admin.display(description=_("profile"))
    def rights(self, row):
        return str(Role(Role.highest(row.application.roles)).label) if row.application.roles else _("Customers")

    @admin.display(description=_("organizations"))
    def organization_list(self, row):
        return ", ".join(str(one) for one in row.application.organizations.all())

    @admin.display(description=_("made"), ordering="created_at")
    def made(self, row):
        return local_time(row.created_at)

    @admin.display(description=_("expires"), ordering="expires_at")
    def end(self, row):
        return ends_pill(row.expires_at)

    @admin.display(description=_("state"), ordering="is_active")
    def activity(self, row):
        state = key_state(row)
        return format_html("{} {}", sandbox_pill(), state) if row.application.is_sandbox else state


def _clients_within(user, role: Role) -> list[int]:
    """Ids of clients that act only where the person holds this role, and with no higher one than it."""
    rows = granted_within(Application.objects.all(), user.organization_ids(role))
    return [pk for pk, roles in rows.values_list("pk", "roles") if _rank(roles) <= role.rank]


def _rank(roles: list[str]) -> int:
    highest = Role.highest(roles)
    return highest.rank if highest else 0


navigation.register("integrations", _("Integrations"), navigation.Item("core.ApiKey", "key"), order=70)
