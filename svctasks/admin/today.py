"""What the dashboard, and the head of every page, say of service tasks."""

from django.utils.translation import gettext_lazy as _

from core.admin.banners import Banner, banner
from core.admin.dashboard import Card, card, list_url
from core.models import Role
from svctasks import heartbeat
from svctasks.admin.runs import failed_today
from svctasks.models import ServiceRun


@card(order=180)
def failed_tasks(user):
    rows = ServiceRun.objects.filter(organization__in=user.organization_ids(Role.BASIC_STAFF))
    value = failed_today(rows).count()
    url = list_url("svctasks_servicerun", quick="failed_today")
    return Card(_("Failed tasks today"), value, url, "red" if value else "green")


@banner
def stale_dispatcher(user):
    if not heartbeat.is_stale():
        return None
    text = _("Nothing starts the service tasks: reminders, closings and clean-ups wait. Tell whoever runs this server.")
    return Banner(text, "error", list_url("svctasks_workersite"))
