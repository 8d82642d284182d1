import os
import sys
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("dutyboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # The outbox row is the truth: a lost or repeated message of the broker costs nothing.
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    task_publish_retry=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 300, "socket_connect_timeout": 0.5, "socket_timeout": 5},
    task_default_queue="dutyboard",
    timezone="UTC",
    beat_schedule={
        "sweep-outbox": {
            "task": "core.tasks.sweep_outbox",
            "schedule": 10.0,
            "options": {"expires": 10, "queue": "periodic"},
        },
        "sweep-webhooks": {
            "task": "core.tasks.sweep_webhooks",
            "schedule": 10.0,
            "options": {"expires": 10, "queue": "webhooks"},
        },
        "dispatch-service-tasks": {
            "task": "svctasks.tasks.dispatch_service_tasks",
            "schedule": 1.0,
            "options": {"expires": 5, "queue": "periodic"},
        },
    },
)
# Celery would close the connection before and after each task, and a new one costs more than most tasks.
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def look_at_connections(sender: Any, **_about) -> None:
    """Kept and checked as those of requests are."""
    if not sender.request.is_eager:
        close_old_connections()
