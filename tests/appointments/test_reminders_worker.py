"""A reminder that fell due while no worker ran, sent by a real one over a real connection."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from tests.appointments.practice import Practice
from tests.servers import database_env
from tests.smtp import Catcher
from tests.workers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def send_outbox(smtp: Catcher) -> dict:
    command = [sys.executable, "manage.py", "send_outbox", "--json"]
    environment = database_env() | {"EMAIL_URL": smtp.url}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_it_comes_late_and_once_and_what_has_begun_is_not_reminded_of():
    practice = Practice(reminders=[60])
    soon, begun = (practice.book((timezone.now() + timedelta(hours=hours)).replace(microsecond=0)) for hours in (3, 5))
    reminders = OutboxMessage.objects.filter(kind="appointment_reminder")
    OutboxMessage.objects.exclude(pk__in=reminders).delete()
    reminders.update(due_at=timezone.now() - timedelta(minutes=30))
    type(begun).objects.filter(pk=begun.pk).update(start=timezone.now() - timedelta(minutes=1))
    with Catcher() as smtp:
        assert send_outbox(smtp) == {"sent": 1, "captured": 0, "cancelled": 1, "retried": 0, "failed": 0}
        assert send_outbox(smtp) == {"sent": 0, "captured": 0, "cancelled": 0, "retried": 0, "failed": 0}
    (message,) = smtp.messages
    assert message["Subject"].startswith("Reminder: your appointment on ")
    assert reminders.get(state="sent").entity_id == soon.pk
