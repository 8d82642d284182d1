"""Deleting a service task in the back office: what the page says goes with it, and what keeps it."""

import pytest

from svctasks.models import ServiceRun, ServiceTask
from tests.back_office import messages_of, url
from tests.svctask_factories import make_run
from tests.svctasks.desk import RUN, TASK, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


def test_its_page_counts_the_runs_which_may_be_very_many(desk, django_assert_max_num_queries):
    task = desk.task()
    for day in range(1, 29):
        make_run(task, desk.at(f"2026-11-{day:02} 09:00"))
    with django_assert_max_num_queries(20):
        page = desk.client.get(url(TASK, "delete", task.pk)).content.decode()
    assert "28 runs" in page
    assert "2026-11-" not in page.partition('id="deleted-objects"')[2]


GOES_ON = "A run of this task is going on: cancel it first"


def in_bulk(desk, *tasks) -> str:
    sent = {"action": "delete_rows", "_selected_action": [task.pk for task in tasks], "confirmed": "yes"}
    return messages_of(desk.client.post(url(TASK, "changelist"), sent, follow=True))


def test_one_whose_run_goes_on_stays_by_either_way(desk):
    task, other = desk.task(), desk.task()
    run = make_run(task, state="running")
    assert GOES_ON in desk.do(task, "delete")
    assert GOES_ON in in_bulk(desk, task, other)
    assert list(ServiceTask.objects.all()) == [task]
    assert ServiceRun.objects.get() == run


def test_once_its_run_is_cancelled_and_has_ended_it_goes(desk):
    task = desk.task()
    run = make_run(task, state="running")
    desk.client.post(url(RUN, "do", run.pk, "cancel"))
    assert GOES_ON in desk.do(task, "delete")
    ServiceRun.objects.filter(pk=run.pk).update(state="cancelled")
    assert "1 done" in in_bulk(desk, task)
    assert not ServiceTask.objects.exists()
