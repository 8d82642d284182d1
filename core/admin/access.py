"""Who may do what in the back office: by role in the row's organization, never by Django's permission rows."""

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.utils.text import capfirst

from core.ids import id_in
from core.models import Role


def organization_of(row, path: str) -> int | None:
    """The id of the row's organization; `path` as in a query: "organization", "close__organization", "pk"."""
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step)
    return row.pk if last == "pk" else getattr(row, f"{last}_id")


def sent_row(request, name: str, rows):
    """The one of these rows that the request's form names; None for none, or for what is no id."""
    pk = id_in(request.POST.get(name, ""))
    return rows.filter(pk=pk).first() if pk is not None else None


class RoleAccess:
    """For a ModelAdmin: rows of the person's organizations, and rights by rank.

    Without a row, the question is whether the person has the role anywhere.
    """

    organization_path = "organization"
    view_role = Role.BASIC_STAFF
    add_role = Role.BASIC_STAFF
    change_role = Role.BASIC_STAFF
    delete_role = Role.ADVANCED_STAFF

    def allows(self, user, role: Role, row=None) -> bool:
        if user.is_superuser:
            return True
        organizations = user.organization_ids(role)
        return bool(organizations) if row is None else organization_of(row, self.organization_path) in organizations

    def visible_to(self, queryset, user):
        if user.is_superuser:
            return queryset
        return queryset.filter(**{f"{self.organization_path}__in": user.organization_ids(self.view_role)})

    def get_queryset(self, request):
        return self.visible_to(super().get_queryset(request), request.user)

    def has_module_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None) -> bool:
        return self.allows(request.user, self.view_role, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return self.allows(request.user, self.add_role)

    def has_change_permission(self, request, obj=None) -> bool:
        return self.allows(request.user, self.change_role, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.allows(request.user, self.delete_role, obj)


class NamedAutocomplete(AutocompleteSelect):
    """Says what it is for while it is empty; the stock one is then a box without a name for screen readers."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-placeholder": f"{capfirst(self.field.verbose_name)}…"}


class SeveralAutocomplete(AutocompleteSelectMultiple):
    """Each choice has a cross of its own: the one for all would stand in a list among its items."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}


class NamedChoices(AutocompleteJsonView):
    """Offers each row by what its own ModelAdmin calls it in a choice."""

    def serialize_result(self, obj, to_field_name):
        return {**super().serialize_result(obj, to_field_name), "text": self.model_admin.choice_text(obj)}


class LimitedChoices:
    """For a ModelAdmin or an inline: a related row can be chosen only where its own list would show it."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", NamedAutocomplete(db_field, self.admin_site))
        queryset = self._choices(db_field, request)
        if queryset is not None:
            kwargs.setdefault("queryset", queryset)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and queryset is not None:
            field.label_from_instance = self.admin_site.get_model_admin(db_field.remote_field.model).choice_text
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SeveralAutocomplete(db_field, self.admin_site))
        queryset = self._choices(db_field, request)
        if queryset is not None:
            kwargs.setdefault("queryset", queryset)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field, request):
        related = db_field.remote_field.model
        if not self.admin_site.is_registered(related):
            return None
        return self.admin_site.get_model_admin(related).get_queryset(request)
