"""Sites, and the people at outside companies who make visits."""

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.dashboard import list_url
from core.admin.display import EMPTY
from core.admin.privacy import PersonalData
from core.admin.quick_filters import QuickFilter
from interventions.models import Anomaly, CompanyContact, Intervention, Site
from interventions.services.reference import COMPANY_CONTACTS, SITES
from scheduling.admin.reference import ARCHIVED, IN_USE, ReferenceAdmin, archiving, use_pill


def counted(rows, path: str):
    """How many of these rows point at the outer one by `path`, as a column; rows of other lists are not joined."""
    own = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0)


def count_link(number: int, model: str, **filters):
    return format_html('<a href="{}">{}</a>', list_url(model, **filters), number) if number else EMPTY


@admin.register(Site)
class SitesAdmin(ReferenceAdmin):
    service = SITES
    row_actions = archiving(SITES)
    fieldsets = [(None, {"fields": ["name", "address", "timezone", "is_archived"]})]
    list_display = ["name", "address", "unresolved", "use"]
    search_fields = ["name", "address", "=id"]
    search_help_text = _("Search by name, address or number")
    export_columns = ["id", "organization__name", "name", "address", "timezone", "is_archived"]
    quick_filters = [IN_USE, ARCHIVED]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organization")
        return rows.annotate(unresolved_count=counted(Anomaly.objects.unresolved(), "site"))

    @admin.display(description=_("unresolved anomalies"), ordering="unresolved_count")
    def unresolved(self, row):
        return count_link(row.unresolved_count, "interventions_anomaly", site=row.pk, quick="unresolved")

    @admin.display(description=_("state"), ordering="is_archived")
    def use(self, row):
        return use_pill(row)


@admin.register(CompanyContact)
class CompanyContactsAdmin(PersonalData, ReferenceAdmin):
    """The providers. They have no account: what they need comes by e-mail."""

    service = COMPANY_CONTACTS
    row_actions = archiving(COMPANY_CONTACTS)
    fieldsets = [
        (None, {"fields": ["name", "company_name", "first_name", "last_name"]}),
        (_("How to reach them"), {"fields": ["email", "phone", "language", "is_archived"]}),
    ]
    list_display = ["name", "company_name", "email", "phone", "visits", "use"]
    search_fields = ["name", "company_name", "first_name", "last_name", "email", "=id"]
    search_help_text = _("Search by name, company, e-mail or number")
    export_columns = [
        "id",
        "organization__name",
        "name",
        "company_name",
        "first_name",
        "last_name",
        "email",
        "phone",
        "language",
        "is_archived",
    ]
    quick_filters = [
        IN_USE,
        QuickFilter("no_email", _("Without an e-mail"), lambda rows, request: rows.filter(email="", is_archived=False)),
        ARCHIVED,
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organization")
        return rows.annotate(open_count=counted(Intervention.objects.open(), "assigned_company_contact"))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if "name" in form.base_fields:
            form.base_fields["name"].required = False
            form.base_fields["name"].help_text = _("Empty: first and last name, else the company.")
        return form

    @admin.display(description=_("open interventions"), ordering="open_count")
    def visits(self, row):
        return count_link(row.open_count, "interventions_intervention", assigned_company_contact=row.pk, quick="open")

    @admin.display(description=_("state"), ordering="is_archived")
    def use(self, row):
        return use_pill(row)
