"""Who may do what under the prefixes of the interventions' dialect: every endpoint by every kind of session → status.

`{site}`, `{anomaly}` and so on stand for rows of the first organization, as test_api_access.py makes them.
"""

from typing import NamedTuple

# In this order: sessions of people by their role; of a provider, for the world's own visit; of another organization's
# administrator.
COLUMNS = ("student", "basic staff", "advanced staff", "provider", "other organization")


class Endpoint(NamedTuple):
    """`answers` are in the order of COLUMNS. `scope`: read or write, where the method does not tell."""

    method: str
    route: str
    path: str
    body: object
    answers: tuple[int, ...]
    scope: str = ""

    @property
    def needed(self) -> str:
        return f"interventions:{self.scope or ('read' if self.method == 'GET' else 'write')}"


ALL_STAFF = (403, 200, 200, 403)
ADVANCED_MAKE, ADVANCED_CHANGE = (403, 403, 201, 403), (403, 403, 200, 403)
HERE, NOT_THERE, NO_ROW = 200, 404, 422
SITE, CONTACT = {"name": "Gymnasium"}, {"companyName": "Doors & Co"}
ROUTINE = {"name": "Doors", "rrule": "FREQ=MONTHLY"}
ANOMALY = {"title": "Door", "siteId": "{site}"}


def reference(prefix: str, name: str, row: str, body: dict) -> list[Endpoint]:
    """The four calls that all reference data has; `row` is the world's name of one."""
    one = f"/{prefix}/v1/rs/{{{row}}}"
    collection = f"/{prefix}/v1/rs{'/preventive' if name == 'routines' else ''}"
    return [
        Endpoint("GET", f"interventions-{name}", collection, None, (*ALL_STAFF, HERE)),
        Endpoint("POST", f"interventions-{name}", collection, body, (*ADVANCED_MAKE, 201)),
        Endpoint("GET", f"interventions-{name}-one", one, None, (*ALL_STAFF, NOT_THERE)),
        Endpoint("PATCH", f"interventions-{name}-one", one, body, (*ADVANCED_CHANGE, NOT_THERE)),
    ]


REFERENCE = [
    *reference("sites", "sites", "site", SITE),
    *reference("company-contacts", "company-contacts", "contact", CONTACT),
    *reference("routines", "routines", "routine", ROUTINE),
]
OBSERVATIONS, ONE = "/anomalies/v2/rs/observations", "/anomalies/v2/rs/{anomaly}"
ANOMALIES = [
    Endpoint("GET", "interventions-observations", OBSERVATIONS, None, (*ALL_STAFF, HERE)),
    Endpoint("POST", "interventions-observations", OBSERVATIONS, ANOMALY, (403, 201, 201, 403, NO_ROW)),
    Endpoint("GET", "interventions-anomaly", ONE, None, (*ALL_STAFF, NOT_THERE)),
    Endpoint("PUT", "interventions-anomaly", ONE, ANOMALY, (*ALL_STAFF, NOT_THERE)),
    Endpoint(
        *("PATCH", "interventions-non-conformity", "/anomalies/v3/rs/{anomaly}/non-conformity", {"risk": 1}),
        (*ALL_STAFF, NOT_THERE),
    ),
    Endpoint(
        *("POST", "interventions-prescriptions", "/anomalies/v2/rs/reports/5/prescription", [ANOMALY]),
        (403, 201, 201, 403, NO_ROW),
    ),
]
# Closing is for whoever has a session; opening, by the bearer alone, is told by test_api_sessions.py.
SESSIONS = [
    Endpoint("DELETE", "interventions-sessions", "/interventions/v2/sessions", None, (204,) * 5, "read"),
]
TABLE = [*REFERENCE, *ANOMALIES, *SESSIONS]
