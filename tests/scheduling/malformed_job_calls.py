"""Malformed requests about jobs themselves; what all of /v1 refuses in common stands in malformed_jobs.py."""

from tests.scheduling.malformed import DEEP, HUGE, Case, raw
from tests.scheduling.malformed_jobs import NO_TRUTH, NO_WHOLE, ask, no_row, send

JOBS, JOB = "/v1/jobs", "/v1/jobs/$job"
STEPS = ("send", "read", "accept", "refuse", "onTheWay", "start", "suspend", "resume")
EVER = "createdAtFrom=2000-01-01T00:00:00Z&createdAtTo=2100-01-01T00:00:00Z"
NO_TEXT = [1, 1.5, True, [], {}]
NO_MOMENT = [
    *(1, 1795424400, True, [], {}, "", " ", "x", "2026-11-23", "2026-11-23T09:00:00", "2026-11-23 09:00:00Z", HUGE),
    *("2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-23T25:00:00Z", "2026-11-23T09:00:00+99:00"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "2026-11-23T09:00:00 CET"),
]
NO_UID = [1, True, [], {}, "", "x", "3f2b8c1e7a4d4e099c551d2a6b7f8e90", "3f2b8c1e-7a4d-4e09-9c55-1d2a6b7f8e90", HUGE]


def job(values: dict, *fields: str) -> Case:
    """A good new job but for these values."""
    return send(422, "POST", JOBS, {"typeId": "$jobtype", "contactId": "$contact", **values}, *fields)


def change(values: dict, *fields: str) -> Case:
    return send(422, "PATCH", JOB, values, *fields)


def bulk(values: object, *fields: str) -> Case:
    return send(422, "PATCH", JOBS, values, *fields)


def step(path: str, values: dict, *fields: str) -> Case:
    return send(422, "PUT", f"{JOB}/{path}", values, *fields)


def constraint(values: dict, *fields: str) -> Case:
    return send(422, "POST", f"{JOB}/constraints", values, *fields)


def listed(query: str, status: int = 422) -> Case:
    return ask(status, f"{JOBS}?{query}", fields=("queryParams",) if status == 422 else ())


CREATES = [
    *[job({"typeId": value}, "typeId") for value in [*no_row("jobtype"), None]],
    *[job({"contactId": value}, "contactId") for value in [*no_row("contact"), None]],
    *[job({"siteContactId": value}, "siteContactId") for value in no_row("contact")],
    *[job({"categoryId": value}, "categoryId") for value in no_row("category")],
    *[job({"plannedDuration": value}, "plannedDuration") for value in NO_WHOLE if value is not None],
    *[job({"personId": value}, "personId") for value in [*NO_UID, "$foreign_person"]],
    *[job({"reference": value}, "reference") for value in [*NO_TEXT, "x" * 41]],
    *[job({"orderNumber": value}, "orderNumber") for value in [*NO_TEXT, "x" * 81]],
    *[job({"description": value}, "description") for value in [*NO_TEXT, "x" * 5001]],
    *[job({"customFields": value}, "customFields") for value in (1, "x", {}, True, None, [{}] * 101)],
    *[job({"customFields": [value]}, "customFields[0]") for value in (1, "x", None, [], True)],
    *[
        job({"customFields": [{"definitionId": value, "value": "x"}]}, "customFields[0].definitionId")
        for value in ("1", None, 1.5, True, [], {}, 0, 10**9, 2**63, int(HUGE), "$definition", "$foreign_definition")
    ],
    send(422, "POST", JOBS, {}, "typeId", "contactId"),
    send(422, "POST", JOBS, {"contactId": "x", "reference": 1}, "contactId", "reference", "typeId"),
]
CHANGES = [
    *[change({name: None}, name) for name in ("plannedDuration", "customFields", "typeId", "contactId")],
    *[change({"plannedDuration": value}, "plannedDuration") for value in ("60", 0, 10081, True, 1e30)],
    *[change({name: value}, name) for name in ("internalComment", "contactComment") for value in NO_TEXT],
    *[change({"typeId": value}, "typeId") for value in ("x", 10**9, True, "$foreign_jobtype")],
    *[change({"contactId": value}, "contactId") for value in ("$foreign_contact", [], 2**64)],
    bulk([1, None, "x", []], "[0]", "[1]", "[2]", "[3]"),
    bulk([{}], "[0].id"),
    *[bulk([{"id": value}], "[0].id") for value in ("1", 1.5, None, True, [], 0, 10**9, 2**63, int(HUGE))],
    bulk([{"id": "$job"}, {"id": "$job"}], "[1].id"),
    bulk([{"id": "$job", "reference": 1}, {"id": "$job", "customFields": [1]}], *(
        "[0].reference", "[1].id", "[1].customFields[0]"
    )),
    bulk([{"id": "$job", "description": "x"}, {"id": "$foreign_job"}], "[1].id"),
    bulk([{"id": 1}] * 101, "body"),
    *[raw(400, body, "PATCH", JOBS, token="jobs") for body in ("{}", "null", "1", '"x"', "", "[", DEEP)],
]  # fmt: skip
STEPPED = [
    *[step("schedule", {"resourceId": value}, "resourceId") for value in no_row("resource")],
    *[step("schedule", {"vehicleId": value}, "vehicleId") for value in no_row("vehicle")],
    *[step("schedule", {"plannedStartAt": value}, "plannedStartAt") for value in NO_MOMENT],
    step("schedule", {"plannedStartAt": "3000-01-01T00:00:00Z"}, "plannedStartAt"),
    step("schedule", {"plannedStartAt": "0001-01-03T00:00:00Z"}, "plannedStartAt"),
    *[step(path, {}, "status") for path in STEPS],
    *[
        step(path, {"comment": value}, "comment", "status")
        for path in ("send", "start")
        for value in [*NO_TEXT, "x" * 5001, "a\u0007b"]
    ],
    *[step("accept", {"statusModifiedAt": value}, "statusModifiedAt", "status") for value in NO_MOMENT],
    step("start", {"statusModifiedAt": "x", "comment": 1}, "statusModifiedAt", "comment", "status"),
    step("result", {}, "status"),
    *[step("result", {"status": value}, "status") for value in [*NO_TRUTH, "started", "completed_ok", "COMPLETEDOK"]],
    *[
        step("result", {"status": "completedOk", "result": value}, "result", "status")
        for value in [*NO_TEXT, "x" * 121, "a\nb"]
    ],
    step("result", {"status": "completedOk"}, "status"),
    *[step("cancel", {"reason": value}, "reason") for value in [*NO_TEXT, "x" * 5001]],
    *[raw(400, body, "PUT", f"{JOB}/schedule", token="jobs") for body in ("[]", "null", "{", "1", DEEP)],
]
CONSTRAINTS = [
    constraint({}, "type"),
    *[constraint({"type": value}, "type") for value in (1, None, [], "", "jobSkill", "JobResource")],
    *[
        constraint({"type": "jobMustStartAfter", "constraintAt": value}, "constraintAt")
        for value in [*NO_MOMENT, None]
    ],
    *[
        constraint({"type": "jobResource", "entityId": value}, "entityId")
        for value in [*no_row("resource"), None]
    ],
    constraint({"type": "jobVehicle", "entityId": 10**9, "constraintAt": "x"}, "entityId", "constraintAt"),
]  # fmt: skip
PATHS = [
    *[
        ask(404, f"{JOBS}/{text}{rest}")
        for text in ("0", "-1", "x", "1.0", "01", "+1", HUGE, "9" * 19, "%01", "$foreign_job")
        for rest in ("", "/statusHistory", "/status/history", "/constraints")
    ],
    *[send(404, "PUT", f"{JOBS}/{text}/schedule", {}) for text in ("0", "x", HUGE, "$foreign_job")],
    *[ask(404, f"{JOB}/constraints/{text}", "DELETE") for text in ("0", "x", HUGE, "1000000000")],
    *[ask(404, f"{JOB}/{path}", "PUT") for path in ("Schedule", "on_the_way", "delete", "start/now", "status")],
    *[ask(405, JOB, method) for method in ("POST", "PUT", "DELETE", "OPTIONS")],
    *[ask(405, JOBS, method) for method in ("PUT", "DELETE")],
    *[ask(405, f"{JOB}/start", method) for method in ("GET", "POST", "PATCH", "DELETE")],
    ask(405, f"{JOB}/constraints/1"),
    *[ask(401, path, token="") for path in (JOBS, JOB, f"{JOB}/statusHistory")],
]
QUERIES = [
    *map(listed, ("", "status=new", "pageSize=10", "createdAtFrom=2026-01-01T00:00:00Z", "id", "reference=")),
    *(listed(f"id={text}") for text in ("x", "1.5", "", "true", HUGE, "1,2")),
    *(listed(f"{EVER}&{name}={text}") for name in ("typeId", "resourceId", "categoryId") for text in ("x", "", HUGE)),
    *(listed(f"{EVER}&status={text}") for text in ("", "open", "on_the_way", "new,sent")),
    *(listed(f"createdAtFrom={text}&createdAtTo=2026-01-01T00:00:00Z") for text in ("", "x", "2026-01-01", "1")),
    *(listed(f"{EVER}&{name}From=2026-01-01T00:00:00Z") for name in ("plannedAt", "startedAt", "statusModifiedAt")),
    *(listed(f"{EVER}&{pair}") for pair in ("sortBy=id", "sortBy=-createdAt", "direction=up", "pageSize=0")),
    *(listed(f"{EVER}&{pair}") for pair in ("pageNumber=0", "pageSize=1001", "cursor=x", "includeTotal=1")),
    listed("&".join(f"id={number}" for number in range(51))),
    listed(f"{EVER}&createdAtFrom=2026-01-01T00:00:00Z"),
    *(listed(query, 400) for query in ("id=%00", "id=%FF", "&".join(f"a{number}=1" for number in range(1001)))),
]
GROUPS = {
    "job creates": CREATES,
    "job changes": CHANGES,
    "job steps": STEPPED,
    "job constraints": CONSTRAINTS,
    "job addresses": PATHS,
    "job queries": QUERIES,
}
