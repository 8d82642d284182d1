"""Malformed requests of this dialect: what is sent, and with which status it is refused.

`$name` stands for a row of the world as in tests/scheduling/malformed.py.
"""

import json

from tests.scheduling.malformed import BAD_UTF8, BROKEN, DEEP, FORM, HUGE, JSON, LONG, NULS, Case, raw
from tests.svctasks.wire import RUNS, SCRIPTS, TASKS, WORKDAYS

TOKEN = "svctasks"
TASK, SCRIPT, WORKDAY, RUN = f"{TASKS}/$svctask", f"{SCRIPTS}/$svcscript", f"{WORKDAYS}/$workday", f"{RUNS}/$svcrun"
COLLECTIONS, ROWS = [TASKS, SCRIPTS, WORKDAYS], [TASK, SCRIPT, WORKDAY]
ON_ONE = [("POST", f"{TASK}/{name}") for name in ("run", "pause", "backfill")]
# Those that take an object.
WRITES = [
    *[("POST", path) for path in (*COLLECTIONS, f"{TASKS}/preview")],
    *[("PATCH", path) for path in ROWS],
    *ON_ONE,
]
WRITES += [("POST", f"{RUN}/cancel")]
LOOK_UPS = [("LOOKUP", path) for path in COLLECTIONS] + [("POST", f"{path}/lookup") for path in COLLECTIONS]


def ask(status: int, path: str, method: str = "GET", *fields: str, headers: dict | None = None, **options) -> Case:
    token = options.pop("token", TOKEN)
    return Case(status, method, path, headers=headers or {}, fields=fields, token=token, **options)


def body(status: int, text: str | bytes, method: str, path: str, kind: str = JSON, *fields: str) -> Case:
    return raw(status, text, method, path, kind, fields=fields, token=TOKEN)


def send(status: int, method: str, path: str, values: object, *fields: str) -> Case:
    return body(status, json.dumps(values), method, path, JSON, *fields)


NO_ID = ["0", "1", "abc", "%20", "$svctask%0A", "380daae6016ccdd4606e50e54938780c", "{$svctask}", "urn:uuid:$svctask"]
NO_ID += ["$foreign_svctask", "00000000-0000-0000-0000-000000000000", "%FF", "*", HUGE, "$svcscript", "%D9%A3"]
NO_ID += ["380daae6-016c-cdd4-606e-50e54938780g", "380daae6-016c-cdd4-606e-50e54938780c0", "9" * 3000]
NO_PATH = [
    *("/rest/v1", "/rest/v1/", "/rest/v1/service", "/rest/v1/domain", "/rest/v1/service/nope", f"{TASKS}.json"),
    *(f"{TASKS}%0A", f"{TASKS}//", f"{TASK}/nope", f"{TASK}/runs/1", RUNS, "/rest/v1/service/workdays", "/rest/v1/%FF"),
    *("/rest/v1/domain/svctasks", "/rest/v1/SERVICE/svctasks", f"{SCRIPT}/run", f"{RUN}/run", "/rest/v1/model/x"),
]
ADDRESSES = [
    *[ask(404, f"{TASKS}/{key}", method) for key in NO_ID for method in ("GET", "DELETE")],
    *[ask(404, f"{path}/{key}") for path in (SCRIPTS, WORKDAYS) for key in NO_ID if "script" not in key],
    *[ask(404, f"{TASKS}/{key}{tail}") for key in NO_ID for tail in ("/runs", "/next")],
    *[ask(404, f"{TASKS}/{key}/run", "POST") for key in NO_ID],
    *[ask(404, f"{RUNS}/{key}") for key in (*NO_ID, "$foreign_svcrun")],
    *[ask(404, path.replace("$", "$foreign_")) for path in (*ROWS, RUN)],
    *[send(404, "PATCH", path.replace("$", "$foreign_"), {}) for path in ROWS],
    *[ask(404, path, method) for path in NO_PATH for method in ("GET", "POST", "LOOKUP", "FOO")],
    *[ask(405, path, method) for path in COLLECTIONS for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "FOO")],
    *[ask(405, path, method) for path in (*ROWS, RUN) for method in ("PUT", "POST", "LOOKUP", "OPTIONS")],
    *[ask(405, path, method) for _post, path in (*ON_ONE, *LOOK_UPS[3:]) for method in ("DELETE", "LOOKUP", "PUT")],
    *[ask(400, path) for path in (f"{TASKS}%00", f"{TASK}?a=%00", "/rest/v1/nope%00")],
    *[ask(400, f"{TASKS}?{query}") for query in ("a=%FF", "%FF=1", "a=%ED%A0%80", "&".join(["a=1"] * 1001))],
    ask(403, TASKS, headers={"X-Organization-Id": "$foreign_organization"}),
]  # fmt: skip
CHUNKED = {"Transfer-Encoding": "chunked", "Content-Type": JSON}
COMMON = [
    *[ask(401, path, token="") for path in COLLECTIONS],
    *[ask(401, f"{path}?access_token=x", token="") for path in COLLECTIONS],
    *[ask(406, path, headers={"Accept": "text/html"}) for path in COLLECTIONS],
    *[body(400, text, "POST", TASKS) for text in BROKEN + NULS + BAD_UTF8],
    *[body(400, text, *write) for write in WRITES for text in ("[]", "null", "1", '"x"', DEEP)],
    *[body(400, text, *look_up) for look_up in LOOK_UPS for text in ("{", DEEP, '"\\u0000"', b'"\xff"', '"\\ud800"')],
    *[body(415, "name=x", *write, FORM) for write in (*WRITES, *LOOK_UPS)],
    *[body(415, "{}", *write, kind) for write in WRITES for kind in ("text/json", "application/xml", "application")],
    *[ask(411, path, method, headers=CHUNKED) for method, path in (*WRITES, *LOOK_UPS)],
    body(413, b" " * (1024 * 1024 + 1), "POST", TASKS),
    *[
        ask(400, TASKS, "POST", headers={"Idempotency-Key": key, "Content-Type": JSON}, body=b'{"name": "x"}')
        for key in ("", "a b", LONG)
    ],
    *[
        ask(412, path, method, headers={"If-Match": tag, "Content-Type": JSON}, body=b'{"opts": 1}')
        for path in ROWS
        for method in ("PATCH", "DELETE")
        for tag in ('"99-x"', 'W/"1-x"', "x", '""')
    ],
]
CALLS = {"name": "Calls"}
NEEDED = {
    TASKS: ("name",),
    SCRIPTS: ("code", "name", "scriptdata"),
    WORKDAYS: ("date",),
    f"{TASK}/backfill": ("from", "to"),
}
VALUES = [
    *[body(400, text, *look_up, JSON, "body") for look_up in LOOK_UPS for text in ("1", "null", "[]", "{}", "")],
    *[send(404, *look_up, text) for look_up in LOOK_UPS for text in ("", "x", HUGE, "$foreign_svctask", "$$", LONG)],
    *[send(400, "POST", TASKS, {**CALLS, "intervalsec": value}, "intervalsec") for value in (int(HUGE), 2**64, 1e30)],
    *[send(400, "POST", TASKS, {**CALLS, "svcscriptcode": value}, "svcscriptcode") for value in (LONG, "$svctask")],
    *[body(400, text, "POST", path, JSON, *fields) for text in ("", "{}") for path, fields in NEEDED.items()],
    send(409, "POST", TASKS, {"name": "x", "id": "$svctask"}, "id"),
    send(409, "POST", TASKS, {"name": "x", "isenabled": 1}),
    send(409, "POST", WORKDAYS, {"date": "2019-05-01"}, "date"),
    ask(409, SCRIPT, "DELETE"),
    ask(409, f"{RUN}/cancel", "POST"),
]  # fmt: skip
GROUPS = {"svctasks: addresses": ADDRESSES, "svctasks: common": COMMON, "svctasks: values": VALUES}
