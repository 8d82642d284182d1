from django.contrib import admin
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.base import BackOfficeAdmin
from core.admin.dashboard import list_url
from core.admin.display import local_time, pill
from core.admin.quick_filters import QuickFilter
from core.errors import StateConflict
from core.models import Role
from svctasks.models import WorkerSite
from svctasks.models.site import AWAY_AFTER
from svctasks.services import leaving

FIELDS = ["name", "activity", "seen"]


class Forget(RowAction):
    """Tasks of all sites go on without it."""

    name = "forget"
    label = _("Forget")
    tone = "danger"
    role = Role.ADMINISTRATOR
    in_list = False

    def check(self, row, user) -> None:
        if row.is_alive:
            raise StateConflict(gettext("its workers are there"), [])

    def run(self, row, user, values, versions) -> None:
        leaving.forget(row.name)


@admin.register(WorkerSite)
class WorkerSitesAdmin(BackOfficeAdmin):
    """Declared by their workers, for all organizations: read by all staff, forgotten by superusers."""

    row_actions = [Forget()]
    delete_role = None
    keeps_deleted = False
    list_display = FIELDS
    search_fields = ["name"]
    search_help_text = _("Search by name")
    ordering = ["name"]
    fields = readonly_fields = FIELDS
    quick_filters = [
        QuickFilter("there", _("There"), lambda rows, request: rows.alive(timezone.now())),
        QuickFilter("away", _("Away"), lambda rows, request: rows.filter(seen_at__lte=timezone.now() - AWAY_AFTER)),
    ]

    def visible_to(self, queryset, user):
        return queryset

    def allows(self, user, role, row=None) -> bool:
        return super().allows(user, role) and (user.is_superuser or role == self.view_role)

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def _press(self, request, action, row, form):
        """Back to the list where the row is no more."""
        response = super()._press(request, action, row, form)
        if isinstance(response, HttpResponseRedirect) and not WorkerSite.objects.filter(pk=row.pk).exists():
            return HttpResponseRedirect(list_url("svctasks_workersite"))
        return response

    @admin.display(description=_("state"))
    def activity(self, row):
        return pill(_("There"), "green") if row.is_alive else pill(_("Away"), "red")

    @admin.display(description=_("last seen"), ordering="seen_at")
    def seen(self, row):
        return local_time(row.seen_at)
