"""Celery's door: what beat and the hand-over name exists, and acts as itself."""

import pytest
from celery import current_app

from core import tasks
from core.context import current_actor
from tests.factories import make_organization
from tests.notes import a_note

pytestmark = pytest.mark.django_db


def test_what_beat_asks_for_exists():
    current_app.loader.import_default_modules()
    asked = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert asked | {"core.tasks.send_message"} <= set(current_app.tasks)


def test_one_message():
    row = a_note(make_organization())
    tasks.send_message(row.pk)
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_message_that_is_gone():
    tasks.send_message(2**62)


def test_the_sweep():
    row = a_note(make_organization())
    tasks.sweep_outbox()
    row.refresh_from_db()
    assert row.state == "sent"


@pytest.mark.parametrize("task", ["send_message", "sweep_outbox"])
def test_mail_is_rendered_by_its_own_door(monkeypatch, task):
    row, doors = a_note(make_organization()), []
    monkeypatch.setattr("core.mail.delivery.render_row", lambda row: doors.append(current_actor().door))
    getattr(tasks, task)(*([row.pk] if task == "send_message" else []))
    assert doors == ["celery"]
