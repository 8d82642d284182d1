"""Malformed paths, queries and headers of the /v2 dialect, and what each of its endpoints refuses in common."""

from tests.scheduling.malformed import CLOSE, CLOSES, FORM, HUGE, JSON, SERVICE, SERVICES, Case, get, raw

NO_ID = [
    "0",
    "-1",
    "abc",
    "1.5",
    "1e3",
    "0x10",
    "+$service",
    "%20$service",
    "$service%20",
    "$service%0A",
    "$service%0D",
]
NO_ID += ["$service,1", "$service;", HUGE, str(2**63), "9" * 5000, "%FF", "%ED%A0%80", "%D9%A3", "%C0%AF", "*", "null"]
NO_ID += ["$foreign_service", "$service.xml", "$service.json.json", "$service//", "%2e%2e"]
NO_PERSON = [
    "0",
    HUGE,
    "nobody",
    "$foreign_student",
    "$foreign_login",
    "%FF",
    "a%0Ab",
    "%D9%A3",
    "x" * 5000,
    "..",
    "%25",
]
NO_PATH = [
    "/v2",
    "/v2/",
    "/v2//",
    "/v2/nope",
    "/v2/closes%0A",
    "/v2/community_services%0A",
    "/v2/community_services.xml",
]
NO_PATH += [
    "/v2/Closes",
    "/v2/closes.json.json",
    "/v2/community_services/graph/on",
    "/v2/users",
    "/v2/%FF",
    "/v2/..%2f",
]
NO_PATH += ["/v2/community_services/graph/on/created_at/by", "/v2/closes/$close/nope", "/v2/" + "a" * 8000]

PATHS = [
    *[get(404, f"/v2/community_services/{pk}") for pk in NO_ID],
    *[Case(404, "DELETE", f"/v2/community_services/{pk}") for pk in ("0", "x", HUGE, "$foreign_service", "%FF")],
    *[Case(404, "PUT", f"/v2/community_services/{pk}/validate") for pk in ("0", "x", HUGE, "$foreign_service", "%FF")],
    *[Case(404, "PATCH", f"/v2/closes/{pk}/close") for pk in ("0", "x", HUGE, "$foreign_close", "$close%0A")],
    *[get(404, f"/v2/closes/{pk}/community_services") for pk in ("0", "x", HUGE, "$foreign_close")],
    *[get(404, f"/v2/users/{login}") for login in NO_PERSON],
    *[get(404, f"/v2/users/{login}/closes") for login in NO_PERSON],
    raw(
        404,
        '{"close": {"kind": "other", "reason": "late", "closer_id": $tiger}}',
        path="/v2/users/$foreign_student/closes",
    ),
    *[get(404, path) for path in NO_PATH],
    *[Case(404, method, "/v2/nope", b"{}") for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO")],
    *[
        get(400, path)
        for path in ("/v2/closes%00", "/v2/closes/%00", "/v2/users/a%00b", "/v2/nope%00", "/v2/closes?a=%00")
    ],
]

NO_WHOLE = ["abc", "1.5", HUGE, str(2**63), f"-{2**63}", "1e3", "true", "0x10", "1 2"]
NO_MOMENT = ["abc", "2017-13-01", "10000-01-01", "0000-01-01", HUGE, "2017-11-27 25:00", str(10**12), "-1.5"]
QUERIES = [
    *[f"filter[{name}]=1" for name in ("x", "token", "jid", "", "id__in", "close__reason", "password", "%FF", "a%0Ab")],
    *[f"filter[id]={value}" for value in NO_WHOLE],
    *[f"filter[campus_id]={value}" for value in NO_WHOLE],
    *[f"filter[created_at]={value}" for value in NO_MOMENT],
    *[f"filter[schedule]={value}" for value in ("maybe", "2", "yes,no", "null")],
    "filter[schedule][]=true",
    *["filter=1", "filter[]=1", "filter[id][a]=1", "filter[id][][a]=1", "filter[id][]=x", "filter[id]=1,x"],
    *["filter[id]=" + ",".join(["1"] * 5000), "&".join(["filter[id][]=1"] * 1001)],
    *[f"range[id]={value}" for value in ("1", "1,2,3", "a,b", "1,b", f"{HUGE},", f",{2**63}", "1;2", "")],
    *[f"range[schedule_at]={value}" for value in ("2017-11-27", "a,b", "2017-13-01,", "0000-01-01,", f",{HUGE}")],
    *["range=1", "range[]=1", "range[x]=1,2", "range[campus_id]=1,2", "range[id][]=1", "range[id][a]=1"],
    *[
        f"sort={name}"
        for name in ("x", "token", "--id", "-", "id,x", "id;", "created_at desc", "close__reason", "?", "%FF")
    ],
    *["sort[]=id", "sort[a]=id", "filter=1&filter[id]=2", "page=1&page[number]=2", "a[b]=1&a[]=2", "a[][][b]=1"],
    *["%FF=1", "a=%FF", "a=%ED%A0%80", "a=%C0%AF", "a%00=1", "&".join(f"a{number}" for number in range(4001))],
]
LISTS = [SERVICES, CLOSES, "/v2/closes/$close/community_services", "/v2/users/$student/closes", f"{SERVICES}/graph"]
GRAPHS = [
    "on/token",
    "on/id",
    "on/created_at%0A",
    "on/created_at/by/hour",
    "on/created_at/by/DAY",
    "on/%FF",
    "on/x/by/y",
]
SEARCHES = [
    *[get(400, f"{SERVICES}?{query}") for query in QUERIES],
    *[get(400, f"{path}?filter[x]=1", says='"Filter Error"') for path in LISTS[1:]],
    *[get(400, f"{path}?sort=jid", says='"Sort Error"') for path in LISTS[1:]],
    *[get(400, f"{path}?a=1&a[b]=2", says="two different things") for path in LISTS],
    *[get(400, f"{CLOSES}?filter[{name}]=x") for name in ("end", "end_at", "user_id", "closer_id", "campus_id")],
    *[get(422, f"{SERVICES}/graph/{path}", says='"Graph Error"') for path in GRAPHS],
]

WRITES = [("POST", SERVICES), ("PATCH", SERVICE), ("PUT", SERVICE), ("DELETE", SERVICE), ("PUT", f"{SERVICE}/validate")]
WRITES += [
    ("PATCH", f"{SERVICE}/invalidate"),
    ("POST", CLOSES),
    ("POST", "/v2/users/$student/closes"),
    ("PATCH", CLOSE),
]
WRITES += [("PUT", CLOSE), ("PATCH", f"{CLOSE}/close"), ("PUT", f"{CLOSE}/unclose"), ("DELETE", CLOSE)]
READS = [
    ("GET", path) for path in (*LISTS, SERVICE, CLOSE, "/v2/users/$student", f"{SERVICES}/graph/on/created_at/by/day")
]
BROKEN_JSON = b'{"close": '


def everywhere(method: str, path: str) -> list[Case]:
    """What every endpoint refuses in the same way."""
    return [
        Case(405, "FOO", path),
        Case(405, "OPTIONS", path),
        Case(405, "LOOKUP", path),
        Case(405, "TRACE", path),
        Case(401, method, path, token=""),
        Case(401, method, path, token="", headers={"Authorization": "Bearer \xff"}),
        Case(403, method, path, token="no_scope", says="Insufficient scope"),
        Case(403, method, path, headers={"X-Organization-Id": "$foreign_organization"}, says="Access Denied"),
        Case(406, method, path, headers={"Accept": "text/html"}),
        Case(400, method, path, headers={"Host": "evil.example"}),
        Case(400, method, path + "?a=%00"),
    ]


def every_write(method: str, path: str) -> list[Case]:
    return [
        Case(400, method, path, BROKEN_JSON, {"Content-Type": JSON}),
        Case(400, method, path, b"a=1&a[b]=2", {"Content-Type": FORM}),
        Case(400, method, path, b'{"a": "\\u0000"}', {"Content-Type": JSON}),
        Case(413, method, path, b" " * 1_100_000, {"Content-Type": JSON}),
        Case(415, method, path, b"<a/>", {"Content-Type": "text/xml"}),
        Case(411, method, path, b"", {"Transfer-Encoding": "chunked", "Content-Type": JSON}),
    ]


TAGS = [
    '"0-0123456789abcdef"',
    '"999"',
    '"abc"',
    "abc",
    '""',
    'W/"1-0123456789abcdef"',
    '"',
    '"' + "9" * 5000 + '-a"',
    "\xff",
]
IF_MATCH = [
    Case(412, method, path, b'{"community_service": {}, "close": {}}', {"Content-Type": JSON, "If-Match": tag})
    for tag in TAGS
    for method, path in [("PATCH", SERVICE), ("DELETE", CLOSE)]
]
GOOD = b'{"community_service": {"duration": 60}}'
KEYS = ["", "a b", "\xe9", "x" * 256, "\x7f", "tab\tkey"]
TOKENS = [
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer \xe9",
    "Bearer " + "a" * 600,
    "Basic YTpi",
    "Digest x",
    "x",
    "bearer,a",
]
HEADERS = [
    *[Case(400, "POST", SERVICES, GOOD, {"Content-Type": JSON, "Idempotency-Key": key}) for key in KEYS],
    *[get(403, SERVICES, headers={"X-Organization-Id": text}) for text in ("x", "0", "-1", HUGE, "1,2", "\xb2", "1.0")],
    *[get(401, SERVICES, token="", headers={"Authorization": text}) for text in TOKENS],
    get(401, f"{SERVICES}?access_token=$staff_token", token=""),
    *[get(406, SERVICES, headers={"Accept": text}) for text in ("text/html", "x", ";", ",", "image/*;q=0.1", "\xff")],
    *[
        get(400, SERVICES, headers={"Host": text})
        for text in ("evil.example", "", "a b", "localhost:x", "[::1", "\xe9", "a,b")
    ],
    *[get(404, "/v2/nope", headers={"X-Request-Id": text}) for text in ("", "a b", "x" * 65, "\xe9", "<script>")],
    Case(400, "POST", SERVICES, GOOD, {"Content-Type": JSON, "Content-Length": "abc"}),
    Case(400, "POST", SERVICES, GOOD, {"Content-Type": JSON, "Content-Length": "-5"}),
    Case(411, "POST", SERVICES, GOOD, {"Content-Type": JSON, "Content-Length": "39", "Transfer-Encoding": "chunked"}),
    get(404, "/v2/nope", headers={"Accept-Language": "x" * 9000, "Cookie": 'django_language="' + "x" * 600 + '"'}),
    get(404, "/v2/nope", headers={"Cookie": 'sessionid="\\000"; csrftoken=; =;;'}),
]
SEVERAL = [
    Case(400, "POST", SERVICES, GOOD, {"Content-Type": JSON}, says="Name the organization", token="several"),
    get(400, f"{SERVICES}?filter[campus_id]=x", token="several"),
]

GROUPS = {
    "paths": PATHS,
    "searches": SEARCHES,
    "everywhere": [case for endpoint in WRITES + READS for case in everywhere(*endpoint)],
    "every write": [case for endpoint in WRITES for case in every_write(*endpoint)],
    "If-Match": IF_MATCH,
    "headers": HEADERS,
    "several organizations": SEVERAL,
}
