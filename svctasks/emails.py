"""To who looks after the service tasks."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.mail import Rendered, email, queue_email, render
from core.models import OutboxMessage
from core.people import keepers
from svctasks.models import WENT_WRONG, ServiceRun, ServiceTask

MESSAGE = "service_message"


def queue_run_failed(run: ServiceRun, task: ServiceTask) -> None:
    """A task began to fail, fails for another day, or was paused for it."""
    for person in keepers(task.organization):
        queue_email(
            kind="service_run_failed",
            organization=task.organization,
            recipient=person,
            address=person.email,
            language=person.language,
            entity=run,
        )


@email("service_run_failed", _("Service task failed"))
def render_run_failed(row: OutboxMessage) -> Rendered | None:
    """None for a run that purge or a deletion took away, or that ended otherwise after all."""
    run = ServiceRun.objects.select_related("task__script", "organization").filter(pk=row.entity_id).first()
    if run is None or run.state not in WENT_WRONG:
        return None
    page = settings.SITE_URL + reverse("admin:svctasks_servicetask_change", args=[run.task_id])
    return render(row, {"run": run, "task": run.task, "page_url": page, "error": run.error[:500]})


@email(MESSAGE, _("Message of a service task"))
def render_message(row: OutboxMessage) -> Rendered | None:
    return render(row, {"subject": row.params["subject"], "message": row.params["text"]})
