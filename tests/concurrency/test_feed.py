"""The feed of events under many writers: an event shows only when no older one can still commit [issue 7, point 2]."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import connection

from core import feed
from core.events import record, types
from core.locks import atomic
from core.models import Event, EventFeed
from tests.factories import make_organization
from tests.scale import scaled
from tests.servers import database_env
from tests.webhooks.wire import FEED, integrator, kind_named
from tests.workers import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("feed")]
WRITERS, READERS = 8, 3


@pytest.fixture
def organization():
    return make_organization()


# -- many processes -----------------------------------------------------------------------------------------


def start_writer(organization, number: int, seconds: float, longest: float) -> subprocess.Popen:
    words = [str(organization.pk), f"w{number}", str(seconds), str(longest)]
    command = [sys.executable, "-m", "tests.concurrency.feed_writers", *words]
    environment = database_env() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("REDIS_URL", None)
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def read_on(caller, organization_id: int, limit: int, is_over: threading.Event) -> list[str]:
    """What a reader by cursor gets until the writers are done and nothing more comes, in the order that it came."""
    seen, query = [], f"limit={limit}"
    while True:
        was_over = is_over.is_set()
        response = caller.get(f"{FEED}?{query}")
        assert response.status_code == 200, response.content
        body = response.json()
        seen += [item["data"]["entityId"] for item in body["items"]]
        query = f"limit={limit}&after={body['nextCursor']}"
        if was_over and not body["items"]:
            return seen


def in_a_thread(*arguments) -> list[str]:
    try:
        return read_on(*arguments)
    finally:
        connection.close()


def wrote(seconds: float, longest: float, organization) -> tuple[list[list[str]], list[list[str]]]:
    """(what each reader got, each transaction that was committed)"""
    is_over = threading.Event()
    writers = [start_writer(organization, number, seconds, longest) for number in range(WRITERS)]
    with ThreadPoolExecutor(READERS) as pool:
        callers = [integrator(organization) for _ in range(READERS)]
        limits = [1000, 50, 7][:READERS]
        reads = [
            pool.submit(in_a_thread, caller, organization.pk, limit, is_over)
            for caller, limit in zip(callers, limits, strict=True)
        ]
        try:
            lines = [line for writer in writers for line in writer.communicate()[0].splitlines()]
        finally:
            is_over.set()
        return [read.result() for read in reads], [json.loads(line) for line in lines]


def check(organization, reads: list[list[str]], transactions: list[list[str]]) -> None:
    committed = [pk for ids in transactions for pk in ids]
    [whole, *_] = reads
    assert len(committed) == len(set(committed))
    assert sorted(whole) == sorted(committed), "each once, none that was taken back"
    for number, other in enumerate(reads):
        assert other == whole, f"reader {number} was shown another order"
    assert in_order(organization) == whole, "nothing came before what was shown already"
    place = {pk: number for number, pk in enumerate(whole)}
    for ids in transactions:
        places = [place[pk] for pk in ids]
        assert places == list(range(places[0], places[0] + len(ids))), "a transaction's own stay together, in its order"


def in_order(organization) -> list[str]:
    return read_on(integrator(organization), organization.pk, 1000, ready())


def ready() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@pytest.mark.postgres
@pytest.mark.soak
def test_eight_writers_and_three_readers_who_all_see_one_order(organization, capsys):
    reads, transactions = wrote(scaled(120), 0.5, organization)
    with capsys.disabled():
        print(f"\n{len(reads[0])} events of {len(transactions)} transactions, {WRITERS} writers, {READERS} readers")
    assert len(transactions) > 8 * WRITERS
    check(organization, reads, transactions)


def test_the_same_in_short_wherever_it_is_stored(organization):
    longest = 0.5 if connection.vendor == "postgresql" else 0.1
    check(organization, *wrote(3, longest, organization))


# -- one after the other ------------------------------------------------------------------------------------


def write(organization, pk: str) -> None:
    record(kind_named("close.closed"), SimpleNamespace(organization_id=organization.pk, pk=pk))


@contextmanager
def a_long_transaction(organization, pk: str, *, commits: bool):
    """Somebody else's, that has written an event and goes on until the block ends."""
    written, ends = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with atomic():
                write(organization, pk)
                written.set()
                ends.wait(30)
                if not commits:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert written.wait(30)
    try:
        yield
    finally:
        ends.set()
        thread.join()


def shown(organization) -> list[str]:
    return [event.entity_id for event in feed.read(organization, 0, 100, [kind.name for kind in types()])[0]]


@pytest.mark.postgres
@pytest.mark.parametrize("commits", [True, False])
def test_what_is_committed_waits_for_an_older_transaction_and_comes_after_it(organization, commits):
    with atomic():
        write(organization, "first")
    with a_long_transaction(organization, "older", commits=commits):
        for pk in ("younger", "youngest"):
            with atomic():
                write(organization, pk)
        assert shown(organization) == ["first"]
        assert Event.objects.filter(position=None).count() == 2
    older = ["older"] if commits else []
    assert shown(organization) == ["first", *older, "younger", "youngest"]


@pytest.mark.postgres
def test_what_is_written_between_the_look_at_the_writers_and_that_at_events_waits_too(organization):
    began, may_write, written, ends = (threading.Event() for _ in range(4))

    def older() -> None:
        with atomic():
            # Its number is the lower one.
            make_organization()
            began.set()
            may_write.wait(30)
            write(organization, "older")
            written.set()
            ends.wait(30)
        connection.close()

    def younger() -> None:
        with atomic():
            write(organization, "younger")
        connection.close()

    def meanwhile(execute, sql, *arguments):
        result = execute(sql, *arguments)
        if "pg_locks" in sql and not may_write.is_set():
            may_write.set()
            assert written.wait(30)
            in_turn(younger)
        return result

    with atomic():
        write(organization, "first")
    thread = threading.Thread(target=older)
    thread.start()
    try:
        assert began.wait(30)
        with connection.execute_wrapper(meanwhile):
            assert shown(organization) == ["first"]
        assert shown(organization) == ["first"]
    finally:
        ends.set()
        thread.join()
    assert shown(organization) == ["first", "older", "younger"]


def in_turn(act) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


@pytest.mark.postgres
@pytest.mark.parametrize("what", ["reads", "writes what is no event"])
def test_a_transaction_without_events_holds_nobody_up(organization, what):
    def work(started: threading.Event, ends: threading.Event) -> None:
        with atomic():
            Event.objects.count()
            if what != "reads":
                make_organization()
            started.set()
            ends.wait(30)
        connection.close()

    started, ends = threading.Event(), threading.Event()
    thread = threading.Thread(target=work, args=(started, ends))
    thread.start()
    try:
        assert started.wait(30)
        with atomic():
            write(organization, "one")
        assert shown(organization) == ["one"]
    finally:
        ends.set()
        thread.join()


@pytest.mark.parametrize("around", [0, 2**32, 5 * 2**32])
@pytest.mark.parametrize("distance", [-(2**31), -1000, 0, 1000, 2**31 - 1])
def test_the_number_of_a_transaction_is_whole_again_also_where_its_32_bits_began_anew(around, distance):
    number = 2**32 + around + distance
    assert feed._whole(number % 2**32, 2**32 + around) == number


@pytest.mark.postgres
def test_what_was_restored_with_numbers_of_another_server_is_shown_before_what_follows(organization):
    for pk, number in (("old", 2**40), ("older", 2**39)):
        row = {"organization": organization, "kind": "close.closed", "entity_id": pk, "transaction": number}
        Event.objects.create(**row)
    assert shown(organization) == ["older", "old"]
    with atomic():
        write(organization, "new")
    assert shown(organization) == ["older", "old", "new"]


def test_more_than_one_reading_places_comes_with_the_next(organization, monkeypatch):
    monkeypatch.setattr(feed, "MOST_PLACED", 3)
    for number in range(7):
        with atomic():
            write(organization, str(number))
    assert [len(shown(organization)) for _ in range(3)] == [3, 6, 7]
    assert shown(organization) == list("0123456")
    assert EventFeed.objects.get().last_position == 7
