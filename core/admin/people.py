from django import forms
from django.contrib import admin
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from core.admin.access import LimitedChoices
from core.admin.base import BackOfficeAdmin
from core.admin.display import EMPTY, pill
from core.admin.forms import RowForm, RowFormSet, ServiceForm, changed_forms
from core.admin.privacy import PersonalData
from core.admin.quick_filters import QuickFilter
from core.models import Membership, Organization, Role, User
from core.people import save_membership

TONES = {
    Role.STUDENT: "grey",
    Role.BASIC_STAFF: "blue",
    Role.ADVANCED_STAFF: "green",
    Role.ADMINISTRATOR: "amber",
}


class PersonForm(ServiceForm):
    """The password can be set here and never read."""

    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text=_("At least ten characters. Left empty, the password stays; a new person without one cannot log in."),
    )

    def clean_new_password(self):
        password = self.cleaned_data["new_password"]
        if password:
            password_validation.validate_password(password, self.instance)
        return password


class MembershipFormSet(RowFormSet):
    def clean(self):
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data]
        if not any(row.get("organization") and not row.get("DELETE") for row in kept) and self.needs_one:
            raise ValidationError(_("A person belongs to at least one organization."), code="required")


class MembershipInline(LimitedChoices, admin.TabularInline):
    model = Membership
    form = RowForm
    formset = MembershipFormSet
    fields = ["organization", "role"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).filter(organization__in=administered(request.user))

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.needs_one = not request.user.is_superuser and not self._is_elsewhere(request, obj)
        return formset

    def _is_elsewhere(self, request, person) -> bool:
        """Whether the person belongs to an organization that is not this administrator's, and not shown here."""
        return person is not None and person.memberships.exclude(organization__in=administered(request.user)).exists()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "organization":
            kwargs["queryset"] = Organization.objects.filter(pk__in=administered(request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request, obj=None) -> bool:
        return bool(administered(request.user))

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


def administered(user) -> list[int]:
    return user.organization_ids(Role.ADMINISTRATOR)


def is_wholly_theirs(user, person) -> bool:
    """Whether this administrator's organizations are all that the person belongs to: else the account is shared."""
    if user.is_superuser:
        return True
    return not person.is_superuser and not person.memberships.exclude(organization__in=administered(user)).exists()


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return Role.choices

    def queryset(self, request, queryset):
        if self.value() not in Role.values:
            return queryset
        organizations = request.user.organization_ids(Role.BASIC_STAFF)
        return queryset.filter(memberships__role=self.value(), memberships__organization__in=organizations).distinct()


@admin.register(User)
class PeopleAdmin(PersonalData, BackOfficeAdmin):
    """Staff look people up; administrators add them and give them roles in their own organizations."""

    form = PersonForm
    inlines = [MembershipInline]
    add_role = change_role = Role.ADMINISTRATOR
    keeps_deleted = False
    list_display = ["login", "name", "email", "role_pills", "activity"]
    list_filter = [RoleFilter, "is_active", "language"]
    search_fields = ["login", "email", "first_name", "last_name"]
    search_help_text = _("Search by login, e-mail or name")
    ordering = ["login"]
    export_columns = ["id", "login", "email", "first_name", "last_name", "language", "is_active"]
    quick_filters = [
        QuickFilter(
            "staff", _("Staff"), lambda rows, request: _with_roles(rows, request, Role.at_least(Role.BASIC_STAFF))
        ),
        QuickFilter("students", _("Students"), lambda rows, request: _with_roles(rows, request, [Role.STUDENT])),
        QuickFilter("inactive", _("Inactive"), lambda rows, request: rows.filter(is_active=False)),
    ]

    def visible_to(self, queryset, user):
        if user.is_superuser:
            return queryset
        organizations = user.organization_ids(self.view_role)
        return queryset.filter(pk__in=Membership.objects.filter(organization__in=organizations).values("user"))

    def allows(self, user, role, row=None) -> bool:
        if row is None or user.is_superuser:
            return super().allows(user, role)
        return row.memberships.filter(organization__in=user.organization_ids(role)).exists()

    def get_queryset(self, request):
        shown = Membership.objects.filter(organization__in=request.user.organization_ids(self.view_role))
        memberships = Prefetch("memberships", shown.select_related("organization"), to_attr="shown_memberships")
        return super().get_queryset(request).prefetch_related(memberships)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_fieldsets(self, request, obj=None):
        account = ["is_active"] + (["is_superuser"] if request.user.is_superuser else [])
        password = ["new_password"] if self._may_edit(request, obj) else []
        return [
            (None, {"fields": ["login", "email", "first_name", "last_name", "language"]}),
            (_("Account"), {"fields": [*password, *account]}),
        ]

    def get_readonly_fields(self, request, obj=None):
        if self._may_edit(request, obj):
            return []
        return ["login", "email", "first_name", "last_name", "language", "is_active"]

    def _may_edit(self, request, person) -> bool:
        """A shared account is not one administrator's to rename, or to take over by a new password."""
        if not self.has_change_permission(request, person):
            return False
        return person is None or is_wholly_theirs(request.user, person)

    def get_inlines(self, request, obj):
        return self.inlines if administered(request.user) else []

    def create_row(self, request, values, form):
        return self._with_memberships(super().create_row(request, values, form), form)

    def update_row(self, request, row, versions, values, form):
        if self._may_edit(request, row):
            return self._with_memberships(super().update_row(request, row, versions, values, form), form)
        person = User.objects.locked(row.pk, versions)
        if any(changed_forms(formset) for formset in form.formsets):
            # Nothing of the account itself, but whoever has it open is told that its roles changed.
            person.save()
        return self._with_memberships(person, form)

    def _fill_and_save(self, row, form):
        password = form.cleaned_data.get("new_password")
        if password:
            row.set_password(password)
        elif row._state.adding:
            row.set_unusable_password()
        return super()._fill_and_save(row, form)

    def _with_memberships(self, person, form):
        for formset in form.formsets:
            for each in changed_forms(formset):
                _write_membership(person, each)
        return person

    def get_search_results(self, request, queryset, search_term):
        queryset, distinct = super().get_search_results(request, queryset, search_term)
        source = self._asking_admin(request)
        if source is not None:
            queryset = source.narrow_autocomplete(request, request.GET["field_name"], queryset.filter(is_active=True))
        return queryset, distinct

    def _asking_admin(self, request):
        """The ModelAdmin whose form's autocomplete asks; None for the list's own search."""
        wanted = (request.GET.get("app_label"), request.GET.get("model_name"))
        registered = self.admin_site._registry.items()
        named = (found for model, found in registered if (model._meta.app_label, model._meta.model_name) == wanted)
        found = next(named, None) if request.GET.get("field_name") else None
        return found if isinstance(found, BackOfficeAdmin) else None

    def choice_text(self, row) -> str:
        """ "Lea Martin (lea)"; the log-in alone of somebody without a name."""
        return row.login if row.full_name == row.login else f"{row.full_name} ({row.login})"

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, row):
        return f"{row.first_name} {row.last_name}".strip() or EMPTY

    @admin.display(description=_("roles"))
    def role_pills(self, row):
        pills = ((pill(_role_text(each), TONES[each.role]),) for each in row.shown_memberships)
        return format_html_join(" ", "{}", pills)

    @admin.display(description=_("state"), ordering="is_active")
    def activity(self, row):
        return pill(_("Active"), "green") if row.is_active else pill(_("Inactive"))


def _with_roles(rows, request, roles):
    organizations = request.user.organization_ids(Role.BASIC_STAFF)
    held = Membership.objects.filter(organization__in=organizations, role__in=roles)
    return rows.filter(pk__in=held.values("user"))


def _role_text(membership) -> str:
    return f"{membership.get_role_display()} · {membership.organization}"


def _write_membership(person, form) -> None:
    """One row of the inline: a new one, a change, or its removal."""
    values, row = form.cleaned_data, form.instance
    if not values.get("DELETE"):
        row.user = person
        save_membership(row, values["organization"], values["role"])
    elif row.pk:
        row.delete()


navigation.register("people", _("People"), navigation.Item("core.User", "people"), order=40)
