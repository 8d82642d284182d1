"""List filters that know whose rows are being looked at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.ids import id_in
from core.models import Organization, User

MOST_PEOPLE = 200
# Rows that a related filter names.
MOST = 200
# What the links of filters and of the date line ask of a field; anything more would let a list be probed.
ENDINGS = ("", "__exact", "__isnull", "__isempty", "__gte", "__lt", "__year", "__month", "__day")


def person_fields(path: str) -> list[str]:
    """The `search_fields` that find the person who stands at `path`; every word of the search must be in one."""
    return [f"{path}__{name}" for name in ("login", "email", "first_name", "last_name")]


def allowed_lookups(list_filter, date_hierarchy: str | None) -> set[str]:
    """The parameters of the query string that this list's own links may hold."""
    paths = {date_hierarchy} - {None}
    names = set()
    for entry in list_filter:
        if isinstance(entry, type):
            names.add(entry.parameter_name)
        else:
            paths.add(entry if isinstance(entry, str) else entry[0])
    return names | {f"{path}{ending}" for path in paths for ending in ENDINGS}


class OrganizationFilter(admin.SimpleListFilter):
    """The person's organizations; not shown to somebody of one."""

    title = _("organization")
    parameter_name = "organization"

    def lookups(self, request, model_admin):
        ids = request.user.organization_ids(model_admin.view_role)
        return [(str(pk), name) for pk, name in Organization.objects.filter(pk__in=ids).values_list("pk", "name")]

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1

    def queryset(self, request, queryset):
        known = {pk for pk, _name in self.lookup_choices}
        return queryset.filter(organization=self.value()) if self.value() in known else queryset


def people_filter(path: str, label) -> type[admin.SimpleListFilter]:
    """A filter by the people who stand at `path` in the rows that are visible; the first 200 by login."""

    class PeopleFilter(admin.SimpleListFilter):
        title = label
        parameter_name = path.split("__")[-1]

        def lookups(self, request, model_admin):
            rows = model_admin.visible_to(model_admin.model._default_manager.order_by(), request.user)
            people = User.objects.filter(pk__in=rows.values(path)).order_by("login")
            return [(str(pk), login) for pk, login in people.values_list("pk", "login")[:MOST_PEOPLE]]

        def queryset(self, request, queryset):
            pk = id_in(self.value() or "")
            return queryset if pk is None else queryset.filter(**{path: pk})

    return PeopleFilter


def related_filter(name: str, label) -> type[admin.SimpleListFilter]:
    """A filter by the rows that the foreign key `name` points at, as far as they are visible; the first 200.

    The stock filter would name the rows of every organization.
    """

    class RelatedFilter(admin.SimpleListFilter):
        title = label
        parameter_name = name

        def lookups(self, request, model_admin):
            related = model_admin.model._meta.get_field(name).related_model
            site = model_admin.admin_site
            own = site.get_model_admin(related) if site.is_registered(related) else model_admin
            rows = own.visible_to(related._default_manager.all(), request.user)
            return [(str(row.pk), str(row)) for row in rows[:MOST]]

        def queryset(self, request, queryset):
            pk = id_in(self.value() or "")
            return queryset if pk is None else queryset.filter(**{f"{name}_id": pk})

    return RelatedFilter
