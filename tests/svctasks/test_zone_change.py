"""While staff change an organization's time zone, its service tasks are dispatched [contract 50]."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import organizations
from core.models import Role
from svctasks.models import ServiceTask
from svctasks.services import sites
from svctasks.services.dispatching import dispatch_due
from tests.back_office import browser, organization, person, sent_form, url
from tests.svctask_factories import make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LONG = 60


def test_its_runs_are_written_before_the_change_is_done(monkeypatch):
    town = organization("Paris")
    client = browser(person("ada", Role.ADMINISTRATOR, town))
    task = make_task(town, is_enabled=True)
    due = timezone.now() - timedelta(minutes=1)
    ServiceTask.objects.filter(pk=task.pk).update(starts_at=due, counted_until=due - timedelta(seconds=1), wake_at=due)
    sites.declare(["main"])
    begun, written = threading.Event(), threading.Event()

    def is_slow(organization, zone) -> None:
        begun.set()
        assert written.wait(LONG)

    monkeypatch.setattr(organizations, "_zone_followers", [is_slow, *organizations._zone_followers])
    address = url("core_organization", "change", town.pk)
    values = sent_form(client, address) | {"time_zone": "Asia/Tokyo"}
    answers: list = []

    def change() -> None:
        answers.append(client.post(address, values).status_code)
        connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        assert begun.wait(LONG)
        dispatch_due(0)
        assert list(task.runs.values_list("state", flat=True)) == ["waiting"]
    finally:
        written.set()
        thread.join(LONG)
    town.refresh_from_db()
    assert (answers, town.time_zone) == ([302], "Asia/Tokyo")
