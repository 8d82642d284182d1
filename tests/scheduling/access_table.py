"""Who may do what under /v2: every endpoint by every kind of caller → status and body [contracts 00 and 10].

`{service}` and `{close}` stand for rows of the first organization, the close being the student's own.
"""

from dataclasses import dataclass

SERVICE_KEYS = ["id", "duration", "schedule_at", "occupation", "state", "created_at", "updated_at", "close"]
CLOSE_KEYS = [
    *("id", "reason", "kind", "state", "end_at", "created_at", "updated_at"),
    *("community_services", "user", "closer"),
]
PERSON_KEYS = ["id", "login", "url"]


@dataclass(frozen=True)
class Expected:
    """`body` is the whole body, or, for `one` and `many`, the keys of the object or of each object of the list."""

    status: int
    body: object = None
    one: list[str] | None = None
    many: list[str] | None = None


NO_TOKEN = Expected(401, {"error": "Not authorized", "message": "The access token is invalid"})
WRONG_SCOPE = Expected(
    403,
    {"error": "Forbidden", "message": "Insufficient scope. The action need the following scopes: [tig]"},
)
REFUSED = Expected(403, {"error": "Access Denied", "message": "You are not authorized to access this page."})
ABSENT = Expected(404, {})
DONE = Expected(204)
NONE = Expected(200, [])
NO_COUNTS = Expected(200, {})
COUNTED = Expected(200, one=["11"])
SERVICES = Expected(200, many=SERVICE_KEYS)
SERVICE = Expected(200, one=SERVICE_KEYS)
SERVICE_MADE = Expected(201, one=SERVICE_KEYS)
CLOSES = Expected(200, many=CLOSE_KEYS)
CLOSE = Expected(200, one=CLOSE_KEYS)
CLOSE_MADE = Expected(201, one=CLOSE_KEYS)
PERSON = Expected(200, one=PERSON_KEYS)


def unknown(*names: str) -> Expected:
    """What an id that never existed gets in a body."""
    errors = {name: ["must exist"] for name in names}
    return Expected(422, {"error": "Unprocessable Entity", "message": "Validation failed", "errors": errors})


NEW_SERVICE = {"community_service": {"duration": 7200, "close_id": "{close}", "tiger_id": "{tiger}"}}
NEW_CLOSE = {"close": {"user_id": "{student}", "closer_id": "{tiger}", "kind": "other", "reason": "Late"}}
NEW_CLOSE_OF_USER = {"close": {"closer_id": "{tiger}", "kind": "other", "reason": "Late"}}
CHANGED_SERVICE = {"community_service": {"duration": 14400}}
CHANGED_CLOSE = {"close": {"reason": "Very late"}}

# In this order: an application with scope tig and no role; the close's student; Basic staff; Advanced staff; staff of
# another organization. Staff are tried as applications and as people.
COLUMNS = ("no role", "student", "basic staff", "advanced staff", "other organization")
READ_ONE = (SERVICE, SERVICE, SERVICE, SERVICE, ABSENT)
READ_MANY = (SERVICES, SERVICES, SERVICES, SERVICES, NONE)
COUNT = (COUNTED, COUNTED, COUNTED, COUNTED, NO_COUNTS)
CHANGE = (REFUSED, REFUSED, DONE, DONE, ABSENT)
REMOVE = (REFUSED, REFUSED, REFUSED, DONE, REFUSED)
STAFF_READS_CLOSE = (REFUSED, REFUSED, CLOSE, CLOSE, ABSENT)

# method, route, path, body, what each column gets
TABLE = [
    ("GET", "community-services", "community_services", None, READ_MANY),
    (
        *("POST", "community-services", "community_services", NEW_SERVICE),
        (REFUSED, REFUSED, SERVICE_MADE, SERVICE_MADE, unknown("close_id", "tiger_id")),
    ),
    ("GET", "community-graph", "community_services/graph", None, COUNT),
    ("GET", "community-graph-on", "community_services/graph/on/updated_at", None, COUNT),
    ("GET", "community-graph-by", "community_services/graph/on/created_at/by/month_of_year", None, COUNT),
    ("GET", "community-service", "community_services/{service}", None, READ_ONE),
    ("PATCH", "community-service", "community_services/{service}", CHANGED_SERVICE, CHANGE),
    ("PUT", "community-service", "community_services/{service}", CHANGED_SERVICE, CHANGE),
    ("DELETE", "community-service", "community_services/{service}", None, REMOVE),
    ("PATCH", "community-service-validate", "community_services/{service}/validate", None, CHANGE),
    ("PUT", "community-service-validate", "community_services/{service}/validate", None, CHANGE),
    ("PATCH", "community-service-invalidate", "community_services/{service}/invalidate", None, CHANGE),
    ("PUT", "community-service-invalidate", "community_services/{service}/invalidate", None, CHANGE),
    (
        *("GET", "community-services-of-close", "closes/{close}/community_services", None),
        (SERVICES, SERVICES, SERVICES, SERVICES, ABSENT),
    ),
    ("GET", "community-closes", "closes", None, (REFUSED, REFUSED, CLOSES, CLOSES, NONE)),
    (
        *("POST", "community-closes", "closes", NEW_CLOSE),
        (REFUSED, REFUSED, CLOSE_MADE, CLOSE_MADE, unknown("user_id", "closer_id")),
    ),
    ("GET", "community-close", "closes/{close}", None, STAFF_READS_CLOSE),
    ("PATCH", "community-close", "closes/{close}", CHANGED_CLOSE, CHANGE),
    ("PUT", "community-close", "closes/{close}", CHANGED_CLOSE, CHANGE),
    ("DELETE", "community-close", "closes/{close}", None, REMOVE),
    ("PATCH", "community-close-close", "closes/{close}/close", None, CHANGE),
    ("PUT", "community-close-close", "closes/{close}/close", None, CHANGE),
    ("PATCH", "community-close-unclose", "closes/{close}/unclose", None, CHANGE),
    ("PUT", "community-close-unclose", "closes/{close}/unclose", None, CHANGE),
    ("GET", "community-user", "users/{student}", None, (REFUSED, REFUSED, PERSON, PERSON, ABSENT)),
    ("GET", "community-closes-of-user", "users/{student}/closes", None, (REFUSED, REFUSED, CLOSES, CLOSES, ABSENT)),
    (
        *("POST", "community-closes-of-user", "users/{student}/closes", NEW_CLOSE_OF_USER),
        (REFUSED, REFUSED, CLOSE_MADE, CLOSE_MADE, ABSENT),
    ),
]

# Every other route: method, route, path, status without any credential, status with a staff member's token.
OTHERS = [
    ("GET", "", "/", 302, 302),
    ("POST", "", "/", 302, 302),
    *((method, path, f"/{path}", 302, 302) for path in ("admin", "student") for method in ("GET", "POST")),
    ("GET", "livez", "/livez", 200, 200),
    ("GET", "readyz", "/readyz", 200, 200),
    ("GET", "student-home", "/student/", 302, 302),
    ("GET", "student-service", "/student/services/no-link", 404, 404),
    ("POST", "student-service", "/student/services/no-link", 404, 404),
    ("GET", "student-close", "/student/closes/no-link", 404, 404),
    ("POST", "student-close", "/student/closes/no-link", 404, 404),
    ("GET", "customer-appointment", "/customer/appointments/no-link", 404, 404),
    ("GET", "customer-times", "/customer/appointments/no-link/times", 404, 404),
    ("GET", "customer-waiting", "/customer/waitings/no-link", 404, 404),
    ("GET", "provider-intervention", "/provider/no-link", 404, 404),
    ("GET", "verify-report", "/verify/no-code", 404, 404),
    ("GET", "appointments-feed-file", "/api/v1/groups/1/calendars/1/feed.ics?token=none", 401, 401),
    ("POST", "oauth-token", "/oauth/token", 400, 400),
    ("POST", "jobs-token", "/auth/tokens", 400, 400),
    ("GET", "oauth-token-info", "/oauth/token/info", 401, 200),
    ("POST", "oauth-revoke", "/oauth/revoke", 400, 400),
    ("POST", "oauth-introspect", "/oauth/introspect", 401, 401),
    ("GET", "oauth-authorize", "/oauth/authorize", 400, 400),
    ("POST", "oauth-authorize", "/oauth/authorize", 400, 400),
    ("GET", "login", "/accounts/login/", 200, 200),
    ("POST", "login", "/accounts/login/", 200, 200),
    ("POST", "logout", "/accounts/logout/", 302, 302),
    ("GET", "schema", "/api/schema", 200, 200),
    ("GET", "docs", "/api/docs", 200, 200),
]
