from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from core.admin.actions import RowAction
from core.admin.base import BackOfficeAdmin
from core.admin.credentials import CLIENT_SECRET, CredentialPages, ends_pill, granted_within, key_state
from core.admin.display import EMPTY, local_time, pill, sandbox_pill
from core.admin.forms import ServiceForm
from core.admin.quick_filters import QuickFilter
from core.admin.several import SeveralField
from core.clients import check_ahead, create_client, granted_to, stop_former_secret
from core.errors import StateConflict
from core.expiry import ending_clients
from core.models import Application, Role
from core.scopes import SCOPES

GRANTS = [
    (Application.GRANT_CLIENT_CREDENTIALS, _("A program of its own (client credentials)")),
    (Application.GRANT_AUTHORIZATION_CODE, _("People log in to it (authorization code with PKCE)")),
]


class ClientForm(ServiceForm):
    allowed_scopes = SeveralField(
        label=_("Allowed scopes"),
        choices=[(name, format_lazy("{}: {}", name, _(text))) for name, text in SCOPES.items()],
        help_text=_("What it may ask for. A token request that names no scope gets all of these."),
    )
    roles = SeveralField(
        label=_("Roles"),
        choices=[choice for choice in Role.choices if choice[0] != Role.STUDENT],
        required=False,
        help_text=_("With which rights it acts where an endpoint asks for a role; each includes the one before it."),
    )
    authorization_grant_type = forms.ChoiceField(
        label=_("Kind"), choices=GRANTS, widget=forms.RadioSelect(attrs={"class": "scopes"}), initial=GRANTS[0][0]
    )
    client_type = forms.ChoiceField(
        label=_("Secret"),
        choices=[
            (Application.CLIENT_CONFIDENTIAL, _("It can keep a secret (a server)")),
            (Application.CLIENT_PUBLIC, _("It cannot (an app on a phone or in a browser)")),
        ],
        widget=forms.RadioSelect(attrs={"class": "scopes"}),
        initial=Application.CLIENT_CONFIDENTIAL,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.is_sandbox and "organizations" in self.fields:
            granted = self.instance.organizations.select_related("sandbox_of")
            # Staff choose organizations; what the client is granted is their sandboxes.
            self.initial["organizations"] = [each.sandbox_of for each in granted]

    class Meta:
        labels = {"redirect_uris": _("Redirect URIs")}
        help_texts = {"redirect_uris": _("Where people may be sent back to; separated by spaces.")}


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return GRANTS

    def queryset(self, request, queryset):
        return queryset.filter(authorization_grant_type=self.value()) if self.value() else queryset


class StopFormer(RowAction):
    """Before its time, once the program has the new one."""

    name = "stop-former"
    label = _("Stop the former secret now")
    tone = "danger"
    role = Role.ADMINISTRATOR
    in_list = False

    def check(self, row, user) -> None:
        if not row.has_former_secret:
            raise StateConflict(gettext("has no former secret"), [])

    def run(self, row, user, values, versions) -> None:
        stop_former_secret(row.pk)


@admin.register(Application)
class ClientsAdmin(CredentialPages, BackOfficeAdmin):
    """Programs that use the APIs. Only for administrators of every organization that the program is granted."""

    form = ClientForm
    view_role = add_role = change_role = delete_role = Role.ADMINISTRATOR
    fieldsets = [
        (None, {"fields": ["name", "is_active", "is_sandbox", "organizations", "allowed_scopes", "roles"]}),
        (
            _("How it gets its tokens"),
            {"fields": ["authorization_grant_type", "client_type", "redirect_uris", "secret_expires_at"]},
        ),
    ]
    row_actions = [StopFormer()]
    list_display = ["name", "client_id", "scope_list", "organization_list", "secret_end", "activity"]
    list_filter = ["is_active", "is_sandbox", KindFilter]
    quick_filters = [
        QuickFilter("expiring", _("Expiring"), lambda rows, request: rows.filter(pk__in=ending_clients().values("pk")))
    ]
    search_fields = ["name", "client_id"]
    search_help_text = _("Search by name or client id")
    ordering = ["name", "id"]
    export_columns = [
        "id",
        "name",
        "client_id",
        "allowed_scopes",
        "roles",
        "is_active",
        "is_sandbox",
        "secret_expires_at",
        "created_at",
    ]
    change_form_template = "admin/client_form.html"

    def visible_to(self, queryset, user):
        return queryset if user.is_superuser else granted_within(queryset, user.organization_ids(Role.ADMINISTRATOR))

    def deletions_of(self, records, organizations):
        """Those that were never granted another organization."""
        links = Application.history.model.organizations.model.objects
        elsewhere = links.exclude(organization__in=organizations).values("application_id")
        here = links.filter(organization__in=organizations).values("application_id")
        return records.filter(id__in=here).exclude(id__in=elsewhere)

    def allows(self, user, role, row=None) -> bool:
        if row is None or user.is_superuser:
            return super().allows(user, role)
        return self.visible_to(Application.objects.filter(pk=row.pk), user).exists()

    def is_in_sandbox(self, row) -> bool:
        return row.is_sandbox

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("organizations")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, widget=_checkboxes(), **kwargs)
        field.queryset = field.queryset.filter(
            pk__in=request.user.organization_ids(Role.ADMINISTRATOR), sandbox_of=None
        )
        field.help_text = _("A sandbox client sees the sandboxes of these, which are made for it.")
        return field

    def get_fieldsets(self, request, obj=None):
        first, tokens = super().get_fieldsets(request, obj)
        if obj is None:
            return [first, tokens]
        former = ["former_end"] if obj.has_former_secret else []
        title, options = tokens
        tokens = title, {**options, "fields": [*options["fields"], *former]}
        return [first, tokens, (_("API keys"), {"fields": ["key_list"]})]

    def get_readonly_fields(self, request, obj=None):
        return ["key_list", "former_end", "is_sandbox"] if obj else []

    def create_row(self, request, values, form):
        client = Application(**{name: value for name, value in values.items() if name != "organizations"})
        client, secret = create_client(client, list(values["organizations"]))
        CLIENT_SECRET.keep(request, client.pk, secret)
        return client

    def update_row(self, request, row, versions, values, form):
        check_ahead("secret_expires_at", values.get("secret_expires_at"))
        form.cleaned_data["organizations"] = granted_to(row, list(form.cleaned_data["organizations"]))
        return super().update_row(request, row, versions, values, form)

    def response_add(self, request, obj, post_url_continue=None):
        return CLIENT_SECRET.redirect(obj.pk)

    @admin.display(description=_("API keys"))
    def key_list(self, row):
        keys = ((reverse("admin:core_apikey_change", args=[key.pk]), key, key_state(key)) for key in row.api_keys.all())
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a> {}', keys) or EMPTY

    @admin.display(description=_("former secret works until"))
    def former_end(self, row):
        return local_time(row.former_until)

    @admin.display(description=_("secret expires"), ordering="secret_expires_at")
    def secret_end(self, row):
        return ends_pill(row.secret_expires_at)

    @admin.display(description=_("scopes"))
    def scope_list(self, row):
        return ", ".join(row.allowed_scopes)

    @admin.display(description=_("organizations"))
    def organization_list(self, row):
        return ", ".join(str(organization) for organization in row.organizations.all())

    @admin.display(description=_("state"), ordering="is_active")
    def activity(self, row):
        state = pill(_("Active"), "green") if row.is_active else pill(_("Inactive"))
        return format_html("{} {}", sandbox_pill(), state) if row.is_sandbox else state


def _checkboxes():
    return forms.CheckboxSelectMultiple(attrs={"class": "scopes"})


navigation.register("integrations", _("Integrations"), navigation.Item("core.Application", "key"), order=70)
