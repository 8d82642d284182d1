"""`GET /api/events`: what happened, for who reads on from where he was [contract 60]."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from core.models import Event, EventFeed, Role
from tests import api
from tests.core.purging import purge
from tests.factories import make_client, make_organization, make_token
from tests.webhooks.wire import FEED, SCOPES, at, happen, integrator, member

# Each event is committed: PostgreSQL puts it in its place when no older one can be.
pytestmark = pytest.mark.django_db(transaction=True)
# Long before any day on which these tests run.
NOON = datetime(2024, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)


@pytest.fixture
def caller(organization):
    return integrator(organization)


def page(caller, query: str = "", **headers) -> tuple[list[dict], str]:
    response = caller.get(f"{FEED}?{query}", **headers)
    assert response.status_code == 200, response.content
    assert list(response.json()) == ["items", "nextCursor"]
    return response.json()["items"], response.json()["nextCursor"]


def kinds(items: list[dict]) -> list[str]:
    return [item["type"] for item in items]


def test_an_event_is_thin_and_names_what_it_is_about(caller, organization, settings):
    settings.SITE_URL = "https://duty.example.org"
    with at(NOON):
        (event,) = happen(organization, "close.closed")
    [item], _cursor = page(caller)
    assert item == {
        "id": f"evt_{event.uuid.hex}",
        "type": "close.closed",
        "createdAt": "2024-11-22T12:00:00.123Z",
        "organizationId": organization.pk,
        "data": {
            "entity": "close",
            "entityId": int(event.entity_id),
            "href": f"https://duty.example.org/v2/closes/{event.entity_id}",
        },
    }
    assert re.fullmatch(r"evt_[0-9a-f]{32}", item["id"])


def test_who_reads_on_from_his_cursor_gets_each_once_in_one_order(caller, organization):
    names = ["close.closed", "close.updated", "close.contested", "close.unclosed", "close.deleted"]
    happen(organization, *names)
    seen, cursor = [], ""
    for expected in (2, 2, 1, 0):
        items, cursor = page(caller, f"limit=2&after={cursor}" if cursor else "limit=2")
        assert len(items) == expected
        seen += kinds(items)
    assert seen == names
    happen(organization, "close.closed", "close.updated")
    items, cursor = page(caller, f"after={cursor}")
    assert kinds(items) == ["close.closed", "close.updated"]
    assert page(caller, f"after={cursor}")[0] == []


def test_the_order_never_changes(caller, organization):
    happen(organization, *["close.updated"] * 7)
    first, _ = page(caller)
    happen(organization, *["close.closed"] * 3)
    again, _ = page(caller)
    assert again[:7] == first
    assert page(caller) == page(integrator(organization))


def test_an_empty_feed_has_a_cursor_to_go_on_from(caller, organization):
    items, cursor = page(caller)
    assert items == []
    assert isinstance(cursor, str)
    happen(organization, "close.closed")
    assert kinds(page(caller, f"after={cursor}")[0]) == ["close.closed"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=1&limit=2", "limit=00000000110000000000"])
def test_a_limit_that_is_none_is_refused(caller, query):
    response = caller.get(f"{FEED}?{query}")
    assert (response.status_code, list(response.json()["errors"])) == (400, ["limit"])


@pytest.mark.parametrize("cursor", ["", "x", "%00", "!!!!", "d2ViaG9va3M6MQ", "ZXZlbnRzOjE", "9" * 3000, "é"])
def test_a_cursor_that_was_never_given_is_refused(caller, cursor):
    response = caller.get(f"{FEED}?after={cursor}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_cursor_of_another_organizations_feed_is_refused(caller):
    elsewhere = make_organization()
    happen(elsewhere, "close.closed")
    _items, cursor = page(integrator(elsewhere))
    assert caller.get(f"{FEED}?after={cursor}").status_code == 400


# -- what a reader may see ----------------------------------------------------------------------------------


def test_another_organizations_events_are_never_there(caller, organization):
    happen(make_organization(), "close.closed")
    happen(organization, "close.updated")
    assert kinds(page(caller)[0]) == ["close.updated"]


KINDS = ["close.closed", "job.created", "intervention.created", "appointment.booked", "svctask.run_failed"]
OF_SCOPE = {
    "tig": "close.closed",
    "jobs:read": "job.created",
    "interventions:read": "intervention.created",
    "appointments:read": "appointment.booked",
    "svctasks:read": "svctask.run_failed",
}


@pytest.mark.parametrize("scope", OF_SCOPE)
def test_an_event_shows_only_to_who_may_read_what_it_is_about(organization, scope):
    happen(organization, *KINDS)
    assert kinds(page(integrator(organization, "webhooks:read", scope))[0]) == [OF_SCOPE[scope]]


def test_who_may_read_none_of_it_has_an_empty_feed_that_goes_on(organization):
    reader = integrator(organization, "webhooks:read")
    happen(organization, *KINDS)
    items, cursor = page(reader)
    assert items == []
    assert page(reader, f"after={cursor}")[0] == []


def test_a_cursor_passes_over_what_its_reader_may_not_see(organization, caller):
    """Else one who is up to date would be told, once they are purged, that he missed something."""
    with at(NOON):
        happen(organization, *KINDS)
    reader = integrator(organization, "webhooks:read", "tig")
    _items, cursor = page(reader)
    call_command("purge", verbosity=0)
    assert Event.objects.count() == 0
    assert page(reader, f"after={cursor}")[0] == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_full_page_ends_with_its_last_event(organization, limit):
    happen(organization, "job.created", "close.closed", "job.sent", "close.updated", "job.read", "close.unclosed")
    reader = integrator(organization, "webhooks:read", "tig")
    seen, cursor = [], None
    for _ in range(5):
        items, cursor = page(reader, f"limit={limit}" + (f"&after={cursor}" if cursor else ""))
        seen += kinds(items)
    assert seen == ["close.closed", "close.updated", "close.unclosed"]


def test_who_may_read_the_feed(organization, caller):
    happen(organization, "close.closed")
    assert integrator(organization, "webhooks:write", "tig").get(FEED).status_code == 403
    assert api.Caller().get(FEED).status_code == 401
    assert kinds(page(member(organization, Role.BASIC_STAFF))[0]) == ["close.closed"]
    assert member(organization, Role.STUDENT).get(FEED).status_code in (400, 403)
    assert caller.post(FEED, {}).status_code == 405


def test_who_is_granted_two_organizations_names_the_one_whose_feed_he_reads(organization):
    other = make_organization()
    happen(other, "close.closed")
    client = make_client(organization, other, allowed_scopes=[*SCOPES, "tig"], roles=[])
    both = api.Caller(make_token(client))
    refused = both.get(FEED)
    assert refused.status_code == 400
    assert f"{organization.pk}, {other.pk}" in refused.json()["detail"]
    assert kinds(page(both, X_Organization_Id=str(other.pk))[0]) == ["close.closed"]
    assert page(both, X_Organization_Id=str(organization.pk))[0] == []


# -- what is gone -------------------------------------------------------------------------------------------


def test_after_thirty_days_events_go_and_a_cursor_from_before_is_told_so(caller, organization):
    with at(NOON):
        happen(organization, "close.closed", "close.updated", "close.contested")
        _items, early = page(integrator(organization), "limit=1")
        _items, last = page(integrator(organization), "limit=3")
    with at(NOON + timedelta(days=30) - timedelta(minutes=1)):
        happen(organization, "close.unclosed")
        call_command("purge", verbosity=0)
        assert Event.objects.count() == 4
    with at(NOON + timedelta(days=30) + timedelta(minutes=1)):
        call_command("purge", verbosity=0)
        reader = integrator(organization)
        gone = reader.get(f"{FEED}?after={early}")
        assert (gone.status_code, gone["Content-Type"]) == (410, "application/problem+json")
        assert "begin again" in gone.json()["detail"]
        assert kinds(page(reader, f"after={last}")[0]) == ["close.unclosed"]
        assert kinds(page(reader)[0]) == ["close.unclosed"]


def test_what_was_never_read_is_purged_too_and_nothing_of_another_organization(organization):
    young = make_organization()
    with at(NOON):
        happen(organization, *["close.closed"] * 3)
    happen(young, "close.closed")
    call_command("purge", verbosity=0)
    assert list(Event.objects.values_list("organization_id", flat=True)) == [young.pk]
    assert EventFeed.objects.get(organization=organization).purged_position == 3


def test_more_than_one_reading_places_is_purged_at_once(organization, monkeypatch):
    """Where nobody reads the feed, it would else grow for ever."""
    monkeypatch.setattr("core.feed.MOST_PLACED", 3)
    with at(NOON):
        happen(organization, *["close.closed"] * 7)
    call_command("purge", verbosity=0)
    assert Event.objects.count() == 0


def test_a_purge_that_only_counts_gives_no_positions(organization):
    with at(NOON):
        happen(organization, *["close.closed"] * 3)
    assert purge("--dry-run")["events"] == 3
    assert Event.objects.filter(position=None).count() == 3
    assert purge()["events"] == 3


def test_positions_go_on_after_all_were_purged(caller, organization):
    with at(NOON):
        happen(organization, "close.closed")
        _items, cursor = page(integrator(organization))
    call_command("purge", verbosity=0)
    happen(organization, "close.updated")
    assert kinds(page(caller, f"after={cursor}")[0]) == ["close.updated"]


def test_a_cursor_that_the_feed_never_reached_is_told_so(caller, organization):
    """A backup was restored: to wait for that position would leave out what happens until then."""
    happen(organization, *["close.closed"] * 3)
    _items, cursor = page(caller)
    Event.objects.all().delete()
    EventFeed.objects.all().delete()
    happen(organization, "close.updated")
    assert caller.get(f"{FEED}?after={cursor}").status_code == 410
    assert kinds(page(caller)[0]) == ["close.updated"]
