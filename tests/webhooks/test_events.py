"""Every door of the product tells of what it changes: one story after the other, and none is missing [contract 60]."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from appointments.models import Appointment
from core.context import acting
from core.events import event_type, record, types
from core.models import Event
from core.webhooks.envelope import entity_of
from interventions.models import Anomaly, Intervention
from scheduling.models import Close, CommunityService, Job
from scheduling.services.closes import create_close
from tests.factories import make_close, make_organization
from tests.svctasks.conftest import own_handlers  # noqa: F401
from tests.webhooks import (  # noqa: F401
    stories_of_appointments,
    stories_of_closes,
    stories_of_interventions,
    stories_of_jobs,
)
from tests.webhooks.stories import STORIES, Story
from tests.webhooks.wire import kind_named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
# A Monday, 08:00 in Paris.
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
# Of which entity a row of these is.
ROWS = {
    Close: "close",
    CommunityService: "community_service",
    Job: "job",
    Appointment: "appointment",
    Anomaly: "anomaly",
    Intervention: "intervention",
}
# These write rows of which nobody is told: of a close whose services alone changed, of what the purge forgot.
QUIET = {"a_close_changes_its_services_alone", "the_purge_tells_nobody_of_whom_it_forgets"}


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def told_since(pk: int) -> list[tuple[str, str]]:
    return list(Event.objects.filter(pk__gt=pk).order_by("pk").values_list("kind", "entity_id"))


def latest(model) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def written_since(history: dict) -> set[tuple[str, str]]:
    """What the audit trail has of the rows that other systems may be told of."""
    return {
        (ROWS[model], str(pk))
        for model, last in history.items()
        for pk in model.history.filter(history_id__gt=last).values_list("id", flat=True)
    }


def last_of_history() -> dict:
    return {
        model: model.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0 for model in ROWS
    }


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_it_tells_exactly_this(story: Story, clock):
    takes_clock = "clock" in story.tell.__code__.co_varnames[: story.tell.__code__.co_argcount]
    with acting(door="test"):
        tale = story.tell(clock) if takes_clock else story.tell()
        next(tale)
        before, history = latest(Event), last_of_history()
        next(tale, None)
    told = told_since(before)
    assert [kind for kind, _pk in told] == list(story.events)
    if story.name not in QUIET:
        unsaid = written_since(history) - {(entity_of(kind).name, pk) for kind, pk in told}
        assert unsaid == set(), "the audit trail has it, the feed has not"


def test_each_type_of_event_has_a_story():
    told = {name for story in STORIES for name in story.events}
    assert {kind.name for kind in types()} == told


def test_the_types_that_the_contract_names_are_there():
    named = "community_service.assigned close.closed close.unclosed job.created job.scheduled job.completed"
    named += " intervention.created intervention.verified appointment.booked appointment.cancelled svctask.run_failed"
    assert set(named.split()) <= {kind.name for kind in types()}


def test_each_type_says_how_its_rows_are_found_and_what_reads_them():
    for kind in types():
        entity = entity_of(kind.name)
        assert entity.path.startswith("/")
        assert "{id}" in entity.path
        assert str(kind.title)


# -- with the change, or not at all -------------------------------------------------------------------------


def test_a_change_that_is_rolled_back_tells_nothing():
    close = make_close(make_organization())
    values = {"user": close.user, "closer": close.closer, "kind": "other", "reason": "Late"}
    with transaction.atomic():
        create_close(close.organization, values)
        assert Event.objects.count() == 1
        transaction.set_rollback(True)
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_without_a_transaction_is_refused():
    close = make_close(make_organization())
    with pytest.raises(transaction.TransactionManagementError, match="transaction of its change"):
        record(kind_named("close.closed"), close)
    assert Event.objects.count() == 0


def test_no_two_types_have_one_name():
    with pytest.raises(ValueError, match="two event types"):
        event_type("close.closed", "Again")
