"""Malformed requests of the /v1 dialect: reference data, and what all of its endpoints refuse in common.

`$name` stands for a row of the world as in malformed.py; in a body an id is put in as a number.
"""

import json
import re

from tests.scheduling.malformed import BAD_UTF8, BROKEN, DEEP, FORM, HUGE, JSON, LONG, NULS, Case, raw

GROUPS_PATH, TYPES, CONTACTS, PERSONS = "/v1/contactGroups", "/v1/jobTypes", "/v1/contacts", "/v1/persons"
FIELDS, RESOURCES, VEHICLES = "/v1/customFieldDefinitions", "/v1/resources", "/v1/vehicles"
COLLECTIONS = [GROUPS_PATH, TYPES, CONTACTS, PERSONS, FIELDS, RESOURCES, VEHICLES]
CONTACT, TYPE = f"{CONTACTS}/$contact", f"{TYPES}/$jobtype"
# Persons alone are known by a uid.
NUMBER = re.compile(r'"(\$(?!person|foreign_person)\w+)"')


def ask(status: int, path: str, method: str = "GET", **options) -> Case:
    return Case(status, method, path, token=options.pop("token", "jobs"), **options)


def send(status: int, method: str, path: str, values: object, *fields: str, **options) -> Case:
    """A body as JSON; `fields`: what a 422 complains of, in order."""
    body = NUMBER.sub(r"\1", json.dumps(values))
    return raw(status, body, method, path, fields=fields, token="jobs", **options)


def group(status: int, values: object, *fields: str) -> Case:
    return send(status, "POST", GROUPS_PATH, values, *fields)


def job_type(values: dict, *fields: str) -> Case:
    return send(422, "POST", TYPES, {"name": "Repair", **values}, *fields)


def contact(values: dict, *fields: str) -> Case:
    return send(422, "POST", CONTACTS, {"name": "Bakery", **values}, *fields)


def person(values: dict, *fields: str) -> Case:
    return send(422, "POST", PERSONS, {"name": "Ada", "contactId": "$contact", **values}, *fields)


NO_TEXT = [1, 1.5, True, None, [], {}, ["a"], "", " ", "\n"]
NO_WHOLE = ["60", 60.0, 0.5, True, False, None, [], [60], {}, 0, -1, 10081, 2**31, 2**63, 2**64, int(HUGE), 1e30, ""]
NO_KEY = [0, -1, 10**9, 2**63 - 1, 2**63, 2**64, int(HUGE), 1.0, "1", True, [1], {"id": 1}, "x", ""]
NO_TRUTH = [0, 1, "true", "false", "", None, [], {}]
NO_LIST = ["x", 1, {}, True, None, ["x"] * 101]
NO_PLACE = [1, "x", [], [1, 2], True, ""]


def no_row(kind: str) -> list:
    """No id at all, of nothing, or of another organization's row. The last is of this very kind, as the ids of two
    kinds may be the same number.
    """
    return [*NO_KEY, f"$foreign_{kind}"]


VALUES = [
    *[group(422, {"name": value}, "name") for value in [*NO_TEXT, LONG]],
    group(422, {}, "name"),
    group(422, {"NAME": "x", "id": 1}, "name"),
    *[job_type({"plannedDuration": value}, "plannedDuration") for value in NO_WHOLE],
    *[job_type({"categoryId": value}, "categoryId") for value in no_row("category")],
    *[job_type({"isArchived": value}, "isArchived") for value in NO_TRUTH],
    *[job_type({"description": value}, "description") for value in (1, True, [], {}, "x" * 5001)],
    *[job_type({"positiveResults": value}, "positiveResults") for value in NO_LIST],
    *[job_type({"negativeResults": [value]}, "negativeResults[0]") for value in (1, None, "", " ", [], "x" * 121)],
    job_type({"negativeResults": ["a", "a"]}, "negativeResults"),
    *[job_type({"customFieldDefinitionIds": value}, "customFieldDefinitionIds") for value in NO_LIST],
    *[job_type({"customFieldDefinitionIds": [value]}, "customFieldDefinitionIds[0]") for value in no_row("definition")],
    *[job_type({"autoReferencePrefix": value}, "autoReferencePrefix") for value in (1, [], "x" * 31)],
    job_type({"isTasksEnabled": "x", "plannedDuration": 0, "name": ""}, "name", "isTasksEnabled", "plannedDuration"),
    *[contact({"groupId": value}, "groupId") for value in no_row("group")],
    *[contact({"parentId": value}, "parentId") for value in no_row("contact")],
    *[contact({"location": value}, "location") for value in NO_PLACE],
    *[
        contact({"location": {"latitude": value, "longitude": 0}}, "location.latitude")
        for value in (None, "1", True, [], 90.1, -91, 1e300, int(HUGE))
    ],
    contact({"location": {"longitude": 200}}, "location.latitude"),
    *[contact({"customFields": value}, "customFields") for value in ("x", 1, {}, True, None)],
    *[contact({"customFields": [value]}, "customFields[0]") for value in (1, "x", [], None, True)],
    *[
        contact({"customFields": [{"definitionId": value}]}, "customFields[0].definitionId")
        for value in ("1", 1.5, None, True, [], 2**63, 10**9, 0, "$foreign_definition")
    ],
    contact({"customFields": [{}]}, "customFields[0].definitionId"),
    contact({"customFields": [{"definitionId": "$definition", "value": []}]}, "customFields[0].value"),
    contact({"customFields": [{"definitionId": "$definition", "value": {}}]}, "customFields[0].value"),
    contact({"customFields": [{"definitionId": "$definition", "value": "no number"}]}, "customFields[0].value"),
    *[send(422, "PUT", f"{CONTACT}/stop", {"appliesTo": value}, "appliesTo") for value in (1, "x", "ContactOnly", [])],
    *[send(422, "PUT", f"{CONTACT}/stop", {"stopReason": value}, "stopReason") for value in (1, [], LONG)],
    *[send(422, "PUT", f"{CONTACT}/unstop", {"appliesTo": value}, "appliesTo") for value in (1, "x", {})],
    *[person({"contactId": value}, "contactId") for value in [*no_row("contact"), None]],
    *[person({"email": value}, "email") for value in (1, "x", "a@", [], "x" * 250 + "@example.org")],
    *[person({"isPrimary": value}, "isPrimary") for value in NO_TRUTH],
    *[send(422, "PATCH", f"{PERSONS}/$person", {"name": value}, "name") for value in NO_TEXT],
    *[send(422, "POST", RESOURCES, {"name": "x", "userId": value}, "userId") for value in no_row("student")],
    *[send(422, "POST", VEHICLES, {"registration": value}, "registration") for value in [*NO_TEXT, "x" * 21]],
    *[send(422, "POST", FIELDS, {"name": "x", "kind": value}, "kind") for value in ("", "Text", 1, None, [], {})],
    *[send(422, "PATCH", TYPE, {"name": value}, "name") for value in NO_TEXT],
]

NO_ID = ["0", "-1", "01", "abc", "1.5", "+1", "%20", "$contact%0A", "%D9%A3", HUGE, str(2**63), "9" * 5000, "%FF", "*"]
NO_PATH = ["/v1/", "/v1//", "/v1/nope", "/v1/Contacts", "/v1/contacts.json", "/v1/contacts%0A", "/v1/%FF"]
NO_PATH += ["/v1/" + "a" * 8000]
NO_PAGE = ["", "0", "-1", "x", "1.5", HUGE, "%D9%A3"]
WRITES = [("POST", path) for path in COLLECTIONS] + [
    *[("PATCH", path) for path in (CONTACT, TYPE, f"{PERSONS}/$person")],
    *[("PUT", f"{CONTACT}/{verb}") for verb in ("stop", "unstop")],
]
QUERIES = [
    *[f"{name}={value}" for name in ("pageSize", "pageNumber") for value in NO_PAGE],
    *["pageSize=1001", "pageNumber=2147484", "sortBy=", "sortBy=id%3B", "direction=", "direction=asc", "includeTotal="],
    *[f"cursor={value}" for value in ("", "x", "a:b:c", "W10:x:y", "%D9%A3", "x" * 3000)],
    *[f"id={value}" for value in ("", "x", "1.5", "0x1", HUGE, str(2**63), "1,2", "%D9%A3", "true")],
    *["name=", "name=%20", "&".join(["id=1"] * 51), "isArchived=1", "isArchived=", "isArchived=true&isArchived=true"],
    *["createdAtFrom=x&createdAtTo=y", "createdAtFrom=2026-01-01T00:00:00Z", "accountStatus=stopped"],
    "createdAtFrom=2026-01-01T00:00:00&createdAtTo=2026-01-02T00:00:00Z",
    "createdAtFrom=0001-01-01T00:00:00Z&createdAtTo=10000-01-01T00:00:00Z",
    "modifiedAtFrom=2026-01-01T00:00:60Z&modifiedAtTo=2026-01-02T00:00:00%2B25:00",
]
ADDRESSES = [
    *[ask(404, f"{CONTACTS}/{pk}") for pk in [*NO_ID, "$foreign_contact", "$person"]],
    *[ask(404, f"{PERSONS}/{pk}") for pk in [*NO_ID[:6], "$contact", "{$person}", "$person%20"]],
    *[ask(404, path, method) for path in NO_PATH for method in ("GET", "POST", "FOO")],
    *[send(404, "PATCH", f"{CONTACTS}/{pk}", {"name": "x"}) for pk in ("0", "x", HUGE, "$foreign_contact")],
    *[send(404, "PUT", f"{CONTACTS}/{pk}/stop", {}) for pk in ("0", "x", HUGE, "$foreign_contact")],
    *[ask(405, path, method) for path in (*COLLECTIONS, CONTACT) for method in ("PUT", "DELETE", "OPTIONS", "LOOKUP")],
    *[ask(400, path) for path in ("/v1/contacts%00", f"{CONTACTS}/%00", f"{CONTACTS}?a=%00", "/v1/nope%00")],
    *[ask(422, f"{CONTACTS}?{query}", fields=("queryParams",)) for query in QUERIES],
    *[ask(400, f"{CONTACTS}?{query}") for query in ("a=%FF", "%FF=1", "a=%ED%A0%80", "&".join(["a=1"] * 1001))],
]
COMMON = [
    *[
        ask(400, path, headers={"Customer-Id": text})
        for path in (GROUPS_PATH, CONTACT)
        for text in ("", " ", "x", "1.0", "1e3", "true", "1,2", HUGE, "'")
    ],
    *[ask(403, CONTACTS, headers={"Customer-Id": text}) for text in ("0", "-1", "$foreign_organization")],
    *[ask(403, CONTACT, headers={"Customer-Id": text}) for text in ("0", "-1", "$foreign_organization")],
    *[ask(401, path, token="") for path in COLLECTIONS],
    *[ask(403, path, token="staff") for path in COLLECTIONS],
    *[ask(406, path, headers={"Accept": "text/html"}) for path in COLLECTIONS],
    *[raw(400, body, path=GROUPS_PATH, token="jobs") for body in BROKEN + NULS + BAD_UTF8],
    *[raw(400, body, *write, token="jobs") for write in WRITES for body in ("[]", "null", "1", '"x"', DEEP)],
    *[raw(415, "name=x", *write, FORM, token="jobs") for write in WRITES],
    *[raw(415, "<a/>", *write, "text/xml", token="jobs") for write in WRITES],
    *[Case(411, *write, b"", {"Transfer-Encoding": "chunked", "Content-Type": JSON}, token="jobs") for write in WRITES],
    raw(413, b" " * (1024 * 1024 + 1), path=GROUPS_PATH, token="jobs"),
    *[raw(400, "{}", path=GROUPS_PATH, token="jobs", headers={"Idempotency-Key": key}) for key in ("", "a b", LONG)],
    *[
        send(412, "PATCH", CONTACT, {"name": "x"}, headers={"If-Match": tag})
        for tag in ("", "x", '"x"', '"99-x"', 'W/"1-x"')
    ],
]

GROUPS = {"jobs values": VALUES, "jobs addresses": ADDRESSES, "jobs common": COMMON}
