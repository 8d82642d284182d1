"""The staff's door to service tasks."""

from django.utils.translation import gettext_lazy as _

from core.admin import entities, navigation
from svctasks.admin import runs, scripts, sites, tasks, today  # noqa: F401

entities.register(svctask=entities.Page("svctasks.ServiceTask", "public_id"))
navigation.register(
    "service_tasks",
    _("Service tasks"),
    navigation.Item("svctasks.ServiceTask", "repeat"),
    navigation.Item("svctasks.ServiceRun", "play"),
    navigation.Item("svctasks.ServiceScript", "page"),
    navigation.Item("svctasks.WorkerSite", "building"),
    order=65,
)
