"""Who is told that a service task fails, and how often."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core import mail
from core.models import Role
from svctasks.models import ServiceRun, ServiceTask
from svctasks.services.running import claim
from svctasks.services.tasks import update_task
from tests.factories import make_member, make_organization
from tests.svctasks.works import enabled_task, look, register, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def town(clock):
    town = make_organization("Town", time_zone="Europe/Paris")
    make_member(town, Role.ADMINISTRATOR, "agnes", first_name="Agnès")
    make_member(town, Role.ADVANCED_STAFF, "mara")
    return town


def task_that(town, *successes: bool, **values) -> ServiceTask:
    """Fails, but for these of its first runs."""
    left = list(successes)
    register(lambda run: None if left and left.pop(0) else 1 / 0)
    return enabled_task(town, name="Count the <chairs>", starts_at=NOW, **values)


def hours(clock, number: int) -> None:
    for _ in range(number):
        clock.shift(HOUR)
        look()
        work()
        mail.drain()


def test_the_administrators_learn_what_went_wrong(town, clock, mailoutbox, settings):
    task = task_that(town)
    hours(clock, 1)
    [message] = mailoutbox
    assert message.to == ["agnes@example.org"]
    assert message.subject == "Service task failed: Count the <chairs>"
    assert "due on Monday 1 June, 12:00, did not succeed" in message.body
    assert "ZeroDivisionError" in message.body
    assert f"{settings.SITE_URL}/admin/svctasks/servicetask/{task.pk}/change/" in message.body
    assert "Count the &lt;chairs&gt;" in message.alternatives[0][0]


def test_without_administrators_advanced_staff_do(town, clock, mailoutbox):
    town.memberships.filter(role=Role.ADMINISTRATOR).delete()
    task_that(town)
    hours(clock, 1)
    assert [message.to for message in mailoutbox] == [["mara@example.org"]]


def test_one_that_goes_on_failing_is_told_of_once_a_day(town, clock, mailoutbox):
    task_that(town)
    hours(clock, 24)
    assert len(mailoutbox) == 1
    hours(clock, 2)
    assert len(mailoutbox) == 2


def test_one_that_fails_now_and_then_is_told_of_once_an_hour(town, clock, mailoutbox):
    task_that(town, *[False, True] * 30, interval_seconds=600)
    for _ in range(12):
        clock.shift(HOUR / 6)
        look()
        work()
        mail.drain()
    assert len(mailoutbox) == 2


def test_one_that_is_enabled_again_is_told_of_again(town, clock, mailoutbox):
    task = task_that(town)
    hours(clock, 2)
    for is_enabled in (False, True):
        update_task(task.pk, {"is_enabled": is_enabled})
    hours(clock, 1)
    assert len(mailoutbox) == 2


def test_one_that_is_paused_for_it_is_told_of_whenever_it_was_told_last(town, clock, mailoutbox):
    task_that(town, pause_after=3)
    hours(clock, 5)
    assert [message.subject.split(":")[0] for message in mailoutbox] == [
        "Service task failed",
        "Service task failed and is off",
    ]
    assert "Paused after 3 failed runs in a row" in mailoutbox[-1].body


def test_a_lost_run_is_a_failure_too(town, clock, mailoutbox, settings):

    register()
    enabled_task(town, starts_at=NOW)
    clock.shift(HOUR)
    look()
    claim(ServiceRun.objects.get().pk, "dies")
    clock.shift(2 * settings.SERVICE_RUN_LEASE)
    look()
    mail.drain()
    assert "no sign of life" in mailoutbox[0].body
