"""The registry of what service tasks run, and the command that lists it."""

import io
import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from core import service_scripts
from core.service_scripts import Shipped, handler_named, handlers, service_script

DAILY = Shipped("cleardata", "Daily cleaning", every=timedelta(days=1))


@pytest.fixture
def empty(monkeypatch):
    monkeypatch.setattr(service_scripts, "_handlers", {})


def listed(*words: str) -> str:
    out = io.StringIO()
    call_command("list_service_scripts", *words, stdout=out)
    return out.getvalue()


def test_two_cannot_have_one_name(empty):
    service_script("same", title="Once")(print)
    with pytest.raises(ValueError, match="same"):
        service_script("same", title="Twice")(print)


def test_they_are_known_by_their_names_and_in_their_order(empty):
    for name in ("second", "first"):
        service_script(name, title=name)(print)
    assert [handler.name for handler in handlers()] == ["first", "second"]
    assert handler_named("first").title == "first"
    assert handler_named("third") is None


def test_one_without_parameters_takes_none(empty):
    service_script("plain", title="Plain")(print)
    handler_named("plain").check({})
    with pytest.raises(ValidationError) as refused:
        handler_named("plain").check({"url": "x"})
    assert list(refused.value.message_dict) == ["params"]


def test_the_command_lists_them(empty):
    service_script("purge_archived", title="Deletes what is expired", ships=DAILY)(print)
    service_script("call_url", title="Calls a URL", calls_out=True)(print)
    assert json.loads(listed("--json")) == {
        "handlers": [
            {"name": "call_url", "title": "Calls a URL", "calls_out": True, "script": None, "every_seconds": None},
            {
                "name": "purge_archived",
                "title": "Deletes what is expired",
                "calls_out": False,
                "script": "cleardata",
                "every_seconds": 86400,
            },
        ]
    }
    assert listed().splitlines() == [
        "call_url                 Calls a URL",
        "purge_archived           Deletes what is expired (script cleardata, each 86400 s)",
    ]


def test_the_periodic_needs_of_every_app_are_among_them():
    shipped = {handler.ships.code: handler.ships.every for handler in handlers() if handler.ships}
    assert shipped["cleardata"] == timedelta(days=1)
    assert {"expireCloses", "makeRecurringJobs", "makeRoutineInterventions", "forgetHolds"} <= set(shipped)
