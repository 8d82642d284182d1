from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from redis import RedisError

from core import service_scripts
from core.service_scripts import run_due_service_scripts, service_script


@pytest.fixture(autouse=True)
def no_other_scripts(monkeypatch, settings):
    """A clean registry, and a cache in memory, whose clock the tests can move."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "scripts"}}
    monkeypatch.setattr(service_scripts, "_scripts", {})
    cache.clear()


def register(name: str, every: timedelta, answer=lambda: 1) -> None:
    service_script(name, every=every)(answer)


def test_each_runs_when_its_period_is_over():
    register("minutely", timedelta(minutes=1))
    register("hourly", timedelta(hours=1))
    with time_machine.travel("2026-03-01T00:00:00Z", tick=False) as clock:
        runs = []
        for _ in range(61):
            runs.append(run_due_service_scripts())
            clock.shift(timedelta(seconds=60))
    assert sum("minutely" in run for run in runs) == 61
    assert [number for number, run in enumerate(runs) if "hourly" in run] == [0, 60]


def test_one_that_fails_stops_no_other_and_is_tried_again(caplog):
    register("broken", timedelta(hours=1), lambda: 1 / 0)
    register("good", timedelta(hours=1))
    assert run_due_service_scripts() == {"broken": None, "good": 1}
    assert "ZeroDivisionError" in caplog.text
    assert run_due_service_scripts() == {"broken": None}


def test_two_cannot_have_one_name():
    register("same", timedelta(minutes=1))
    with pytest.raises(ValueError, match="same"):
        register("same", timedelta(minutes=1))


def test_they_run_without_a_cache(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    with pytest.raises(RedisError):
        cache.get("x")
    register("minutely", timedelta(minutes=1))
    assert [run_due_service_scripts(), run_due_service_scripts()] == [{"minutely": 1}, {"minutely": 1}]
