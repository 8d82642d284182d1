"""What the lists of set-up have in common: read by all staff, written by advanced staff, deleted by a mark."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.services.living_rows import LivingRows
from core.admin.actions import RowAction
from core.admin.display import pill
from core.admin.quick_filters import QuickFilter
from core.errors import StateConflict
from core.models import Role
from scheduling.admin.reference import ReferenceAdmin


class Delete(RowAction):
    """By a mark: what was done with the row stays, and it can be restored."""

    name = "delete_row"
    label = _("Delete")
    tone = "danger"
    role = Role.ADVANCED_STAFF

    def __init__(self, service: LivingRows, role: Role = Role.ADVANCED_STAFF):
        self.service, self.role = service, role

    def check(self, row, user) -> None:
        if row.is_deleted:
            raise StateConflict(gettext("is deleted"), [])

    def run(self, row, user, values, versions) -> None:
        self.service.delete(row.pk, versions)


class Restore(RowAction):
    name = "restore"
    label = _("Restore")

    def __init__(self, service: LivingRows, role: Role = Role.ADVANCED_STAFF):
        self.service, self.role = service, role

    def check(self, row, user) -> None:
        if not row.is_deleted:
            raise StateConflict(gettext("is not deleted"), [])

    def run(self, row, user, values, versions) -> None:
        self.service.update(row.pk, {"is_deleted": False}, versions)


IN_USE = QuickFilter("in_use", _("In use"), lambda rows, request: rows.filter(is_deleted=False))
DELETED = QuickFilter("deleted", _("Deleted"), lambda rows, request: rows.filter(is_deleted=True))


class LivingAdmin(ReferenceAdmin):
    """Set `service`. A deleted row is shown, and changed no more until it is restored."""

    service: LivingRows
    keeps_deleted = False
    quick_filters = [IN_USE, DELETED]
    ordering = ["sort", "id"]

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    def get_search_results(self, request, queryset, search_term):
        rows, distinct = super().get_search_results(request, queryset, search_term)
        if "field_name" in request.GET:
            # A form's choice: what is deleted is not for new things.
            rows = rows.filter(is_deleted=False)
        return rows, distinct

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return without_deleted(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return without_deleted(super().formfield_for_manytomany(db_field, request, **kwargs))

    def summary(self, row):
        return use_pill(row) if row.is_deleted else ""


def deleting(service: LivingRows, role: Role = Role.ADVANCED_STAFF) -> list[RowAction]:
    return [Delete(service, role), Restore(service, role)]


def without_deleted(field):
    """The form's field, which offers no deleted row."""
    queryset = getattr(field, "queryset", None)
    if queryset is not None and hasattr(queryset, "alive"):
        field.queryset = queryset.alive()
    return field


def use_pill(row):
    if row.is_deleted:
        return pill(_("Deleted"))
    is_open = getattr(row, "is_open", None)
    if is_open is None:
        return pill(_("In use"), "green")
    return pill(_("Open"), "green") if is_open else pill(_("Staff only"), "amber")


def by_fields(error: ValidationError, names) -> ValidationError:
    """The service's errors on parts of a value ("opening_hours.3.start") put on the field itself."""
    found: dict = {}
    for path, errors in error.error_dict.items():
        name = path.split(".")[0]
        found.setdefault(name if name in names else path, []).extend(errors)
    return ValidationError(found)
