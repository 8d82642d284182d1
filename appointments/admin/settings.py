from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.models import BookingSettings
from appointments.services.settings import update_settings
from core.admin.base import BackOfficeAdmin
from core.admin.display import EMPTY
from core.admin.forms import ServiceForm
from core.models import Organization, Role

RULES = (
    *("min_notice", "booking_horizon", "min_time_between", "max_upcoming", "max_multirdvs"),
    *("min_cancel_notice", "max_moves"),
)
# A number of minutes has at most so many digits.
MOST_DIGITS = 9


class MinutesField(forms.CharField):
    """A list of whole numbers, separated by commas."""

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value) -> list[int]:
        parts = [part.strip() for part in (value or "").replace(";", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in parts):
            raise ValidationError(_("must be whole numbers of minutes, separated by commas"), code="numbers")
        return sorted(map(int, parts), reverse=True)

    def has_changed(self, initial, data) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


class BookingSettingsForm(ServiceForm):
    reminders = MinutesField(
        label=_("Reminders (minutes before)"),
        required=False,
        help_text=_("As 1440, 120: a day and two hours before. Empty: none."),
    )


@admin.register(BookingSettings)
class BookingSettingsAdmin(BackOfficeAdmin):
    """One row an organization; without one no rule is set."""

    form = BookingSettingsForm
    keeps_deleted = False
    add_role = change_role = Role.ADVANCED_STAFF
    fieldsets = [
        (None, {"fields": ["organization", "confirm_required", "assignment"]}),
        (
            _("Rules for customers"),
            {
                "description": _("Empty: the rule is off. Staff may pass over them, with a reason."),
                "fields": RULES,
            },
        ),
        (_("Days and e-mails"), {"fields": ["holidays_country", "check_mx", "sendmail", "reminders"]}),
        (
            _("Address"),
            {
                "fields": ["urlname", "preposition", "phone", "fax", "address", "zipcode", "city", "country"],
                "classes": ["collapse"],
            },
        ),
    ]
    list_display = ["organization", "notice", "cancel_notice", "confirm_required", "assignment", "reminder_list"]
    list_select_related = ["organization"]
    search_fields = ["organization__name"]
    search_help_text = _("Search by organization")
    ordering = ["organization__name"]

    def has_add_permission(self, request, obj=None) -> bool:
        return super().has_add_permission(request) and self._without(request).exists()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["organization"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, **{**kwargs, "queryset": self._without(request)})

    def _without(self, request):
        """The person's organizations that have no rules yet."""
        places = request.user.organization_ids(self.add_role)
        return Organization.objects.filter(pk__in=places, booking_settings=None)

    def create_row(self, request, values, form):
        organization = values.pop("organization")
        return update_settings(organization.pk, values).booking_settings

    def update_row(self, request, row, versions, values, form):
        # The service counts the writes of both rows.
        both = [version + row.organization.version for version in versions]
        return update_settings(row.pk, values, both).booking_settings

    @admin.display(description=_("notice"), ordering="min_notice")
    def notice(self, row):
        return _minutes(row.min_notice)

    @admin.display(description=_("notice before a cancellation"), ordering="min_cancel_notice")
    def cancel_notice(self, row):
        return _minutes(row.min_cancel_notice)

    @admin.display(description=_("reminders"))
    def reminder_list(self, row):
        return ", ".join(map(_minutes, row.reminders)) or EMPTY


def _minutes(value: int | None) -> str:
    return EMPTY if value is None else gettext("%(minutes)d min") % {"minutes": value}
