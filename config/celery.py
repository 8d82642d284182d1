import os

from celery import Celery
from kombu import Exchange, Queue

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
    # A worker takes from both in turn: the sweep does not stand in line behind a backlog until it expires.
    task_queues=[Queue(name, Exchange(name), name) for name in ("dutyboard", "periodic")],
    timezone="UTC",
    beat_schedule={
        "sweep-outbox": {
            "task": "core.tasks.sweep_outbox",
            "schedule": 10.0,
            "options": {"expires": 10, "queue": "periodic"},
        },
        "service-scripts": {
            "task": "core.tasks.run_service_scripts",
            "schedule": 60.0,
            "options": {"expires": 60, "queue": "periodic"},
        },
    },
)
app.autodiscover_tasks()
