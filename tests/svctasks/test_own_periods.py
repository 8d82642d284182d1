"""A service task's own week: periods over its end [contract 50]."""

import pytest

from svctasks.models import ServiceTask
from tests.svctasks.desk import Desk
from tests.svctasks.wire import TASKS, error

pytestmark = pytest.mark.django_db
# From Sunday 20:00 to Monday 02:00, as one and as two.
ONE, TWO = [(9840, 120)], [(0, 120), (9840, 10080)]


def on_the_wire(periods: list[tuple[int, int]]) -> list[dict]:
    return [{"timestart": start, "timestop": stop} for start, stop in periods]


@pytest.mark.parametrize(
    ("text", "periods", "shown"),
    [
        ("Sun 20:00 – Mon 02:00", TWO, "Mon 00:00 – 02:00\nSun 20:00 – 24:00"),
        ("Sun 20:00 - Mon 00:00", TWO[1:], "Sun 20:00 – 24:00"),
        ("Fri 22:00 – Mon 06:00", [(0, 360), (7080, 10080)], "Mon 00:00 – 06:00\nFri 22:00 – Sun 24:00"),
        ("Sun - Mon 09:00 - 10:00", [(540, 600), (9180, 9240)], "Mon 09:00 – 10:00\nSun 09:00 – 10:00"),
    ],
)
def test_in_the_back_office_it_is_read_as_it_is_meant(text, periods, shown):
    desk = Desk()
    task = desk.task()
    desk.save(task, schedule="individual", periods=text)
    task.refresh_from_db()
    assert task.periods == [{"start": start, "stop": stop} for start, stop in periods]
    assert shown in desk.page(task)


def test_the_api_says_that_it_is_two(app):
    body = {"name": "Calls", "schedule": "individual"}
    told = error(app.post(TASKS, {**body, "periods": on_the_wire(ONE)}), 400, 1413, "periods")["error_message"]
    assert "from Sunday to Monday there are two: one to 10080, one from 0" in told
    assert app.post(TASKS, {**body, "periods": on_the_wire(TWO)}).status_code == 200
    assert ServiceTask.objects.get().periods == [{"start": start, "stop": stop} for start, stop in TWO]
