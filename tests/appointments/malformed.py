"""Malformed requests of the /api/v1 dialect: set-up, and what all of its endpoints refuse in common.

`$name` stands for a row of the world as in tests/scheduling/malformed.py; in a body an id is put in as a number.
"""

import json
import re

from tests.scheduling.malformed import BAD_UTF8, BROKEN, DEEP, FORM, HUGE, JSON, LONG, NULS, Case, raw

BASE = "/api/v1/groups/$group"
NUMBER = re.compile(r'"(\$\w+)"')
SET_UP = {
    "calendars": "calendar",
    "calendarsets": "calendarset",
    "interventions": "intervention",
    "interventionsets": "interventionset",
    "vevents": "vevent",
    "fiches": "fiche",
}
COLLECTIONS = [f"{BASE}/{name}" for name in SET_UP]
CALENDAR, FICHE, VEVENT = f"{BASE}/calendars/$calendar", f"{BASE}/fiches/$fiche", f"{BASE}/vevents/$vevent"
PRO = {"X-Api-Key": "$pro_key"}


def ask(status: int, path: str, method: str = "GET", *fields: str, headers: dict | None = None, **options) -> Case:
    given = {**PRO, **(headers or {})}
    return Case(status, method, path, headers=given, fields=fields, token=options.pop("token", ""), **options)


def body(status: int, text: str | bytes, method: str, path: str, kind: str = JSON, *fields: str) -> Case:
    return raw(status, text, method, path, kind, headers=PRO, fields=fields, token="")


def send(status: int, method: str, path: str, values: object, *fields: str) -> Case:
    """A body as JSON; `fields`: what a 400 complains of, in order."""
    return body(status, NUMBER.sub(r"\1", json.dumps(values)), method, path, JSON, *fields)


def wrong(resource: str, good: dict, name: str, values: list, place: str = "") -> list[Case]:
    """A good new row but for one property, which is what is told."""
    root, path = SET_UP[resource], f"{BASE}/{resource}"
    return [send(400, "POST", path, {root: {**good, name: value}}, place or name) for value in values]


NAMED = {"name": "New"}
BLOCK = {"calendar_id": "$calendar", "start": "2027-01-04 12:00:00", "end": "2027-01-04 14:00:00"}
NO_TEXT = [1, 1.5, True, [], {}, ["a"]]
NO_NAME = [*NO_TEXT, None, "", " ", LONG]
NO_WHOLE = ["x", "", "1.0", 1.5, True, False, None, [], [1], {}, 2**31, 2**63, 2**64, int(HUGE), HUGE, 1e30, "٣", "0x1"]
NO_ROW = [-1, 10**9, 2**63 - 1, 2**63, int(HUGE), 1.5, True, [1], {"id": 1}, "x", "", "1;drop", "٣"]
NO_TRUTH = [2, -1, 1.0, "yes", "", None, [], {}, "TRUE"]
NO_MOMENT = [
    *(1, 1795424400, True, [], {}, None, "", " ", "x", "2026-11-23", "2026-11-23 09:00", "2026-11-23T09:00:00", HUGE),
    *("2026-13-01 00:00:00", "2026-02-29 00:00:00", "2026-11-23 25:00:00", "2026-11-23T09:00:00+99:00"),
    *("0000-01-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "10000-01-01 00:00:00"),
    *("2027-03-28 02:30:00", "2027-10-31T02:30:00+01:00", "2026-11-23 09:00:00.5", "2026-11-23 09:00:00 CET"),
]
NO_HOURS = [
    *[[{"day": 1, "start": start, "end": "12:00"}] for start in ("9:00", "24:00", "09:60", 9, None, [], "09:00:00")],
]
VALUES = [
    *[case for name in SET_UP if name not in {"vevents", "fiches"} for case in wrong(name, {}, "name", NO_NAME)],
    *[send(400, "POST", f"{BASE}/{name}", {SET_UP[name]: {}}, "name") for name in ("calendars", "interventionsets")],
    *wrong("calendars", NAMED, "publicname", [1, [], LONG]),
    *wrong("calendars", NAMED, "capacity", [*NO_WHOLE, 0, 501]),
    *wrong("calendars", NAMED, "sort", NO_WHOLE),
    *wrong("calendars", NAMED, "open", NO_TRUTH),
    *wrong("calendars", NAMED, "resource_id", [*NO_ROW, 0, None, "$foreign_resource"]),
    *wrong("calendars", NAMED, "calendarset_id", [*NO_ROW, "$foreign_set"]),
    *wrong("calendars", NAMED, "opening_hours", [1, "x", {}, None, True]),
    *wrong("calendars", NAMED, "opening_hours", [[1], [None], ["x"], [[]]], "opening_hours[0]"),
    *wrong("calendars", NAMED, "opening_hours", NO_HOURS, "opening_hours[0].start"),
    *wrong("calendars", NAMED, "exceptions", [1, "x", {}, None]),
    *wrong("calendars", NAMED, "exceptions", [[{"date": "x", "closed": True}]], "exceptions[0].date"),
    *wrong("calendars", NAMED, "group_id", [0, None, "x", "$foreign_group"]),
    *wrong("interventions", NAMED, "length", [*NO_WHOLE, 0, 1441]),
    *wrong("interventions", NAMED, "price", [value for value in NO_WHOLE if value is not None] + [-1]),
    *wrong("interventions", NAMED, "colorref", ["red", "#12345", "#gggggg", "", None, 1]),
    *wrong("interventions", NAMED, "calendar_ids", [None, True, {}, "[1", 1.5]),
    *wrong("interventions", NAMED, "calendar_ids", [["x"], [None], [0], ["$foreign_calendar"], "x"], "calendar_ids[0]"),
    *wrong("fiches", {}, "lastname", [*NO_TEXT, "x" * 65]),
    *wrong("fiches", {}, "birthdate", [1, True, [], "x", "1980-02-30", "31/12/1980", "0000-01-01", HUGE]),
    *wrong("fiches", {}, "email", [*NO_TEXT, "x", "a@", "x" * 256]),
    *wrong("fiches", {}, "externid", [value for value in NO_WHOLE if value not in (None, 2**31)]),
    *[case for name in ("start", "end") for case in wrong("vevents", BLOCK, name, NO_MOMENT)],
    *wrong("vevents", BLOCK, "calendar_id", [*NO_ROW, 0, None, "$foreign_calendar"]),
    *wrong("vevents", BLOCK, "intervention_id", [*NO_ROW, "$foreign_service"]),
    *wrong("vevents", BLOCK, "fiche_id", [*NO_ROW, "$foreign_fiche"]),
    *wrong("vevents", BLOCK, "type", [1, None, "x", "VFREEBUSYEVENT", []]),
    *wrong("vevents", BLOCK, "note", NO_TRUTH),
    *[
        send(400, "PUT", path, {root: {"deleted": value}}, "deleted")
        for path, root in ((CALENDAR, "calendar"), (FICHE, "fiche"), (VEVENT, "vevent"))
        for value in (True, 1, "1", None, "x", 2)
    ],
    *[send(400, "PUT", BASE, {"group": {"mailreminder": value}}, "mailreminder") for value in ("x", {}, True, [None])],
    *[send(400, "PUT", BASE, {"group": {"timezone": value}}, "timezone") for value in ("x", "", None, 1, "../etc")],
    *[send(400, "PUT", BASE, {"group": {"min_notice": value}}, "min_notice") for value in ("x", -1, 10**7, True)],
]

NO_ID = ["0", "-1", "01", "abc", "+1", "%20", "$calendar%0A", "%D9%A3", HUGE, str(2**63), "9" * 5000, "%FF", "*"]
NO_ID += ["$foreign_calendar", "1000000"]
NO_PATH = ["/api/v1", "/api/v1/", "/api/v1//", "/api/v1/nope", f"{BASE}/nope", f"{BASE}/calendars%0A", "/api/v1/%FF"]
NO_PATH += [f"{BASE}/Calendars", f"{BASE}/calendars.html", f"{BASE}/calendars/1.5", f"{BASE}/" + "a" * 8000]
NO_PATH += [f"{BASE}/calendars.jsonx", f"{BASE}//calendars", f"{CALENDAR}/feeds/1/2", f"{BASE}.json.json"]
WRITES = [("POST", path) for path in COLLECTIONS] + [("PUT", path) for path in (BASE, CALENDAR, FICHE, VEVENT)]
QUERIES = [
    *[(f"results={value}", "results") for value in ("", "0", "-1", "x", "1001", HUGE, "%D9%A3", "None")],
    *[(f"startIndex={value}", "startIndex") for value in ("", "-1", "x", "1.5", HUGE, str(2**31))],
    *[(f"sort={value}", "sort") for value in ("", "nope", "id;", "-id", "is_deleted")],
    *[
        ("dir=asc", "dir"),
        ("sort=id&dir=up", "dir"),
        ("results=1&results=1", "results"),
        ("search=a&search=b", "search"),
    ],
    *[(f"calendarset_ids[]={value}", "calendarset_ids[0]") for value in ("", "x", "1.5", HUGE, "%D9%A3")],
    *[("intervention_ids=[", "intervention_ids"), ("intervention_ids=" + DEEP, "intervention_ids[0]")],
    *[(f"conditions{key}=x", f"conditions{key}") for key in ("", "[0]", "[0][x]", "[x][field]", "[0][op][0]")],
    ("search=" + "a" * 5001, "search"),
    *[
        (
            f"conditions[0][field]=name&conditions[0][op]={op}&conditions[0][value]=" + "a" * 50_001,
            "conditions[0][value]",
        )
        for op in ("like", "not like")
    ],
    ("conditions[0][field]=name&conditions[0][op]=~&conditions[0][value]=x", "conditions[0][op]"),
    ("conditions[0][field]=sort&conditions[0][op]==&conditions[0][value]=" + HUGE, "conditions[0][value]"),
]
ADDRESSES = [
    *[ask(404, f"{BASE}/calendars/{pk}") for pk in NO_ID],
    *[ask(404, f"{BASE}/{name}/{pk}") for name in ("fiches", "vevents", "interventions") for pk in ("0", "x", HUGE)],
    *[ask(404, path, method) for path in NO_PATH for method in ("GET", "POST", "FOO")],
    *[send(404, "PUT", f"{BASE}/calendars/{pk}", {"calendar": {}}) for pk in ("0", "x", HUGE, "$foreign_calendar")],
    *[ask(404, f"{BASE}/calendars/{pk}", "DELETE") for pk in ("0", "x", HUGE, "$foreign_calendar")],
    *[ask(405, path, method) for path in (*COLLECTIONS, CALENDAR, BASE) for method in ("PATCH", "OPTIONS", "LOOKUP")],
    *[ask(403, f"/api/v1/groups/{pk}/calendars") for pk in ("0", "x", HUGE, "$foreign_group", "%D9%A3", "01", "-1")],
    *[ask(400, path) for path in (f"{BASE}/calendars%00", f"{CALENDAR}?a=%00", "/api/v1/nope%00")],
    *[ask(400, f"{BASE}/calendars?{query}", "GET", place) for query, place in QUERIES],
    *[ask(400, f"{BASE}/calendars?{query}") for query in ("a=%FF", "%FF=1", "a=%ED%A0%80", "&".join(["a=1"] * 1001))],
]
CHUNKED = {"Transfer-Encoding": "chunked", "Content-Type": JSON}
EMPTY = b'{"calendar": {}}'
COMMON = [
    *[ask(401, path, headers={"X-Api-Key": key}) for path in COLLECTIONS for key in ("", "x", "dk_x")],
    *[ask(401, f"{path}?apikey={key}") for path in COLLECTIONS for key in ("x", "%FF")],
    *[ask(403, path, headers={"X-Api-Key": ""}, token="staff") for path in COLLECTIONS],
    *[ask(406, path, headers={"Accept": "text/html"}) for path in COLLECTIONS],
    *[ask(406, f"{path}{ending}") for path in COLLECTIONS for ending in (".xml", "?format=xml", "?format=")],
    *[body(400, text, "POST", COLLECTIONS[0]) for text in BROKEN + NULS + BAD_UTF8],
    *[body(400, text, *write) for write in WRITES for text in ("", "{}", "[]", "null", "1", '"x"', DEEP)],
    *[
        body(400, f'{{"{root}": {value}}}', "POST", f"{BASE}/{name}")
        for name, root in SET_UP.items()
        for value in ("1", "[]", "null")
    ],
    *[body(415, "name=x", *write, FORM) for write in WRITES],
    *[body(415, "<a/>", *write, "text/xml") for write in WRITES],
    *[ask(411, path, method, headers=CHUNKED) for method, path in WRITES],
    body(413, b" " * (1024 * 1024 + 1), "POST", COLLECTIONS[0]),
    *[
        ask(400, COLLECTIONS[0], "POST", headers={"Idempotency-Key": key, "Content-Type": JSON}, body=EMPTY)
        for key in ("", "a b", LONG)
    ],
    *[
        ask(412, CALENDAR, "PUT", headers={"If-Match": tag, "Content-Type": JSON}, body=b'{"calendar": {"name": 1}}')
        for tag in ("", "x", '"x"', '"99-x"', 'W/"1-x"')
    ],
]  # fmt: skip
GROUPS = {"appointments values": VALUES, "appointments addresses": ADDRESSES, "appointments common": COMMON}
