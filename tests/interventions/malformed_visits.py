"""As malformed.py, of interventions."""

from tests.interventions.malformed import (
    BAD_SITES,
    CHUNKED,
    NO_ID,
    NO_MOMENT,
    NO_TEXT,
    NO_TRUTH,
    NO_WHOLE,
    TOO_LARGE,
    ask,
    body,
    send,
    wrong,
)
from tests.scheduling.malformed import BAD_UTF8, BROKEN, DEEP, FORM, HUGE, JSON, LONG, NULS, Case

RS, MB, LINKS = "/interventions/v2/rs", "/interventions/v2/mb", "/interventions-anomalies/v1/rs"
CURATIVE, OF_ROUTINE, UNPLANNED = f"{RS}/curative", f"{RS}/preventive/routine", f"{MB}/preventive/unplanned"
VISIT, CHANGE = f"{RS}/$visit", f"{CURATIVE}/$visit"
VERIFY, MAIL, FOLLOW_UP = f"{VISIT}/verify", f"{VISIT}/emails/informations", f"{VISIT}/follow-up"
DATES = {"scheduledStart": "2027-01-04T09:00:00Z", "scheduledEnd": "2027-01-04T10:00:00Z", "creationStatus": 0}
NEW, OF = {**DATES, "anomalyIds": ["$anomaly"]}, {**DATES, "routineId": "$routine"}
IMAGE = {"name": "s.png", "mimeType": "image/png", "size": 5}
WALK_IN = {"siteIds": ["$site"], "signature": IMAGE, "provider": {"firstName": "Jean", "lastName": "Petit"}}
NO_ROWS = [0, -1, 10**9, 2**53 - 1]


def change(status: int, values: dict, *fields: str) -> Case:
    return send(status, "PATCH", CHANGE, values, *fields)


VALUES = [
    *wrong(CURATIVE, NEW, "scheduledStart", NO_MOMENT),
    *wrong(CURATIVE, NEW, "scheduledEnd", NO_MOMENT),
    *wrong(CURATIVE, NEW, "scheduledEnd", ["2027-01-04T09:00:00Z", "2026-01-04T09:00:00Z"], status=422),
    *wrong(CURATIVE, NEW, "scheduledEnd", ["9999-12-31T23:59:59Z", "2029-01-04T09:00:00Z"], status=422),
    *wrong(CURATIVE, NEW, "scheduledStart", ["0001-01-01T00:00:00Z"], "scheduledStart", 422),
    *wrong(CURATIVE, NEW, "anomalyIds", [1, "1", {}, True, None, [], [1] * 501]),
    *wrong(CURATIVE, NEW, "anomalyIds", [[value] for value in (*NO_WHOLE, None)], "anomalyIds[0]"),
    *wrong(CURATIVE, NEW, "anomalyIds", [[value] for value in (*NO_ROWS, "$foreign_anomaly")], "anomalyIds", 422),
    *wrong(CURATIVE, NEW, "creationStatus", [*NO_WHOLE, None, 3, -1]),
    *wrong(CURATIVE, NEW, "creationStatus", [2], "assignedCompanyContactId", 422),
    *wrong(CURATIVE, NEW, "description", [*NO_TEXT, "x" * 2501]),
    *wrong(CURATIVE, NEW, "assignedCompanyContactId", NO_WHOLE),
    *wrong(CURATIVE, NEW, "assignedCompanyContactId", [*NO_ROWS, "$foreign_provider"], status=422),
    *wrong(CURATIVE, NEW, "assignedUserId", NO_WHOLE),
    *wrong(CURATIVE, NEW, "assignedUserId", [*NO_ROWS, "$foreign_member"], status=422),
    *wrong(OF_ROUTINE, OF, "routineId", [*NO_WHOLE, None]),
    *wrong(OF_ROUTINE, OF, "routineId", [*NO_ROWS, "$foreign_routine"], status=422),
    *[change(400, {"scheduledStart": value}, "scheduledStart") for value in NO_MOMENT],
    *[change(400, {"sendUpdateEmailToCurrentAssignee": one}, "sendUpdateEmailToCurrentAssignee") for one in NO_TRUTH],
    *[change(400, {"previousAssigneeNotification": one}, "previousAssigneeNotification") for one in (1, "x", [], True)],
    *[
        change(400, {"previousAssigneeNotification": {"reason": one}}, "previousAssigneeNotification.reason")
        for one in (*NO_TEXT, "x" * 2501)
    ],
    *[send(400, "PATCH", VERIFY, {"decision": value}, "decision") for value in (*NO_WHOLE, None, 0, 3)],
    *[send(400, "PATCH", VERIFY, {"decision": 1, "anomalies": value}, "anomalies") for value in (1, {}, "x", True)],
    *[send(400, "PATCH", VERIFY, {"decision": 1, "anomalies": [one]}, "anomalies[0]") for one in (1, [], "x", None)],
    *[send(400, "POST", MAIL, {"email": value}, "email") for value in (*NO_TEXT, None, "", "x", "a@", LONG)],
    *[send(400, "POST", FOLLOW_UP, {**DATES, "creationStatus": one}, "creationStatus") for one in (*NO_WHOLE, 3)],
    *[send(400, "DELETE", VISIT, {"cancellationReason": one}, "cancellationReason") for one in (*NO_TEXT, "x" * 2501)],
    *wrong(UNPLANNED, WALK_IN, "siteIds", [1, "1", {}, None, [], [1] * 101]),
    *wrong(UNPLANNED, WALK_IN, "siteIds", [[value] for value in (*NO_ROWS, "$foreign_site")], "siteIds[0]", 422),
    *wrong(UNPLANNED, WALK_IN, "provider", [1, "x", [], None]),
    *wrong(UNPLANNED, WALK_IN, "signature", [1, "x", [], None]),
    *wrong(UNPLANNED, WALK_IN, "actualStart", NO_MOMENT),
    *wrong(UNPLANNED, WALK_IN, "actualStart", ["2099-01-01T00:00:00Z"], status=422),
    *wrong(UNPLANNED, WALK_IN, "companyId", NO_WHOLE),
]
COLLECTIONS = [RS, LINKS]
WRITES = [("POST", path) for path in (CURATIVE, OF_ROUTINE, UNPLANNED, MAIL, FOLLOW_UP)]
WRITES += [("PATCH", CHANGE), ("PATCH", VERIFY)]
QUERIES = [
    *[(f"status[]={value}", "status[0]") for value in ("", "9", "-1", "x", "planned", HUGE)],
    *[(f"type[]={value}", "type[0]") for value in ("0", "4", "x")],
    *[(f"scheduledFrom={value}", "scheduledFrom") for value in ("", "x", "2026-01-01", "2026-02-29T00:00:00Z")],
    *[
        (f"{name}=x", name)
        for name in ("assignedUserId", "assignedCompanyContactId", "routineId", "overdue", "archived")
    ],
    *[("siteIds[]=x", "siteIds[0]"), ("sort=status", "sort"), ("page=0", "page"), ("pageSize=101", "pageSize")],
]
OTHER_IDS = [pk for pk in NO_ID if not pk.startswith("$")] + ["$foreign_visit", "preventive", "curative"]
ADDRESSES = [
    *[ask(404, f"{CURATIVE}/{pk}", "PATCH", headers={"Content-Type": JSON}, body=b"{}") for pk in OTHER_IDS],
    *[ask(404, f"{RS}/{pk}/report") for pk in OTHER_IDS[:-2]],
    *[ask(400, f"{RS}/{pk}", "GET", "id") for pk in TOO_LARGE],
    *[send(404, "PATCH", f"{RS}/preventive/$visit", {}), send(404, "DELETE", f"{RS}/$foreign_visit", {})],
    *[ask(404, f"/interventions/v2/{path}") for path in ("mb", "rs/1/2", "signatures/x", "uploads", "rs/1/emails/x")],
    *[ask(404, f"/interventions/v2/uploads/{token}", "PUT") for token in ("x", "%FF", "a" * 900)],
    *[ask(405, path, method) for path in (RS, LINKS) for method in ("POST", "PUT", "DELETE", "OPTIONS", "LOOKUP")],
    *[ask(405, path, "GET") for path in (CURATIVE, CHANGE, VERIFY, MAIL, UNPLANNED, f"{MB}/execute")],
    *[ask(400, f"{RS}?{query}", "GET", place) for query, place in QUERIES],
    *[ask(400, path, "GET", "x-sites", headers={"x-sites": ids}) for path in (RS, LINKS, VISIT) for ids in BAD_SITES],
]
COMMON = [
    *[body(400, text, "POST", CURATIVE) for text in BROKEN + NULS + BAD_UTF8],
    *[body(400, text, *write) for write in WRITES for text in ("[]", "null", "1", '"x"', DEEP)],
    *[body(415, "name=x", *write, FORM) for write in WRITES],
    *[ask(415, path, method) for method, path in WRITES],
    *[ask(411, path, method, headers=CHUNKED) for method, path in WRITES],
    *[ask(406, path, headers={"Accept": "text/html"}) for path in (RS, LINKS, VISIT)],
    body(413, b" " * (1024 * 1024 + 1), "POST", CURATIVE),
    *[
        ask(412, CHANGE, "PATCH", headers={"If-Match": tag, "Content-Type": JSON}, body=b'{"description": 1}')
        for tag in ("", "x", '"x"', '"99-x"', 'W/"1-x"')
    ],
]
GROUPS = {"visits' values": VALUES, "visits' addresses": ADDRESSES, "visits in common": COMMON}
