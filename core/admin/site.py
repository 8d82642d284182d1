from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import banners, dashboard, navigation
from core.admin.access import NamedChoices
from core.admin.base import BackOfficeAdmin
from core.login import StaffLoginForm
from core.models import Organization


class DutyboardAdminSite(admin.AdminSite):
    """The back office: for basic staff and above of an active organization, and superusers."""

    site_header = "Dutyboard"
    site_title = _("Dutyboard back office")
    index_title = _("Today")
    site_url = None
    enable_nav_sidebar = False
    empty_value_display = "–"
    login_form = StaffLoginForm

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """Only what stands on our base: the lists that other packages bring know nothing of organizations."""
        if admin_class is not None and issubclass(admin_class, BackOfficeAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request) -> bool:
        return request.user.is_active and request.user.is_staff

    def admin_view(self, view, cacheable=False):
        """In the time of the person's organization; the page is rendered there too."""

        def localised(request, *args, **kwargs):
            with timezone.override(home_zone(request.user)):
                response = view(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response

        return super().admin_view(localised, cacheable)

    def each_context(self, request):
        context = super().each_context(request)
        return {
            **context,
            "navigation": navigation.sections_for(self, request) if context["has_permission"] else [],
            "banners": banners.banners_for(request.user) if context["has_permission"] else [],
            "index_url": reverse("admin:index"),
            "clock_zone": timezone.get_current_timezone_name(),
        }

    def autocomplete_view(self, request):
        return NamedChoices.as_view(admin_site=self)(request)

    def index(self, request, extra_context=None):
        board = {"cards": dashboard.cards_for(request.user), "panels": dashboard.panels_for(request.user)}
        return super().index(request, {**board, **(extra_context or {})})

    def app_index(self, request, app_label, extra_context=None):
        return HttpResponseRedirect(reverse("admin:index"))

    def get_app_list(self, request, app_label=None) -> list:
        # The sidebar stands in its place; Django would ask every model's permissions on each page.
        return []


def home_organization(user) -> Organization | None:
    """The organization in whose time the person's lists are shown: the first of those they are staff of."""
    return next(iter(user.staffed), None)


def home_zone(user) -> ZoneInfo:
    organization = home_organization(user) if user.is_authenticated else None
    return organization.zone if organization else ZoneInfo("UTC")
