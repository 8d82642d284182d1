"""What lists take: filter, mask, order, offset, limit, flat [contract 50]."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from svctasks.models import ServiceTask
from tests.factories import make_organization
from tests.svctask_factories import make_script, make_task
from tests.svctasks.wire import SCRIPTS, TASKS, WORKDAYS, done, error

pytestmark = pytest.mark.django_db
S, Mode = ServiceTask.Schedule, ServiceTask.SiteMode
DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
CREATED = datetime(2026, 1, 1, 12, 0, 0, 347_000, tzinfo=UTC)


def asked(**query: object) -> str:
    """Values that are no texts are sent as JSON."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
    return f"{TASKS}?{urlencode(texts)}"


@pytest.fixture
def tasks(town):
    """In the order in which they were made: a, b, c, d."""
    calls, cleaning = make_script(town, "calls"), make_script(town, "cleaning")
    rows = [
        make_task(town, calls, name="d", schedule=S.WORK, starts_at=DAY, interval_seconds=60),
        make_task(town, cleaning, name="c", is_enabled=True, site_mode=Mode.FIRST, starts_at=DAY + timedelta(days=1)),
        make_task(town, calls, name="b", schedule=S.NON_WORK, site_mode=Mode.ANY_LISTED, sites=["north"]),
        make_task(town, None, name="a", is_regular=False, overlap=False, starts_at=None, stops_at=DAY),
    ]
    ServiceTask.objects.filter(pk=rows[3].pk).update(script=None)
    for number, row in enumerate(rows):
        ServiceTask.objects.filter(pk=row.pk).update(created_at=CREATED + timedelta(seconds=number))
    make_task(make_organization(), name="foreign")
    return rows


def names(response) -> list[str]:
    return [one["name"] for one in done(response)]


def test_without_anything_they_come_in_the_order_in_which_they_were_made(tasks, app):
    assert names(app.get(TASKS)) == ["d", "c", "b", "a"]
    assert names(app.get(f"{TASKS}?offset=1&limit=2")) == ["c", "b"]
    assert names(app.get(f"{TASKS}?offset=9")) == []


@pytest.mark.parametrize(
    ("asked_for", "found"),
    [
        ({"name": "b"}, "b"),
        ({"name": ["b", "d", "none"]}, "db"),
        ({"name": []}, ""),
        *[({"isenabled": value}, "c") for value in (1, True, "true", "1")],
        *[({"isenabled": value}, "dba") for value in (0, False, "false", "0")],
        ({"isenabled": [0, 1]}, "dcba"),
        ({"svcscriptcode": "calls"}, "db"),
        ({"svcscriptcode": ""}, "a"),
        ({"svcscriptcode": ["", "cleaning"]}, "ca"),
        ({"sitemode": ["anylisted", "firstsite"]}, "cb"),
        ({"schedule": "nonwork"}, "b"),
        ({"schedule": "all"}, "ca"),
        ({"isregular": 0, "overlap": 0}, "a"),
        ({"intervalsec": 60}, "d"),
        ({"intervalsec": {"ge": 60, "lt": 3600}}, "d"),
        ({"intervalsec": {"gt": 60, "le": 3600}}, "cba"),
        ({"intervalsec": {"gt": 2**62}}, ""),
        ({"dtstart": "2026-11-02T08:00:00Z"}, "d"),
        ({"dtstart": "2026-11-02T09:00:00.5+01:00"}, "d"),
        ({"dtstart": {"gt": "2026-11-02T08:00:00Z"}}, "c"),
        ({"dtstart": {"ge": "2026-11-02T08:00:00Z", "lt": "2026-11-03T08:00:00Z"}}, "d"),
        ({"dtstart": None}, "a"),
        ({"dtstart": ""}, "a"),
        ({"dtstop": [None, "2026-11-02T08:00:00Z"]}, "dcba"),
        ({"ext.ct": "2026-01-01T12:00:00.34Z"}, "d"),
        ({"ext.ct": {"gt": "2026-01-01T12:00:00.34Z", "le": "2026-01-01T12:00:02.34Z"}}, "cb"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, ""),
        ({}, "dcba"),
    ],
)
def test_a_filter_narrows(tasks, app, asked_for, found):
    assert names(app.get(asked(filter=asked_for))) == list(found)


def test_a_filter_by_id_finds_it_in_either_case_and_no_foreign_row(tasks, app):
    foreign = ServiceTask.objects.get(name="foreign").public_id
    ids = [str(tasks[1].public_id).upper(), str(foreign)]
    assert names(app.get(asked(filter={"id": ids}))) == ["c"]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (["name"], "abcd"),
        (["-name"], "dcba"),
        ([{"name": "desc"}], "dcba"),
        ([{"name": "asc"}], "abcd"),
        (["intervalsec", "-name"], "dcba"),
        # Words in the wire's own order: all, anylisted, firstsite.
        (["sitemode", "name"], "adbc"),
        (["-schedule", "name"], "dbac"),
        (["svcscriptcode", "name"], "abdc"),
        # What has no start comes last, and first where it is turned round.
        (["dtstart", "name"], "bdca"),
        (["-dtstart", "name"], "acdb"),
        (["-isenabled", "-name"], "cdba"),
        (["-ext.ct"], "abcd"),
        ([], "dcba"),
    ],
)
def test_an_order_is_followed(tasks, app, order, found):
    assert names(app.get(asked(order=order))) == list(found)


def test_a_mask_shows_what_it_names_in_the_order_of_the_whole(tasks, app):
    first = done(app.get(asked(mask="ext.lwt, name,id", limit="1")))[0]
    assert list(first) == ["id", "name", "ext"]
    assert list(first["ext"]) == ["lwt"]
    assert list(done(app.get(asked(mask="ext", limit="1")))[0]["ext"]) == ["ct", "lwt"]
    assert list(done(app.get(asked(mask="", limit="1")))[0])[-1] == "ext"


def test_flat_makes_members_of_members(tasks, app):
    assert list(done(app.get(asked(flat="1", limit="1")))[0])[-2:] == ["ext.ct", "ext.lwt"]
    assert list(done(app.get(asked(flat="true", mask="ext.ct,name")))[0]) == ["name", "ext.ct"]
    one = done(app.get(f"{TASKS}/{tasks[0].public_id}?flat=1"))
    assert one["opts.title"] == ""
    assert one["periods"] == []
    assert "ext" not in one


def test_of_one_every_name_may_be_asked_for(tasks, app):
    path = f"{TASKS}/{tasks[2].public_id}"
    assert done(app.get(f"{path}?mask=sites,opts.title,periods")) == {
        "sites": "north",
        "periods": [],
        "opts": {"title": ""},
    }
    error(app.get(f"{path}?mask=nothing"), 400, 1413, "mask")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *[({"limit": value}, "limit") for value in ("0", "-1", "1001", "x", "", "1.5", "9" * 30, "٣")],
        *[({"offset": value}, "offset") for value in ("-1", "x", "", str(2**31), "9" * 30)],
        *[({"mask": value}, "mask") for value in ("nothing", "id,ext.no", "sites", "periods", "opts", "ext.", "pk")],
        *[({"flat": value}, "flat") for value in ("2", "yes", "")],
        *[({"filter": value}, "filter") for value in ("x", "", "[]", '"name"', "1", "null", "{")],
        *[({"order": value}, "order") for value in ("name", "{}", '"name"', "[", "1")],
        *[({"order": value}, "order") for value in (["x"], ["sites"], [1], [{}], [{"name": "up"}], ["--name"], [None])],
        *[({"order": value}, "order") for value in ([{"name": 1}], [{"name": "asc", "id": "asc"}], [{"x": "asc"}])],
        *[({"filter": {name: 1}}, f"filter.{name}") for name in ("x", "pk", "sites", "opts", "ext", "name__in")],
        *[({"filter": {"name": value}}, "filter.name") for value in (1, None, True, {"ge": "a"}, {}, [["a"]])],
        *[({"filter": {"id": value}}, "filter.id") for value in ("x", 1, None, ["x"])],
        *[({"filter": {"isenabled": value}}, "filter.isenabled") for value in (2, "yes", None, [2], {"ge": 0}, 1.0)],
        *[
            ({"filter": {"intervalsec": value}}, "filter.intervalsec")
            for value in ("60", 1.5, True, 2**63, {"x": 1}, {})
        ],
        *[({"filter": {"intervalsec": value}}, "filter.intervalsec") for value in ({"ge": None}, {"ge": [1]}, [None])],
        *[({"filter": {"dtstart": value}}, "filter.dtstart") for value in ("soon", 1, {"ge": None}, {"ge": ""}, True)],
        *[({"filter": {"sitemode": value}}, "filter.sitemode") for value in ("first", "any_listed", 1, None)],
        ({"filter": {"name": ["a"] * 501}}, "filter.name"),
    ],
)
def test_what_is_unknown_or_has_no_meaning_is_refused(app, query, field):
    error(app.get(asked(**query)), 400, 1413, field)


def test_what_is_given_twice_is_refused_and_all_that_is_wrong_is_told(app):
    error(app.get(f"{TASKS}?limit=1&limit=2"), 400, 1413, "limit")
    fields = error(app.get(asked(limit="0", mask="x", filter={"y": 1})), 400, 1413, "mask")["error_details"]["fields"]
    assert list(fields) == ["mask", "limit", "filter.y"]


def test_deep_or_broken_json_in_a_filter_is_refused_without_harm(app):
    error(app.get(f"{TASKS}?filter=" + "[" * 40 + "]" * 40), 400, 1405)
    error(app.get(asked(filter='{"name": "\\u0000"}')), 400, 1405)
    error(app.get(f"{TASKS}?filter=%ff"), 400, 1405)
    error(app.get(asked(filter='{"intervalsec": 1e400}')), 400, 1413, "filter")


def test_as_many_as_there_are_up_to_the_limit_and_the_id_decides_between_equals(town, app):
    script = make_script(town)
    rows = [make_task(town, script, name="same") for _ in range(7)]
    ServiceTask.objects.update(created_at=CREATED)
    expected = sorted(str(row.public_id) for row in rows)
    pages = [done(app.get(asked(order=["name"], limit="3", offset=str(start)))) for start in (0, 3, 6)]
    assert [one["id"] for page in pages for one in page] == expected


@pytest.mark.parametrize(("path", "left_out"), [(SCRIPTS, "opts"), (WORKDAYS, "opts"), (WORKDAYS, "periods")])
def test_other_lists_leave_these_out_too_unless_they_are_asked_for(town, app, path, left_out):
    make_script(town)
    app.post(WORKDAYS, {"date": "2026-12-24"})
    assert left_out not in done(app.get(path))[0]
    assert list(done(app.get(f"{path}?mask={left_out}"))[0]) == [left_out]
