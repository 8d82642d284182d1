"""What the lists of reference data have in common: rows that jobs name, archived rather than deleted."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.base import OrganizationAdmin
from core.admin.display import pill
from core.admin.filters import OrganizationFilter
from core.admin.quick_filters import QuickFilter
from core.errors import StateConflict
from core.models import Role
from scheduling.services.reference_rows import ReferenceRows


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})

    def __init__(self, **kwargs):
        super().__init__(required=False, strip=False, **kwargs)

    def prepare_value(self, value):
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        lines = (line.strip() for line in (value or "").splitlines())
        return [line for line in lines if line]

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class Archive(RowAction):
    """Out of use, or back: what was done with the row stays."""

    role = Role.ADVANCED_STAFF

    def __init__(self, service: ReferenceRows, *, is_archived: bool):
        self.service, self.is_archived = service, is_archived
        self.name = "archive" if is_archived else "restore"
        self.label = _("Archive") if is_archived else _("Use again")

    def check(self, row, user) -> None:
        if row.is_archived == self.is_archived:
            raise StateConflict(str(_("is archived already") if row.is_archived else _("is in use")), [])

    def run(self, row, user, values, versions) -> None:
        self.service.update(row.pk, {"is_archived": self.is_archived}, versions)


def archiving(service: ReferenceRows) -> list[RowAction]:
    return [Archive(service, is_archived=True), Archive(service, is_archived=False)]


IN_USE = QuickFilter("in_use", _("In use"), lambda rows, request: rows.filter(is_archived=False))
ARCHIVED = QuickFilter("archived", _("Archived"), lambda rows, request: rows.filter(is_archived=True))


class ReferenceAdmin(OrganizationAdmin):
    """Read by all staff, written by advanced staff, as in the API [contract 00]. Set `service`."""

    service: ReferenceRows
    add_role = change_role = Role.ADVANCED_STAFF
    delete_role = None
    list_filter = [OrganizationFilter]
    ordering = ["name", "id"]

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return self.service.create(organization, self.values_for(values, form))

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return self.service.update(row.pk, self.values_for(values, form), versions)

    def values_for(self, values: dict, form) -> dict:
        """What the service is given of the form's values."""
        return values

    def get_search_results(self, request, queryset, search_term):
        rows, distinct = super().get_search_results(request, queryset, search_term)
        if "field_name" in request.GET and self._is_archivable():
            # A form's choice: what is archived is not for new things.
            rows = rows.filter(is_archived=False)
        return rows, distinct

    def _is_archivable(self) -> bool:
        try:
            return bool(self.opts.get_field("is_archived"))
        except FieldDoesNotExist:
            return False


def with_organization(back_office: OrganizationAdmin, request, sets: list) -> list:
    """The fieldsets, in the first of which somebody of several organizations names the row's."""
    if len(request.user.organization_ids(back_office.view_role)) > 1:
        sets[0][1]["fields"].insert(0, "organization")
    return sets


def use_pill(row):
    return pill(_("Archived")) if row.is_archived else pill(_("In use"), "green")


def write_rows(form, write: Callable, refusal) -> None:
    """Call `write(row form)` for each inline row that says something; a refused one says why itself.

    Raises ValidationError with `refusal` when there was one.
    """
    rows = [row for formset in form.formsets for row in _telling(formset)]
    refused = [row for row in rows if not _is_written(row, write)]
    if refused:
        raise ValidationError(refusal, code="rows")


def _telling(formset) -> list:
    """Rows that may only be removed count as unchanged for Django."""
    return [row for row in formset.forms if row.has_changed() or row in formset.deleted_forms]


def _is_written(row, write: Callable) -> bool:
    try:
        write(row)
    except ValidationError as error:
        show_on(row, error)
        return False
    return True


def show_on(row, error: ValidationError) -> None:
    """A service's sentences on the fields of the inline row."""
    if not hasattr(error, "error_dict"):
        row.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        row.add_error(name if name in row.fields else None, errors)
