"""A client's secret and keys: the pages that make them and show them once, and how their ends look."""

from datetime import datetime, timedelta
from functools import partial

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin.banners import Banner, banner
from core.admin.dashboard import list_url
from core.admin.display import EMPTY, local_time, pill
from core.admin.shown_once import ShownOnce
from core.api_keys import new_key
from core.clients import KEEP, renew_secret
from core.expiry import SOON, ending_clients
from core.models import ApiKey, Application, Role

CLIENT_SECRET = ShownOnce("client-secret", "core_application_secret")
KEY_TEXT = ShownOnce("api-key", "core_apikey_text")
NEVER = "never"
ENDS = [
    (NEVER, _("Never")),
    ("7", _("In 7 days")),
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
]
KEEPS = [
    ("0", _("Not at all: it stops at once")),
    ("1", _("1 day")),
    ("7", _("7 days")),
    ("30", _("30 days")),
]


class EndForm(forms.Form):
    expires = forms.ChoiceField(label=_("It expires"), choices=ENDS, required=False, initial=NEVER)


class NewSecretForm(EndForm):
    keep = forms.ChoiceField(label=_("The old secret works for"), choices=KEEPS, initial=str(KEEP.days))
    field_order = ["keep", "expires"]


def end_chosen(choice: str) -> datetime | None:
    """The moment that one of ENDS means."""
    return timezone.now() + timedelta(days=int(choice)) if choice not in ("", NEVER) else None


def ends_pill(end: datetime | None):
    """When something expires, in the colour of its nearness."""
    if end is None:
        return EMPTY
    if end <= timezone.now():
        return pill(_("Expired"), "red")
    return pill(local_time(end), "amber") if end - timezone.now() < SOON else local_time(end)


def key_state(key: ApiKey):
    if not key.is_active:
        return pill(_("Revoked"))
    return pill(_("Expired"), "red") if key.is_expired else pill(_("Active"), "green")


def granted_within(clients: QuerySet[Application], organization_ids: list[int]) -> QuerySet[Application]:
    """Those that are granted some of these organizations and no other."""
    links = Application.organizations.through.objects
    elsewhere = links.exclude(organization_id__in=organization_ids).values("application_id")
    here = links.filter(organization_id__in=organization_ids).values("application_id")
    return clients.filter(pk__in=here).exclude(pk__in=elsewhere)


@banner
def expiring(user) -> Banner | None:
    """For who has to do with clients or with keys; one query, where there is somebody to tell."""
    if not user.is_superuser and not user.organization_ids(Role.ADVANCED_STAFF):
        return None
    rows = ending_clients()
    if not user.is_superuser:
        rows = granted_within(rows, user.organization_ids(Role.ADVANCED_STAFF))
    if not rows.exists():
        return None
    keeps_clients = user.is_superuser or user.organization_ids(Role.ADMINISTRATOR)
    text = _("A client's secret or an API key expires within 30 days, or has expired. Make another one in time.")
    return Banner(text, "warning", list_url("core_application" if keeps_clients else "core_apikey", quick="expiring"))


class CredentialPages:
    """For the clients' ModelAdmin."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/secret/", view(self.secret_view), name="core_application_secret"),
            path("<int:pk>/secret/new/", view(self.new_secret_view), name="core_application_renew"),
            path("<int:pk>/key/new/", view(self.new_key_view), name="core_application_new_key"),
            *super().get_urls(),
        ]

    def secret_view(self, request, pk: int):
        client = self._client(request, pk)
        page = partial(self._page, request, client, "admin/client_secret.html")
        return CLIENT_SECRET.show(request, pk, lambda secret: page(secret=secret))

    def new_secret_view(self, request, pk: int):
        client = self._client(request, pk)
        usual = "365" if client.secret_expires_at else NEVER
        form = NewSecretForm(request.POST if request.method == "POST" else None, initial={"expires": usual})
        if not form.is_valid():
            return self._page(request, client, "admin/client_new_secret.html", form=form)
        keep, end = timedelta(days=int(form.cleaned_data["keep"])), end_chosen(form.cleaned_data["expires"])
        return CLIENT_SECRET.keep(request, pk, renew_secret(pk, keep, end))

    def new_key_view(self, request, pk: int):
        """Another key for what the client may do."""
        client = self._client(request, pk)
        form = EndForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._page(request, client, "admin/client_new_key.html", form=form)
        key, text = new_key(client, end_chosen(form.cleaned_data["expires"]))
        return KEY_TEXT.keep(request, key.pk, text)

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
