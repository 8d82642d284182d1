"""The table of malformed requests: what is sent, and with which status it is refused.

`$name` in a path or body stands for an id (or a link's token) of the world that the test makes.
"""

import json
from dataclasses import dataclass, field

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
HUGE = "9" * 30
DEEP = "[" * 40 + "]" * 40
SERVICES, SERVICE = "/v2/community_services", "/v2/community_services/$service"
CLOSES, CLOSE = "/v2/closes", "/v2/closes/$close"


@dataclass(frozen=True)
class Case:
    """`fields`: the keys of a 422's `errors`, in order; `says`: what the body holds; `token`: whose, "" for none."""

    status: int
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    says: str = ""
    token: str = "staff"

    def __str__(self) -> str:
        shown = f"{self.method} {self.path} {self.headers or ''} {self.body[:60]!r}"
        return shown[:120].encode("unicode_escape").decode()


def raw(
    status: int, body: str | bytes, method: str = "POST", path: str = SERVICES, kind: str = JSON, **options
) -> Case:
    data = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": kind, **options.pop("headers", {})}
    return Case(status, method, path, data, headers, **options)


def service(status: int, values: object, *fields: str, says: str = "", **options) -> Case:
    return raw(status, json.dumps({"community_service": values}), fields=fields, says=says, **options)


def close(status: int, changes: dict, *fields: str, says: str = "", **options) -> Case:
    """A good close but for the changes."""
    values = {"user_id": "$student", "closer_id": "$tiger", "kind": "other", "reason": "late", **changes}
    return raw(status, json.dumps({"close": values}), path=CLOSES, fields=fields, says=says, **options)


def get(status: int, path: str, says: str = "", **options) -> Case:
    return Case(status, "GET", path, says=says, **options)


BAD_NUMBERS = [
    "abc",
    1.5,
    "1.5",
    True,
    [1],
    {"a": 1},
    0,
    -1,
    2**31,
    2**63,
    2**64,
    1e30,
    HUGE,
    " ",
    "0x10",
    "1e3",
    "12 3",
]
BAD_IDS = ["abc", 1.5, True, [1], {"id": 1}, 0, -1, 10**9, 2**63, 2**64, "9" * 400, "1;drop"]
BAD_MOMENTS = [
    *("tomorrow", "2017-13-01", "2017-02-30", "2017-11-27 25:00", "2017-11-27 09:00 +99:99", "2017-11-27T09:00:00 CET"),
    *("10000-01-01", "12017-11-27 09:00:00 UTC", "0000-00-00", "0000-01-01", "9999-12-31T23:59:59Z", "0001-01-01"),
    *(True, 1.5, [1], {"year": 2030}, 10**12, -(10**13), 2**63, HUGE, "9" * 5000, "2017-11-27 09:00:00 UTC UTC"),
]
LONG = "x" * 256

VALUES = [
    *[service(422, {"duration": value}, "duration") for value in BAD_NUMBERS],
    *[service(400, {"duration": value}, says="Missing parameter duration") for value in (None, "")],
    service(400, {}, says="Missing parameter duration"),
    *[service(422, {"duration": 60, "close_id": value}, "close_id", says="must exist") for value in BAD_IDS],
    *[service(422, {"duration": 60, "tiger_id": value}, "tiger_id", says="must exist") for value in BAD_IDS],
    *[service(422, {"duration": 60, "schedule_at": value}, "schedule_at") for value in BAD_MOMENTS],
    *[service(422, {"duration": 60, "occupation": value}, "occupation") for value in (1, True, [], {}, ["a"], LONG)],
    service(422, {"duration": 60, "close_id": "$foreign_close"}, "close_id", says="must exist"),
    service(422, {"duration": 60, "tiger_id": "$foreign_tiger"}, "tiger_id", says="must exist"),
    service(422, {"duration": 60, "tiger_id": "$student"}, "tiger_id", says="must be a member of staff"),
    service(422, {"tiger_id": "x", "duration": 0, "close_id": -1}, "tiger_id", "duration", "close_id"),
    *[
        raw(422, json.dumps({"community_service": {name: value}}), method, SERVICE, fields=(name,))
        for method in ("PATCH", "PUT")
        for name, value in [
            ("duration", None),
            ("close_id", "$foreign_close"),
            ("occupation", [1]),
            ("schedule_at", {}),
        ]
    ],
    *[close(422, {"user_id": value}, "user_id", says="must exist") for value in [*BAD_IDS, "$foreign_student"]],
    *[close(422, {"closer_id": value}, "closer_id", says="must exist") for value in ("x", [], HUGE, "$foreign_tiger")],
    close(422, {"closer_id": "$student"}, "closer_id", says="must be a member of staff"),
    *[close(422, {"kind": value}, "kind") for value in ("agu ", "AGU", 1, [], {}, True, "é" * 300)],
    *[close(422, {"reason": value}, "reason") for value in (1, [], {}, False, "x" * 5001)],
    *[close(422, {"end_at": value}, "end_at") for value in BAD_MOMENTS],
    *[
        close(400, {name: empty}, says=f"Missing parameter {name}")
        for name in ("user_id", "closer_id", "kind", "reason")
        for empty in (None, "")
    ],
    raw(422, '{"close":{"user_id":"","kind":null,"reason":""}}', "PATCH", CLOSE, fields=("user_id", "kind", "reason")),
]

NESTED_NAME = "community_services_attributes"
NESTED = [
    *[close(422, {NESTED_NAME: value}, NESTED_NAME) for value in (1, True, "x", 1.5)],
    *[close(422, {NESTED_NAME: [value]}, f"{NESTED_NAME}[0]") for value in (1, None, "x", [], [{}])],
    *[
        close(422, {NESTED_NAME: [{"duration": value}]}, f"{NESTED_NAME}[0][duration]")
        for value in (1, 7201, -7200, "abc", 7200.5, True, [7200], 2**64, HUGE)
    ],
    close(422, {NESTED_NAME: {"duration": 60}}, f"{NESTED_NAME}[0][duration]"),
    close(422, {NESTED_NAME: {"0": {"duration": 60}}}, f"{NESTED_NAME}[0][duration]"),
    close(422, {NESTED_NAME: [{"duration": 7200, "occupation": LONG}]}, f"{NESTED_NAME}[0][occupation]"),
    close(422, {NESTED_NAME: [{"duration": 7200}, {"duration": 1}]}, f"{NESTED_NAME}[1][duration]"),
    *[
        close(400, {NESTED_NAME: value}, says="Missing parameter duration")
        for value in ({}, [{}], [{"duration": None}])
    ],
    *[
        raw(422, json.dumps({"close": {NESTED_NAME: [{"id": pk, "duration": 7200}]}}), "PATCH", CLOSE,
            fields=(f"{NESTED_NAME}[0][id]",), says="must exist")
        for pk in ("x", -1, [1], True, 10**9, 2**63, 2**64, HUGE, "$foreign_service")
    ],
    raw(422, json.dumps({"close": {NESTED_NAME: [{"id": "$foreign_service", "_destroy": "1"}]}}), "PATCH", CLOSE,
        fields=(f"{NESTED_NAME}[0][id]",), says="must exist"),
]  # fmt: skip

# Bodies that are refused before a value is looked at.
ROOTS = ["{}", "[]", "null", "1", '"x"', "true", '{"close": {"duration": 1}}', '{"community_service": null}']
ROOTS += [
    '{"community_service": []}',
    '{"community_service": "x"}',
    '{"community_service": 1}',
    '{"community_services": {}}',
]
BROKEN = [
    "{",
    "}",
    '{"community_service":',
    "{'a': 1}",
    '{"a": 1,}',
    '{"a": 01}',
    "// x\n{}",
    "{}{}",
    "NaN",
    "\ufeff{}",
]
BROKEN += ['{"community_service": {"duration": 1e400}}', '{"community_service": {"duration": -1e400}}', "undefined"]
BROKEN += ['{"community_service": {"duration": NaN}}', '{"community_service": {"duration": Infinity}}', '"\\ud800"']
BROKEN += [
    '{"community_service": {"duration": 60, "occupation": "\\ud800"}}',
    '{"\\udc00": 1}',
    '{"a": "\\x"}',
    "[" * 100000,
]
BROKEN += [
    '{"community_service": {"duration": 60, "occupation": "tab\tinside"}}',
    DEEP,
    '{"community_service": ' * 40 + "1" + "}" * 40,
]
NULS = [
    '{"community_service": {"duration": 60, "occupation": "a\\u0000"}}',
    '{"a\\u0000": 1}',
    '{"x": ["\\u0000"]}',
    "\0",
]
BAD_UTF8 = [
    b'{"community_service": {"duration": 60, "occupation": "\xff"}}',
    b"\xff\xfe{\x00}\x00",
    b'{"a": "\xed\xa0\x80"}',
]
BAD_UTF8 += [b'{"a": "\xc0\xaf"}', '{"community_service": {"duration": 60}}'.encode("utf-16")]

BODIES = [
    *[raw(400, body, says="Missing parameter community_service") for body in ROOTS],
    *[
        raw(400, body, says="Missing parameter close", path=CLOSES)
        for body in ("{}", "[]", '{"close": 1}', '{"close": []}')
    ],
    *[raw(400, "{}", method, path) for method in ("PATCH", "PUT") for path in (SERVICE, CLOSE)],
    *[raw(400, body) for body in BROKEN + NULS + BAD_UTF8],
    Case(400, "POST", SERVICES, says="Missing parameter community_service"),
    raw(413, b'{"a": "' + b"x" * 10_000_000 + b'"}'),
    raw(413, b" " * (1024 * 1024 + 1)),
    *[
        raw(415, "<a/>", kind=kind)
        for kind in (
            "text/xml",
            "text/plain",
            "application/xml",
            "application/jsonx",
            "json",
            "",
            "*/*",
            "a/b; c",
            "\xe9",
        )
    ],
    raw(
        415, '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', kind="multipart/form-data; boundary=x"
    ),
    raw(415, "x", kind="multipart/form-data"),
    # A form where JSON is announced, and the other way round.
    raw(400, "community_service[duration]=60"),
    raw(400, '{"community_service": {"duration": 60}}', kind=FORM, says="Missing parameter community_service"),
]

TWO_THINGS = "given as two different things"
FORMS = [
    *[
        raw(400, body, kind=FORM, says=says)
        for body, says in [
            ("community_service=1&community_service[duration]=60", TWO_THINGS),
            ("community_service[]=1&community_service[duration]=60", TWO_THINGS),
            ("community_service[duration][a]=1&community_service[duration][]=1", TWO_THINGS),
            ("community_service[duration]=60&community_service[]=1", TWO_THINGS),
            ("community_service[][][a]=1", "a list in a list"),
            ("a" + "[b]" * 40 + "=1", "nested too deeply"),
            ("&".join(f"a{number}=1" for number in range(4001)), "too many parameters"),
            ("community_service[duration]=60&community_service[occupation]=%FF", "UTF-8"),
            ("community_service[duration]=60&community_service[occupation]=%ED%A0%80", "UTF-8"),
            ("community_service[duration]=60&%C0%AF=1", "UTF-8"),
            ("community_service[duration]=60&community_service[occupation]=%00", "NUL"),
            ("community_service[duration]=60&a%00=1", "NUL"),
            ("community_service[duration=60", "Missing parameter community_service"),
            ("a[][b", "Missing parameter community_service"),
            ("[", "Missing parameter community_service"),
            ("[]=1", "Missing parameter community_service"),
            ("=", "Missing parameter community_service"),
            ("&&&", "Missing parameter community_service"),
            ("community_service=", "Missing parameter community_service"),
            ("community_service[duration]=", "Missing parameter duration"),
            ("community_service[duration]=60&community_service[duration]=", "Missing parameter duration"),
        ]
    ],
    raw(400, b"community_service[duration]=60&community_service[occupation]=\xff", kind=FORM, says="UTF-8"),
    raw(413, b"a=" + b"x" * 10_000_000, kind=FORM),
    raw(422, "community_service[duration][]=60", kind=FORM, fields=("duration",)),
    raw(422, "community_service[duration][a]=60", kind=FORM, fields=("duration",)),
    raw(422, "community_service[duration]=60&community_service[duration]=x", kind=FORM, fields=("duration",)),
    raw(
        422,
        "community_service[duration]=60&community_service[schedule_at]=2017-11-27",
        kind=FORM,
        fields=("schedule_at",),
    ),
    Case(422, "POST", f"{SERVICES}?community_service[duration]=abc", fields=("duration",)),
    Case(400, "POST", f"{SERVICES}?community_service=abc", says="Missing parameter community_service"),
    raw(
        422,
        '{"community_service": {"duration": 0}}',
        path=f"{SERVICES}?community_service[duration]=60",
        fields=("duration",),
    ),
    raw(400, '{"community_service": null}', path=f"{SERVICES}?community_service=1"),
]

GROUPS = {"values": VALUES, "nested": NESTED, "bodies": BODIES, "forms": FORMS}
