from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.admin import api_keys, navigation, shown_once
from core.admin.base import BackOfficeAdmin
from core.admin.display import EMPTY, pill
from core.admin.forms import ServiceForm
from core.api_keys import new_key
from core.clients import create_client, renew_secret
from core.models import Application, Role
from core.scopes import SCOPES

GRANTS = [
    (Application.GRANT_CLIENT_CREDENTIALS, _("A program of its own (client credentials)")),
    (Application.GRANT_AUTHORIZATION_CODE, _("People log in to it (authorization code with PKCE)")),
]
SHOWN_ONCE = "client-secret-{pk}"


class ClientForm(ServiceForm):
    allowed_scopes = forms.MultipleChoiceField(
        label=_("Allowed scopes"),
        choices=[(name, format_lazy("{}: {}", name, _(text))) for name, text in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "scopes"}),
        help_text=_("What it may ask for. A token request that names no scope gets all of these."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[choice for choice in Role.choices if choice[0] != Role.STUDENT],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "scopes"}),
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


@admin.register(Application)
class ClientsAdmin(BackOfficeAdmin):
    """Programs that use the APIs. Only for administrators of every organization that the program is granted."""

    form = ClientForm
    view_role = add_role = change_role = delete_role = Role.ADMINISTRATOR
    fieldsets = [
        (None, {"fields": ["name", "is_active", "organizations", "allowed_scopes", "roles"]}),
        (_("How it gets its tokens"), {"fields": ["authorization_grant_type", "client_type", "redirect_uris"]}),
    ]
    list_display = ["name", "client_id", "scope_list", "organization_list", "activity"]
    list_filter = ["is_active", KindFilter]
    search_fields = ["name", "client_id"]
    search_help_text = _("Search by name or client id")
    ordering = ["name", "id"]
    export_columns = ["id", "name", "client_id", "allowed_scopes", "roles", "is_active", "created_at"]
    change_form_template = "admin/client_form.html"

    def visible_to(self, queryset, user):
        if user.is_superuser:
            return queryset
        mine = user.organization_ids(Role.ADMINISTRATOR)
        links = Application.organizations.through.objects
        elsewhere = links.exclude(organization_id__in=mine).values("application_id")
        here = links.filter(organization_id__in=mine).values("application_id")
        return queryset.filter(pk__in=here).exclude(pk__in=elsewhere)

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

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("organizations")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, widget=_checkboxes(), **kwargs)
        field.queryset = field.queryset.filter(pk__in=request.user.organization_ids(Role.ADMINISTRATOR))
        field.help_text = ""
        return field

    def get_fieldsets(self, request, obj=None):
        sets = super().get_fieldsets(request, obj)
        return [*sets, (_("API keys"), {"fields": ["key_list"]})] if obj else sets

    def get_readonly_fields(self, request, obj=None):
        return ["key_list"] if obj else []

    def create_row(self, request, values, form):
        client = Application(**{name: value for name, value in values.items() if name != "organizations"})
        client, secret = create_client(client, list(values["organizations"]))
        shown_once.keep(request, SHOWN_ONCE.format(pk=client.pk), secret)
        return client

    def response_add(self, request, obj, post_url_continue=None):
        return HttpResponseRedirect(reverse("admin:core_application_secret", args=[obj.pk]))

    def get_urls(self):
        return [
            path("<int:pk>/secret/", self.admin_site.admin_view(self.secret_view), name="core_application_secret"),
            path(
                "<int:pk>/secret/new/", self.admin_site.admin_view(self.new_secret_view), name="core_application_renew"
            ),
            path("<int:pk>/key/new/", self.admin_site.admin_view(self.new_key_view), name="core_application_new_key"),
            *super().get_urls(),
        ]

    def secret_view(self, request, pk: int):
        """The secret, the first time that this page is opened after it was made; then never again."""
        client = self._client(request, pk)
        secret = shown_once.take(request, SHOWN_ONCE.format(pk=pk))
        response = self._page(request, client, "admin/client_secret.html", secret=secret)
        response["Cache-Control"] = "no-store"
        return response

    def new_secret_view(self, request, pk: int):
        client = self._client(request, pk)
        if request.method != "POST":
            return self._page(request, client, "admin/client_new_secret.html")
        shown_once.keep(request, SHOWN_ONCE.format(pk=pk), renew_secret(pk))
        return HttpResponseRedirect(reverse("admin:core_application_secret", args=[pk]))

    def new_key_view(self, request, pk: int):
        """Another key for what the client may do."""
        client = self._client(request, pk)
        if request.method != "POST":
            return self._page(request, client, "admin/client_new_key.html")
        key, text = new_key(client)
        shown_once.keep(request, api_keys.SHOWN_ONCE.format(pk=key.pk), text)
        return HttpResponseRedirect(reverse("admin:core_apikey_text", args=[key.pk]))

    def _client(self, request, pk: int) -> Application:
        client = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        if client is None:
            raise Http404
        if not self.has_change_permission(request, client):
            raise PermissionDenied
        return client

    def _page(self, request, client, template: str, **values):
        context = {**self.admin_site.each_context(request), "title": client.name, "opts": self.opts, "client": client}
        return TemplateResponse(request, template, {**context, **values})

    @admin.display(description=_("API keys"))
    def key_list(self, row):
        keys = (
            (reverse("admin:core_apikey_change", args=[key.pk]), key, _key_state(key)) for key in row.api_keys.all()
        )
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a> {}', keys) or EMPTY

    @admin.display(description=_("scopes"))
    def scope_list(self, row):
        return ", ".join(row.allowed_scopes)

    @admin.display(description=_("organizations"))
    def organization_list(self, row):
        return ", ".join(str(organization) for organization in row.organizations.all())

    @admin.display(description=_("state"), ordering="is_active")
    def activity(self, row):
        return pill(_("Active"), "green") if row.is_active else pill(_("Inactive"))


def _key_state(key):
    return pill(_("Active"), "green") if key.is_active else pill(_("Revoked"))


def _checkboxes():
    return forms.CheckboxSelectMultiple(attrs={"class": "scopes"})


navigation.register("integrations", _("Integrations"), navigation.Item("core.Application", "key"), order=70)
