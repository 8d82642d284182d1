"""What other systems may be told of service tasks."""

from django.utils.translation import gettext_lazy as _

from core.events import event_type
from core.webhooks.envelope import Entity, register

RUN_FAILED = event_type("svctask.run_failed", _("A run of a service task failed, or was lost"))
PAUSED = event_type("svctask.paused", _("A service task was paused, by hand or for its failures"))

register(Entity("svctask", "svctasks:read", "/rest/v1/service/svctasks/{id}"))
