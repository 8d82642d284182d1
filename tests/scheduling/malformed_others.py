"""Malformed requests outside the /v2 dialect: OAuth2, health, docs, unknown paths, and the student's pages."""

import json

from tests.scheduling.malformed import BROKEN, DEEP, FORM, HUGE, JSON, Case, get, raw

TOKEN, INTROSPECT, REVOKE = "/oauth/token", "/oauth/introspect", "/oauth/revoke"
CLIENT = "client_id=$client_id&client_secret=$client_secret"
GRANT = f"grant_type=client_credentials&{CLIENT}"
NO_FORM = ["\0", "a", "", "&", "grant_type", "grant_type=", "grant_type=password", "grant_type=client_credentials%00"]
NO_FORM += [
    "grant_type=client_credentials&grant_type=client_credentials",
    f"{GRANT}&scope=%FF",
    f"{GRANT}&scope=%ED%A0%80",
]
NO_FORM += [
    f"{GRANT}&scope=nope",
    f"{GRANT}&scope=%C3%A9",
    f"{GRANT}&scope=webhooks:write",
    f"{GRANT}&scope=a%22b",
    "a&" * 101,
]
NO_FORM += ["grant_type=authorization_code&code=x&" + CLIENT, "grant_type=refresh_token&" + CLIENT]
NO_JSON = [
    "[]",
    "1",
    "null",
    '"x"',
    "{}",
    '{"grant_type": 1}',
    '{"grant_type": ["client_credentials"]}',
    '{"grant_type": {}}',
]
NO_JSON += [
    '{"grant_type": "client_credentials\\u0000"}',
    '{"grant_type": null}',
    '{"grant_type": "' + "x" * 5000 + '"}',
    DEEP,
]
NO_CLIENT = ["client_id=x&client_secret=y", f"client_id={HUGE}", "client_id=%F0%9F%92%A9&client_secret=%F0%9F%92%A9"]
NO_CLIENT += ["client_id=$client_id", "client_id=$client_id&client_secret=", "client_secret=$client_secret"]
NO_BASIC = ["Basic", "Basic ", "Basic !!!", "Basic YQ==", "Basic /w==", "Basic \xff", "Basic " + "A" * 6000 + "!"]


def form(status: int, body: str, path: str = TOKEN, **options) -> Case:
    return raw(status, body, path=path, kind=FORM, token="", **options)


def program_path(path: str) -> list[Case]:
    """What each endpoint for programs refuses in the same way."""
    return [
        *[Case(405, method, path, token="") for method in ("GET", "PUT", "DELETE", "OPTIONS", "FOO", "LOOKUP")],
        *[raw(400, body, path=path, token="") for body in BROKEN[:-1] if len(body) < 64 * 1024],
        raw(400, b'{"token": "\xff"}', path=path, token=""),
        raw(413, b"a=" + b"x" * 70_000, path=path, kind=FORM, token=""),
        raw(413, b" " * 10_000_000, path=path, token=""),
        *[
            raw(415, "<a/>", path=path, kind=kind, token="")
            for kind in ("text/xml", "multipart/form-data; boundary=x", "x")
        ],
        form(400, CLIENT, f"{path}?grant_type=client_credentials"),
        form(400, CLIENT, f"{path}?token=%00"),
        Case(411, "POST", path, b"", {"Transfer-Encoding": "chunked", "Content-Type": FORM}, token=""),
        *[
            form(400, "token=x&grant_type=client_credentials", path, headers={"Authorization": text})
            for text in NO_BASIC[2:]
        ],
    ]


OAUTH = [
    *[case for path in (TOKEN, "/auth/tokens", INTROSPECT, REVOKE) for case in program_path(path)],
    *[form(400, body) for body in NO_FORM],
    *[raw(400, body, path=path, token="") for path in (TOKEN, REVOKE) for body in NO_JSON],
    *[raw(401, body, path=INTROSPECT, token="") for body in NO_JSON if body.startswith("{")],
    *[raw(400, body, path=INTROSPECT, token="") for body in NO_JSON if not body.startswith("{")],
    *[form(401, f"grant_type=client_credentials&{body}", says="invalid_client") for body in NO_CLIENT],
    *[form(401, f"token=x&{body}", INTROSPECT) for body in NO_CLIENT],
    *[
        form(400, f"{CLIENT}&{body}", INTROSPECT)
        for body in ("", "token=", "token=a%00", "token=a&token=b", "token=%FF")
    ],
    *[form(400, f"{CLIENT}&{body}", REVOKE) for body in ("", "token=", "token=a%00", "token=a&token=b")],
    *[
        Case(401, "GET", "/oauth/token/info", headers={"Authorization": text}, token="")
        for text in ("", "Bearer \xff", "x")
    ],
    *[Case(405, method, "/oauth/token/info", b"{}", token="") for method in ("POST", "DELETE", "FOO")],
    *[
        get(404, path)
        for path in ("/oauth", "/oauth/", "/oauth/nope", "/oauth/token%0A", "/oauth/token/x", "/auth/", "/auth/%FF")
    ],
]

UNKNOWN = [
    "/nope",
    "/%FF",
    "/a%0Ab",
    "/..",
    "/" + "a" * 8000,
    "/static/nope",
    "/v3/closes",
    "/api",
    "/api/",
    "/api/nope",
]
UNKNOWN += ["/livez/x", "/livez%0A", "/api/schema%0A", "/api/schema/x", "/studentx", "/%ED%A0%80"]
COMMON = [
    *[Case(404, method, path, token="") for path in UNKNOWN for method in ("GET", "POST")],
    *[Case(404, method, "/nope", b"{", {"Content-Type": JSON}) for method in ("PUT", "DELETE", "OPTIONS", "FOO")],
    *[Case(405, method, path) for path in ("/livez", "/readyz") for method in ("POST", "PUT", "DELETE", "FOO")],
    *[Case(405, method, path) for path in ("/api/schema", "/api/docs") for method in ("POST", "PUT", "DELETE", "FOO")],
    *[
        get(400, path, headers={"Host": "evil.example"})
        for path in ("/livez", "/nope", "/api/schema", "/student/", TOKEN)
    ],
    *[
        get(400, path)
        for path in ("/nope?a=%00", "/%00", "/api/schema?a=%00", "/student/%00", "/student/services/a%00")
    ],
    get(406, "/api/schema", headers={"Accept": "image/png"}),
    get(404, "/api/schema?format=xml"),
]

# Pages for people: HTML is right there, a traceback or a 500 is not.
LINK, CONTEST = "/student/services/$link", "/student/closes/$contest"
BAD_LINKS = [
    "x",
    "%FF",
    "%0A",
    "$link%0A",
    "$link.",
    "$contest",
    "a:b:c",
    "%F0%9F%92%A9",
    "x" * 5000,
    "..",
    ":::",
    "$link:",
]
NO_DAY = [
    "",
    "x",
    "2017-01-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2017-13-01",
    HUGE,
    "%FF",
    "%00",
    "2017-11-27T09:00",
]
PAGES = [
    *[get(404, f"/student/services/{token}", token="") for token in BAD_LINKS],
    *[form(404, "day=2030-01-01", f"/student/services/{token}") for token in BAD_LINKS],
    *[get(404, f"/student/closes/{token}", token="") for token in ("x", "%FF", "$link", "x" * 5000)],
    *[form(422, f"day={day}", LINK) for day in NO_DAY],
    *[raw(422, json.dumps({"day": "2030-01-01"}), path=LINK, kind=kind, token="") for kind in (JSON, "text/plain", "")],
    *[form(422, body, CONTEST) for body in ("", "text=", "text=%20%0A", "text=" + "x" * 5001, "text=a%00b")],
    *[Case(405, method, path, token="") for path in (LINK, CONTEST) for method in ("PUT", "DELETE", "PATCH", "FOO")],
    form(400, "&".join(f"a{number}=1" for number in range(1001)), LINK),
    raw(400, "x", path=LINK, kind="multipart/form-data", token=""),
    raw(400, b"day=" + b"x" * 10_000_000, path=LINK, kind=FORM, token=""),
    raw(400, "day=x", path=LINK, kind=f"{FORM}; charset=latin-1", token=""),
    raw(400, '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--x--\r\n', path=CONTEST,
        kind="multipart/form-data; boundary=x; charset=hex", token=""),
    get(404, "/student/nope", token=""),
    *[
        get(400, path, token="", headers={"Cookie": 'sessionid="\\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"'})
        for path in ("/student/", "/accounts/login/", "/admin/login/", "/oauth/authorize")
    ],
    *[
        get(400, f"/oauth/authorize?{query}", token="")
        for query in ("", "client_id=x", "client_id=%FF", "a=%00", "scope=1&scope=2")
    ],
]  # fmt: skip

GROUPS = {"oauth": OAUTH, "common": COMMON, "pages": PAGES}
