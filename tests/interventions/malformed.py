"""Malformed requests of the interventions' dialect: sessions, reference data, anomalies, and what all have in common.

`$name` stands for a row of the world as in tests/scheduling/malformed.py; in a body an id is put in as a number.
"""

import json
import re

from tests.scheduling.malformed import BAD_UTF8, BROKEN, DEEP, FORM, HUGE, JSON, LONG, NULS, Case, raw

NUMBER = re.compile(r'"(\$\w+)"')
SESSION = {"x-session-token": "$session"}
TOKEN = "interventions"
SESSIONS, SITES, CONTACTS = "/interventions/v2/sessions", "/sites/v1/rs", "/company-contacts/v1/rs"
ROUTINES, OBSERVATIONS = "/routines/v1/rs/preventive", "/anomalies/v2/rs/observations"
SITE, CONTACT, ROUTINE = f"{SITES}/$site", f"{CONTACTS}/$provider", "/routines/v1/rs/$routine"
ANOMALY, CHANGE = "/anomalies/v2/rs/$anomaly", "/anomalies/v3/rs/$anomaly/non-conformity"
REPORT = "/anomalies/v2/rs/reports/1/prescription"
PAST_2_53 = 2**53


def ask(status: int, path: str, method: str = "GET", *fields: str, headers: dict | None = None, **options) -> Case:
    given = {**SESSION, **(headers or {})}
    return Case(status, method, path, headers=given, fields=fields, token=options.pop("token", TOKEN), **options)


def body(status: int, text: str | bytes, method: str, path: str, kind: str = JSON, *fields: str) -> Case:
    return raw(status, text, method, path, kind, headers=SESSION, fields=fields, token=TOKEN)


def send(status: int, method: str, path: str, values: object, *fields: str) -> Case:
    """A body as JSON; `fields`: the paths that are complained of, in order."""
    return body(status, NUMBER.sub(r"\1", json.dumps(values)), method, path, JSON, *fields)


def wrong(path: str, good: dict, name: str, values: list, place: str = "", status: int = 400) -> list[Case]:
    """A good body but for one property, which is what is told."""
    return [send(status, "POST", path, {**good, name: value}, place or name) for value in values]


NAMED, NEW_ROUTINE = {"name": "New"}, {"name": "New", "rrule": "FREQ=DAILY"}
SEEN, OPENING, PIN = {"title": "Door", "siteId": "$site"}, {"login": "x", "password": "x"}, {"codePin": 123456}
NO_TEXT = [1, 1.5, True, [], {}, ["a"]]
NO_NAME = [*NO_TEXT, None, "", " ", "x" * 251]
# 1.0 is one, null is none.
NO_WHOLE = ["x", "", "1", 1.5, True, False, [], [1], {}, PAST_2_53, -PAST_2_53, 2**64, int(HUGE), HUGE, 1e30, "٣"]
NO_TRUTH = [0, 1, "true", "", [], {}, 1.0]
NO_MOMENT = [
    *(1, 1795424400, True, [], {}, "", " ", "x", "2026-11-23", "2026-11-23T09:00:00", "2026-11-23 09:00:00Z", HUGE),
    *("2026-11-23T09:00:00+00:00", "2026-11-23T09:00:00+01:00", "2026-11-23T09:00:00z", "2026-02-29T00:00:00Z"),
    *("1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-23T24:00:00Z"),
    *("2026-11-23T09:60:00Z", "2026-11-23T09:00:60Z", "2026-11-23T09:00:00.Z", "2026-11-23T09:00:00,5Z"),
    *("0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "26-11-23T09:00:00Z", " 2026-11-23T09:00:00Z"),
    *("2026-11-23T09:00:00Z\n", "２０２６-11-23T09:00:00Z", "2026-11-23T٠9:00:00Z", "2026-11-23T09Z", "T09:00:00Z"),
]
NO_DELAY = ["7", "P", "7D", "P7X", "PT", "-P7D", "P7D ", "P1,5D", "p7d", *NO_TEXT, "P" + "1" * 60 + "D"]
NO_DELAY += ["PT0", "P1DT", "PD", "P999Y", "P1H", "PTT1H", "P٣D"]
VALUES = [
    *wrong(SITES, {}, "name", NO_NAME),
    *wrong(SITES, NAMED, "address", [*NO_TEXT, "x" * 2501]),
    *wrong(SITES, NAMED, "timezone", [*NO_TEXT, "x" * 65]),
    *wrong(SITES, NAMED, "timezone", ["x", "../etc", "Mars/Base"], status=422),
    *wrong(SITES, NAMED, "isArchived", NO_TRUTH),
    *wrong(CONTACTS, NAMED, "email", [*NO_TEXT, "x", "a@", "@b.org", "a b@c.org", "x" * 240 + "@example.org"]),
    *wrong(CONTACTS, NAMED, "phone", [*NO_TEXT, "1" * 41]),
    *[case for name in ("firstName", "lastName", "companyName") for case in wrong(CONTACTS, NAMED, name, NO_TEXT)],
    send(422, "POST", CONTACTS, {}, "name"),
    *wrong(ROUTINES, NEW_ROUTINE, "rrule", [*NO_NAME[:-1], "x" * 501]),
    *wrong(ROUTINES, NEW_ROUTINE, "rrule", ["x", "FREQ=NEVER", "FREQ=DAILY;FREQ=DAILY", "FREQ=SECONDLY"], status=422),
    *wrong(ROUTINES, NEW_ROUTINE, "startAt", NO_MOMENT),
    *wrong(ROUTINES, NEW_ROUTINE, "duration", [*NO_WHOLE, 4, 10081, -1]),
    *wrong(ROUTINES, NEW_ROUTINE, "lateDays", [*NO_WHOLE, 367, -1]),
    *wrong(ROUTINES, NEW_ROUTINE, "base", [*NO_TEXT, "", "due_date", "DUEDATE"]),
    *wrong(ROUTINES, NEW_ROUTINE, "creationStatus", [*NO_WHOLE, 3, -1]),
    *wrong(ROUTINES, NEW_ROUTINE, "siteIds", [1, "x", {}, True, "[1]", [1] * 101]),
    *wrong(ROUTINES, NEW_ROUTINE, "siteIds", [["x"], [None], [1.5], [PAST_2_53]], "siteIds[0]"),
    *wrong(ROUTINES, NEW_ROUTINE, "siteIds", [[0], [-1], ["$foreign_site"], [10**9]], "siteIds[0]", 422),
    *wrong(ROUTINES, NEW_ROUTINE, "assignedUserId", NO_WHOLE),
    *wrong(ROUTINES, NEW_ROUTINE, "assignedUserId", [0, -1, 10**9, "$foreign_member"], status=422),
    *wrong(ROUTINES, NEW_ROUTINE, "assignedCompanyContactId", [0, 10**9, "$foreign_provider"], status=422),
    *wrong(ROUTINES, NEW_ROUTINE, "contractId", NO_WHOLE),
    *wrong(OBSERVATIONS, SEEN, "title", NO_NAME),
    *wrong(OBSERVATIONS, SEEN, "siteId", [*NO_WHOLE, None]),
    *wrong(OBSERVATIONS, SEEN, "siteId", [0, -1, 10**9, PAST_2_53 - 1, "$foreign_site"], status=422),
    *wrong(OBSERVATIONS, SEEN, "risk", [*NO_WHOLE, 4, -1]),
    *wrong(OBSERVATIONS, SEEN, "observedAt", NO_MOMENT),
    *wrong(OBSERVATIONS, SEEN, "observedAt", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"], status=422),
    *wrong(OBSERVATIONS, SEEN, "resolutionDelay", NO_DELAY),
    *wrong(OBSERVATIONS, SEEN, "resolutionDelay", ["P99Y999M"], status=422),
    *wrong(OBSERVATIONS, SEEN, "pageNumber", [*NO_WHOLE, -1, 2**31]),
    *wrong(OBSERVATIONS, SEEN, "alreadyReported", NO_TRUTH),
    *wrong(OBSERVATIONS, SEEN, "equipmentId", NO_WHOLE),
    *[send(400, "POST", REPORT, [value], "[0]") for value in (1, "x", None, [], True)],
    *[send(400, "POST", REPORT, [SEEN, {**SEEN, "risk": value}], "[1].risk") for value in (4, "1", True)],
    send(422, "POST", REPORT, [{**SEEN, "siteId": 0}, SEEN], "[0].siteId"),
    *[
        send(400, "PATCH", CHANGE, {"resolvedComment": value}, "resolvedComment")
        for value in (*NO_TEXT, "", " ", "x" * 2501)
    ],
    *[send(400, "PUT", ANOMALY, {**SEEN, "title": value}, "title") for value in NO_NAME],
    *wrong(SESSIONS, OPENING, "login", NO_NAME),
    *wrong(SESSIONS, OPENING, "password", [*NO_TEXT, None, "", "x" * 1001]),
    *wrong(SESSIONS, OPENING, "organizationId", NO_WHOLE),
    *wrong(SESSIONS, OPENING, "otp", [*NO_TEXT, "1" * 41]),
    *wrong(SESSIONS, PIN, "interventionId", [*NO_WHOLE, None]),
    *wrong(SESSIONS, {"interventionId": 1}, "codePin", [*NO_WHOLE, None]),
]  # fmt: skip

COLLECTIONS = [SITES, CONTACTS, ROUTINES, OBSERVATIONS]
ROWS = [SITE, CONTACT, ROUTINE, ANOMALY]
WRITES = [*[("POST", path) for path in (*COLLECTIONS, SESSIONS)], ("PUT", ANOMALY), ("PATCH", CHANGE)]
WRITES += [("PATCH", path) for path in (SITE, CONTACT, ROUTINE)]
NO_ID = ["01", "abc", "+1", "%20", "$site%0A", "%D9%A3", "1.5", "%FF", "*", "--1", "-01", "$foreign_site", "1000000"]
NO_ID += ["0", "-1", str(PAST_2_53 - 1)]
TOO_LARGE = [str(PAST_2_53), f"-{PAST_2_53}", HUGE, "9" * 5000]
NO_PATH = [
    *("/interventions", "/interventions/", "/interventions/v1/rs", "/interventions/v2", f"{SESSIONS}/1", "/sites"),
    *("/sites/v1", "/sites/v2/rs", f"{SITES}%0A", f"{SITES}.json", f"{SITES}//", "/sites/%FF", f"{SITES}/1/2"),
    *("/anomalies/v2/rs", "/anomalies/v3/rs/1", "/anomalies/v2/rs/1/non-conformity", "/routines/v1/rs"),
    *("/company-contacts", "/interventions-anomalies", "/interventions-anomalies/v1/rs/1", "/sites/V1/rs"),
]
QUERIES = [
    *[(f"page={value}", "page") for value in ("", "0", "-1", "x", "1.5", HUGE, "%D9%A3", "2000001", "%2B1")],
    *[(f"pageSize={value}", "pageSize") for value in ("", "0", "101", "x", HUGE)],
    *[(f"sort={value}", "sort") for value in ("", "nope", "--id", "id,name", "is_archived")],
    *[(f"labels={value}", "labels") for value in ("", "yes", "2", "TRUE")],
    *[(f"isArchived={value}", "isArchived") for value in ("", "x", "null")],
    *[(f"ids[]={value}", "ids[0]") for value in ("", "x", "1.5", HUGE, str(PAST_2_53), "1,2")],
    *[("ids=1&ids=x", "ids[1]"), ("page=1&page=1", "page"), ("q=a&q=b", "q"), ("q=" + "a" * 251, "q")],
    ("&".join(["ids=1"] * 501), "ids"),
]
FILTERS = [
    *[(f"status[]={value}", "status[0]") for value in ("", "4", "-1", "x", "open", HUGE)],
    *[(f"dueFrom={value}", "dueFrom") for value in ("", "x", "2026-01-01", "2026-02-29T00:00:00Z")],
    ("observedTo=2026-01-01T00:00:00%2B01:00", "observedTo"),
    *[("overdue=x", "overdue"), ("reportId=x", "reportId"), ("siteIds[]=x", "siteIds[0]")],
]
BAD_SITES = ["", "1", "[]", "['1'", "['a']", "['1',]", "[1.5]", "['-1']", "['1\"]", f"['{PAST_2_53}']", "{}", "null"]
ADDRESSES = [
    *[ask(404, f"{SITES}/{pk}") for pk in NO_ID],
    *[ask(400, f"{SITES}/{pk}", "GET", "id") for pk in TOO_LARGE],
    *[ask(404, path.replace("$", "$foreign_")) for path in ROWS],
    *[ask(400, f"/anomalies/v2/rs/{pk}", "GET", "id") for pk in TOO_LARGE],
    *[ask(404, path, method) for path in NO_PATH for method in ("GET", "POST", "FOO")],
    *[send(404, "PATCH", f"{SITES}/{pk}", {}) for pk in ("0", "x", "$foreign_site")],
    *[ask(405, path, method) for path in (*COLLECTIONS, SITE) for method in ("DELETE", "OPTIONS", "LOOKUP", "PUT")],
    *[ask(405, SESSIONS, method) for method in ("GET", "PUT", "PATCH")],
    *[ask(400, path) for path in (f"{SITES}%00", f"{SITE}?a=%00", "/sites/nope%00")],
    *[ask(400, f"{SITES}?{query}", "GET", place) for query, place in QUERIES],
    *[ask(400, f"{OBSERVATIONS}?{query}", "GET", place) for query, place in FILTERS],
    *[ask(400, f"{SITES}?{query}") for query in ("a=%FF", "%FF=1", "a=%ED%A0%80", "&".join(["a=1"] * 1001))],
    *[ask(400, path, "GET", "x-sites", headers={"x-sites": ids}) for path in COLLECTIONS for ids in BAD_SITES],
    ask(403, SITES, headers={"X-Organization-Id": "$foreign_organization"}),
]
CHUNKED = {"Transfer-Encoding": "chunked", "Content-Type": JSON}
COMMON = [
    *[ask(401, path, headers={"x-session-token": token}) for path in COLLECTIONS for token in ("", "x", "a.b.c")],
    *[ask(401, path, token="") for path in COLLECTIONS],
    *[ask(401, f"{path}?access_token=x") for path in COLLECTIONS],
    *[ask(406, path, headers={"Accept": "text/html"}) for path in COLLECTIONS],
    *[body(400, text, "POST", SITES) for text in BROKEN + NULS + BAD_UTF8],
    *[body(400, text, *write) for write in WRITES for text in ("[]", "null", "1", '"x"', DEEP)],
    *[body(400, text, "POST", REPORT) for text in ("", "null", "1", '"x"', DEEP, "{}")],
    body(400, "[]", "POST", REPORT, JSON, "body"),
    *[body(415, "name=x", *write, FORM) for write in WRITES],
    *[body(415, "{}", *write, kind) for write in WRITES for kind in ("text/json", "application/xml", "application")],
    *[ask(415, path, method) for method, path in WRITES],
    *[ask(411, path, method, headers=CHUNKED) for method, path in WRITES],
    body(413, b" " * (1024 * 1024 + 1), "POST", SITES),
    *[
        ask(400, SITES, "POST", headers={"Idempotency-Key": key, "Content-Type": JSON}, body=b'{"name": "x"}')
        for key in ("", "a b", LONG)
    ],
    *[
        ask(412, SITE, "PATCH", headers={"If-Match": tag, "Content-Type": JSON}, body=b'{"phone": 1}')
        for tag in ("", "x", '"x"', '"99-x"', 'W/"1-x"')
    ],
]  # fmt: skip
GROUPS = {"interventions values": VALUES, "interventions addresses": ADDRESSES, "interventions common": COMMON}
