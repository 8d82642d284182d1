from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.filters import MOST
from core.ids import id_in
from interventions.models import Site


class SiteFilter(admin.SimpleListFilter):
    """By one of the sites that a row is of, as far as they are visible; the first 200."""

    title = _("site")
    parameter_name = "site"

    def lookups(self, request, model_admin):
        rows = model_admin.visible_to(Site.objects.all(), request.user)
        return [(str(row.pk), row.name) for row in rows[:MOST]]

    def queryset(self, request, queryset):
        pk = id_in(self.value() or "")
        return queryset if pk is None else queryset.filter(sites=pk)
