from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.display import local_time, pill
from core.admin.filters import related_filter
from core.admin.forms import RowForm, RowFormSet
from core.admin.quick_filters import QuickFilter
from core.errors import StateConflict
from core.models import Role
from scheduling.admin.custom_fields import CustomFieldsForm, field_name, form_with
from scheduling.admin.reference import ARCHIVED, IN_USE, ReferenceAdmin, archiving, with_organization, write_rows
from scheduling.models import Contact, ContactGroup, ContactPerson, CustomFieldDefinition
from scheduling.services.contacts import CONTACTS, GROUPS, PERSONS, stop_contact, unstop_contact

ON_STOP = Contact.AccountStatus.ON_STOP


@admin.register(ContactGroup)
class ContactGroupsAdmin(ReferenceAdmin):
    service = GROUPS
    fieldsets = [(None, {"fields": ["name"]})]
    list_display = ["name"]
    search_fields = ["name", "=id"]
    search_help_text = _("Search by name or number")
    export_columns = ["id", "organization__name", "name"]


class StopForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=255)


class Stop(RowAction):
    name = "stop"
    label = _("Put on stop")
    role = Role.ADVANCED_STAFF
    form_class = StopForm

    def check(self, row, user) -> None:
        if row.is_on_stop:
            raise StateConflict(str(_("is on stop already")), [])

    def run(self, row, user, values, versions) -> None:
        stop_contact(row.pk, values["reason"].strip(), versions)


class Unstop(RowAction):
    name = "unstop"
    label = _("Take off stop")
    role = Role.ADVANCED_STAFF

    def check(self, row, user) -> None:
        if not row.is_on_stop:
            raise StateConflict(str(_("is not on stop")), [])

    def run(self, row, user, values, versions) -> None:
        unstop_contact(row.pk, versions)


class PersonsInline(admin.TabularInline):
    """Written by their own service, with the contact's form."""

    model = ContactPerson
    form = RowForm
    formset = RowFormSet
    fields = ["name", "email", "phone", "is_primary", "is_archived"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None) -> bool:
        return self.admin_site.get_model_admin(Contact).has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return self.admin_site.get_model_admin(Contact).has_change_permission(request, obj)

    has_change_permission = has_add_permission


@admin.register(Contact)
class ContactsAdmin(ReferenceAdmin):
    service = CONTACTS
    form = CustomFieldsForm
    inlines = [PersonsInline]
    row_actions = [Stop(), Unstop(), *archiving(CONTACTS)]
    autocomplete_fields = ["group", "parent"]
    list_display = ["name", "reference", "group", "town", "account"]
    list_filter = ["account_status", related_filter("group", _("group")), *ReferenceAdmin.list_filter]
    list_select_related = ["group"]
    search_fields = ["name", "reference", "town", "persons__name", "=id"]
    search_help_text = _("Search by name, reference, town, person or number")
    export_columns = [
        "id",
        "organization__name",
        "reference",
        "name",
        "group__name",
        "street",
        "postal_code",
        "town",
        "country",
        "account_status",
        "is_archived",
    ]
    quick_filters = [
        IN_USE,
        QuickFilter("on_stop", _("On stop"), lambda rows, request: rows.filter(account_status=ON_STOP)),
        ARCHIVED,
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, form=form_with(self.form, self._definitions(obj)), **kwargs)

    def _definitions(self, contact: Contact | None) -> list[CustomFieldDefinition]:
        """Any of the organization's; a new contact gets its values afterwards."""
        if contact is None:
            return []
        return list(CustomFieldDefinition.objects.filter(organization=contact.organization_id))

    def get_fieldsets(self, request, obj=None):
        custom = [field_name(one) for one in self._definitions(obj)]
        sets = [
            (None, {"fields": ["name", "reference", "group", "parent", "extra_information", "is_archived"]}),
            (_("Address"), {"fields": ["street", "postal_code", "town", "country", "latitude", "longitude"]}),
            *([(_("Custom fields"), {"fields": custom, "classes": ["collapse"]})] if custom else []),
        ]
        return with_organization(self, request, sets)

    def create_row(self, request, values, form):
        return self._with_persons(super().create_row(request, values, form), form)

    def update_row(self, request, row, versions, values, form):
        return self._with_persons(super().update_row(request, row, versions, values, form), form)

    def values_for(self, values, form):
        return form.service_values(values)

    def _with_persons(self, contact: Contact, form) -> Contact:
        write_rows(form, lambda row: _write_person(contact, row), _("Please look at the persons below."))
        return contact

    def choice_text(self, row) -> str:
        """Says of one on stop that no job is made for it."""
        if not row.is_on_stop:
            return row.name
        reason = f": {row.stop_reason}" if row.stop_reason else ""
        mark = _("on stop")
        return f"{row.name} ({mark}{reason})"

    def summary(self, row):
        if not row.is_on_stop:
            return ""
        since = local_time(row.stopped_at, row.organization.zone)
        return format_html("{} {} {}", pill(_("On stop"), "red"), since, row.stop_reason)

    @admin.display(description=_("account"), ordering="account_status")
    def account(self, row):
        if row.is_archived:
            return pill(_("Archived"))
        return pill(_("On stop"), "red") if row.is_on_stop else pill(_("Normal"), "green")


def _write_person(contact: Contact, row) -> None:
    values = {name: value for name, value in row.cleaned_data.items() if name in PersonsInline.fields}
    if row.instance.pk:
        PERSONS.update(row.instance.pk, values)
        return
    # Unticked is no answer: the first one becomes the primary one.
    given = {name: value for name, value in values.items() if name != "is_primary" or value}
    PERSONS.create(contact.organization, {**given, "contact": contact})
