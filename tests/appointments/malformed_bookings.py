"""Malformed requests of the /api/v1 dialect: bookings, slots, holds and the waiting list.

`$name` stands for a row of the world as in malformed.py; `$bookable` is a service, which `$calendar` offers.
"""

from tests.appointments.malformed import (
    BASE,
    NO_MOMENT,
    NO_ROW,
    NO_TEXT,
    NO_TRUTH,
    NO_WHOLE,
    ask,
    body,
    send,
)
from tests.scheduling.malformed import BAD_UTF8, BROKEN, DEEP, FORM, HUGE, JSON, LONG, NULS, Case

BOOK, SLOTS, HOLDS, WAITINGS = (
    f"{BASE}/{name}" for name in ("appointments", "availabletimeslots", "holds", "waitings")
)
APPOINTMENT, EXPLAIN = f"{BOOK}/$appointment", f"{SLOTS}/explain"
# A Monday that stays ahead, as the real servers that are asked have the real clock.
DATE = "2099-01-12 10:00:00"
BOOKING = {"date": DATE, "intervention_ids": ["$bookable"], "fiche": {"lastname": "New"}}
HOLD = {"date": DATE, "intervention_ids": ["$bookable"]}
WAITING = {"fiche": {"lastname": "New"}, "intervention_ids": ["$bookable"], "from": DATE, "to": "2099-01-13 10:00:00"}
GOOD = {BOOK: ("appointment", BOOKING), HOLDS: ("hold", HOLD), WAITINGS: ("waiting", WAITING)}
NO_IDS = [None, True, {}, 1.5, "[1", "[x]", []]
# What is no id within the list, and what is one of nothing here.
NO_SERVICE = [["x"], [None], [1.5], [True], [[1]], [{}], [HUGE], [int(HUGE)]]
ABSENT_SERVICE = [[0], [-1], [10**9], ["$foreign_service"], ["$bookable", "$foreign_service"]]
NO_FICHE = [1, "x", [], True, None]
NO_FICHE_ID = [1.5, True, [1], {}, "x", "", 2**63, HUGE, "1;drop"]
ABSENT_ID = [-1, 10**9, 2**63 - 1]
NO_CALENDAR = [value for value in NO_ROW if value not in (-1, 10**9, 2**63 - 1)]


def new(path: str, name: str, values: list, place: str = "") -> list[Case]:
    """Good but for one property, which is what is told."""
    root, good = GOOD[path]
    return [send(400, "POST", path, {root: {**good, name: value}}, place or name) for value in values]


def changed(name: str, values: list, place: str = "") -> list[Case]:
    return [send(400, "PUT", APPOINTMENT, {"appointment": {name: value}}, place or name) for value in values]


VALUES = [
    send(400, "POST", BOOK, {"appointment": {}}, "fiche", "date", "intervention_ids"),
    send(400, "POST", HOLDS, {"hold": {}}, "intervention_ids", "date"),
    send(400, "POST", WAITINGS, {"waiting": {}}, "fiche", "intervention_ids", "from", "to"),
    *[case for path in (BOOK, HOLDS) for case in new(path, "date", NO_MOMENT)],
    *[case for name in ("from", "to") for case in new(WAITINGS, name, NO_MOMENT)],
    *[case for path in GOOD for case in new(path, "intervention_ids", [*NO_IDS, "$foreign_service", [1] * 501])],
    *[case for path in GOOD for case in new(path, "intervention_ids", NO_SERVICE, "intervention_ids[0]")],
    *[case for path in GOOD for case in new(path, "intervention_ids", ABSENT_SERVICE)],
    *[case for path in GOOD for case in new(path, "intervention_ids", [["$bookable"] * 21])],
    *[case for path in (BOOK, WAITINGS) for case in new(path, "fiche", NO_FICHE)],
    *[case for path in (BOOK, WAITINGS) for case in new(path, "fiche", [{"id": pk} for pk in NO_FICHE_ID], "fiche.id")],
    *[case for path in (BOOK, WAITINGS) for case in new(path, "fiche", [{"id": pk} for pk in ABSENT_ID], "fiche.id")],
    *new(BOOK, "fiche", [{"id": "$foreign_fiche"}], "fiche.id"),
    *new(BOOK, "fiche", [{"group_id": value} for value in (0, None, "x", "$foreign_group", [])], "fiche.group_id"),
    *new(BOOK, "fiche", [{"lastname": value} for value in [*NO_TEXT, "x" * 65]], "fiche.lastname"),
    *new(BOOK, "fiche", [{"email": value} for value in [*NO_TEXT, "x" * 256]], "fiche.email"),
    *new(BOOK, "fiche", [{"birthdate": value} for value in (1, True, "x", "1980-02-30", HUGE)], "fiche.birthdate"),
    *new(BOOK, "fiche", [{"rappel_email": value} for value in NO_TRUTH], "fiche.rappel_email"),
    *new(BOOK, "fiche", [{"externid": value} for value in ("x", 1.5, True, 2**63)], "fiche.externid"),
    *[case for path in (BOOK, HOLDS) for case in new(path, "calendar_id", NO_CALENDAR)],
    *[case for path in (BOOK, HOLDS) for case in new(path, "calendar_id", [*ABSENT_ID, "$foreign_calendar"])],
    *new(WAITINGS, "calendar_ids", [True, {}, 1.5, "[1", [0], [10**9], ["$foreign_calendar"]]),
    *new(WAITINGS, "calendar_ids", [["x"], [None], "x", [HUGE]], "calendar_ids[0]"),
    *new(BOOK, "comments", [*NO_TEXT, "x" * 5001]),
    *new(BOOK, "websource", [*NO_TEXT, LONG]),
    *new(BOOK, "override_reason", [*NO_TEXT, LONG]),
    *new(BOOK, "from_web", NO_TRUTH),
    *new(BOOK, "hold_id", [*NO_FICHE_ID, *ABSENT_ID]),
    *new(HOLDS, "minutes", [*NO_WHOLE, 0, 16, -1]),
    *[case for path in GOOD for case in new(path, "group_id", [0, None, "x", "$foreign_group"])],
    *changed("date", NO_MOMENT),
    *changed("calendar_id", [*NO_CALENDAR, *ABSENT_ID, "$foreign_calendar"]),
    *changed("state", [*NO_WHOLE, 4, -1]),
    *changed("deleted", [True, 1, "1", None, "x", 2, [], {}]),
    *changed("comments", [*NO_TEXT, "x" * 5001]),
    *changed("intervention_ids", [*NO_IDS, [10**9], ["$bookable", "$bookable"]]),
    *changed("fiche", NO_FICHE),
    *changed("fiche", [{"id": "$foreign_fiche"}, *({"id": pk} for pk in NO_FICHE_ID)], "fiche.id"),
]

NO_ID = ["0", "-1", "01", "abc", "+1", "%20", "$appointment%0A", "%D9%A3", HUGE, str(2**63), "%FF", "*", "1000000"]
WRITES = [("POST", BOOK), ("POST", HOLDS), ("POST", WAITINGS), ("PUT", APPOINTMENT)]
ADDRESSES = [
    *[ask(404, f"{path}/{pk}") for path in (BOOK, WAITINGS) for pk in NO_ID],
    *[ask(404, f"{path}/{pk}", "DELETE") for path in (BOOK, HOLDS, WAITINGS) for pk in NO_ID],
    *[send(404, "PUT", f"{BOOK}/{pk}", {"appointment": {}}) for pk in NO_ID],
    *[ask(404, f"{BASE}/{name}") for name in ("appointment", "availabletimeslots/x", "holds/1/2", "Waitings")],
    *[ask(405, path, "PATCH") for path in (BOOK, SLOTS, EXPLAIN, HOLDS, WAITINGS, APPOINTMENT)],
    *[ask(405, path, "POST") for path in (SLOTS, EXPLAIN, APPOINTMENT)],
    *[ask(405, path) for path in (HOLDS, f"{HOLDS}/1")],
    ask(405, f"{WAITINGS}/1", "PUT"),
]

WANTED = "intervention_ids[]=$bookable"
NO_NUMBER = ["", "x", "1.5", "-1", HUGE, "%D9%A3", "true"]
WINDOWS = ["2026-11-24", "x", "", "2027-03-28 02:30:00", "0001-01-01 00:00:00", "9999-12-31 00:00:00", HUGE]
SLOT_QUERIES = [
    *[
        (f"{WANTED}&{name}={value}", name)
        for name in ("nDays", "cal_qty", "min_capacity")
        for value in [*NO_NUMBER, "0"]
    ],
    *[(f"{WANTED}&{name}=1&{name}=1", name) for name in ("nDays", "cal_qty", "start", "calendar_id")],
    *[(f"{WANTED}&start={value}", "start") for value in WINDOWS],
    *[(f"{WANTED}&end={value}", "end") for value in WINDOWS],
    (f"{WANTED}&start=9999-11-28 00:00:00&end=9999-11-28 00:00:00", "end"),
    (f"{WANTED}&start={DATE}&end=2099-01-13 10:00:00&nDays=3", "nDays"),
    (f"{WANTED}&nDays=93", "nDays"),
    (f"{WANTED}&start={DATE}&end=2099-05-12 10:00:00", "end"),
    (f"{WANTED}&start={DATE}&end={DATE}", "end"),
    *[
        (f"{WANTED}&calendar_id={value}", "calendar_id")
        for value in ("x", "-1", "1.5", HUGE, "1000000", "$foreign_calendar")
    ],
    *[(f"{WANTED}&calendar_ids[]={value}", "calendar_ids[0]") for value in ("x", "", "1.5", HUGE)],
    *[(f"{WANTED}&calendarset_ids[]={value}", "calendarset_ids[0]") for value in ("x", "", "%D9%A3")],
    ("", "intervention_ids"),
    *[(f"intervention_ids[]={value}", "intervention_ids") for value in ("0", "-1", "1000000", "$foreign_service")],
    *[(f"intervention_ids[]={value}", "intervention_ids[0]") for value in ("", "x", "1.5", HUGE)],
    ("&".join([WANTED] * 21), "intervention_ids"),
]
EXPLAINED = [
    *[(f"{WANTED}&start={value}", "start") for value in [*WINDOWS, "2027-10-31T02:30:00%2B01:00"]],
    (WANTED, "start"),
    (f"start={DATE}", "intervention_ids"),
    *[
        (f"{WANTED}&start={DATE}&fiche_id={value}", "fiche_id")
        for value in ("x", "-1", HUGE, "1000000", "$foreign_fiche")
    ],
]
QUERIES = [
    *[ask(400, f"{SLOTS}?{query}".replace(" ", "%20"), "GET", place) for query, place in SLOT_QUERIES],
    *[ask(400, f"{EXPLAIN}?{query}".replace(" ", "%20"), "GET", place) for query, place in EXPLAINED],
    *[ask(400, f"{BOOK}?include_past={value}", "GET", "include_past") for value in ("", "x", "2", "TRUE")],
    *[ask(400, f"{path}?sort=deletedx", "GET", "sort") for path in (BOOK, WAITINGS)],
    *[ask(400, f"{BOOK}?sort={name}", "GET", "sort") for name in ("fiche", "deleted", "customer_id", "first__service")],
    *[
        ask(400, f"{path}?{name}=x", method, name, body=b"{}", headers={"Content-Type": JSON})
        for path, method in ((f"{BASE}/calendars/$calendar", "DELETE"), (f"{BASE}/vevents/$vevent", "DELETE"))
        for name in ("dry_run", "on_hit")
    ],
]
COMMON = [
    *[ask(401, path, headers={"X-Api-Key": key}) for path in (BOOK, SLOTS, EXPLAIN, WAITINGS) for key in ("", "dk_x")],
    *[ask(403, path.replace("$group", "$foreign_group")) for path in (BOOK, SLOTS, EXPLAIN, WAITINGS)],
    *[ask(406, f"{path}{ending}") for path in (BOOK, SLOTS, EXPLAIN, WAITINGS) for ending in (".xml", "?format=xml")],
    *[body(400, text, "POST", BOOK) for text in BROKEN + NULS + BAD_UTF8],
    *[body(400, text, *write) for write in WRITES for text in ("", "{}", "[]", "null", "1", '"x"', DEEP)],
    *[body(400, f'{{"appointment": {value}}}', "POST", BOOK) for value in ("1", "[]", "null", '"x"')],
    *[body(415, "date=x", *write, FORM) for write in WRITES],
    *[
        ask(400, path, "POST", headers={"Idempotency-Key": key, "Content-Type": JSON}, body=text)
        for path, text in ((BOOK, b'{"appointment": {}}'), (HOLDS, b'{"hold": {}}'))
        for key in ("", "a b", LONG)
    ],
    *[
        ask(412, APPOINTMENT, method, headers={"If-Match": tag, "Content-Type": JSON}, body=b'{"appointment": {}}')
        for method in ("PUT", "DELETE")
        for tag in ("", "x", '"99-x"', 'W/"1-x"')
    ],
]  # fmt: skip
GROUPS = {
    "bookings values": VALUES,
    "bookings addresses": ADDRESSES,
    "bookings queries": QUERIES,
    "bookings common": COMMON,
}
