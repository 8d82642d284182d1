"""As access_table.py, of interventions: `{executed}`, `{ended}` and so on are made by rows_of."""

from types import SimpleNamespace

from interventions.api.intervention_shapes import signature_path
from interventions.services.planning import create_from_routine
from tests.intervention_factories import HOUR, START, make_routine
from tests.interventions.access_table import ALL_STAFF, HERE, NO_ROW, NOT_THERE, Endpoint
from tests.interventions.register import Register, S

DATES = {"scheduledStart": "2026-12-01T09:00:00Z", "scheduledEnd": "2026-12-01T10:00:00Z", "creationStatus": 0}
SIGNATURE = {"name": "s.png", "mimeType": "image/png", "size": 100}
PERSON = {"firstName": "Jean", "lastName": "Petit"}
UNPLANNED = {"siteIds": ["{site}"], "signature": SIGNATURE, "provider": PERSON}
EXECUTE = {**PERSON, "signature": SIGNATURE}
RS, MB = "/interventions/v2/rs", "/interventions/v2/mb"
ALL_MAKE, ALL_END = (403, 201, 201, 403), (403, 204, 204, 403)
ADVANCED = (403, 403, 200, 403)
MAIL = {"email": "ada@example.org"}
TABLE = [
    Endpoint("GET", "interventions-interventions", RS, None, (*ALL_STAFF, HERE)),
    Endpoint(
        *("POST", "interventions-curative", f"{RS}/curative", {**DATES, "anomalyIds": ["{anomaly}"]}),
        (*ALL_MAKE, NO_ROW),
    ),
    Endpoint(
        *("PATCH", "interventions-curative-one", f"{RS}/curative/{{visit}}", {"description": "x"}),
        (*ALL_STAFF, NOT_THERE),
    ),
    Endpoint(
        *("POST", "interventions-of-routine", f"{RS}/preventive/routine", {**DATES, "routineId": "{routine}"}),
        (*ALL_MAKE, NO_ROW),
    ),
    Endpoint(
        *("PATCH", "interventions-preventive-one", f"{RS}/preventive/{{preventive}}", {"description": "x"}),
        (*ALL_STAFF, NOT_THERE),
    ),
    Endpoint("POST", "interventions-unplanned", f"{MB}/preventive/unplanned", UNPLANNED, (*ALL_MAKE, NO_ROW)),
    # The provider's own visit is planned, and not yet begun.
    Endpoint("PATCH", "interventions-execute", f"{MB}/execute", EXECUTE, (403, 403, 403, 409, 403)),
    Endpoint("GET", "interventions-intervention", f"{RS}/{{visit}}", None, (403, 200, 200, 200, NOT_THERE)),
    Endpoint("DELETE", "interventions-intervention", f"{RS}/{{visit}}", None, (*ALL_END, NOT_THERE)),
    Endpoint("PATCH", "interventions-verify", f"{RS}/{{executed}}/verify", {"decision": 1}, (*ADVANCED, NOT_THERE)),
    Endpoint("POST", "interventions-follow-up", f"{RS}/{{ended}}/follow-up", DATES, (*ALL_MAKE, NOT_THERE)),
    Endpoint("GET", "interventions-report", f"{RS}/{{executed}}/report", None, (*ALL_STAFF, NOT_THERE)),
    *[
        Endpoint("POST", f"interventions-{name}-email", f"{RS}/{{visit}}/emails/{path}", MAIL, (*ALL_END, NOT_THERE))
        for name, path in (("information", "informations"), ("signature", "signature"))
    ],
    Endpoint("GET", "interventions-signature-image", "{image}", None, (403, 200, 200, NOT_THERE, NOT_THERE)),
    Endpoint("GET", "interventions-links", "/interventions-anomalies/v1/rs", None, (*ALL_STAFF, HERE)),
]
# The token in its address is all that it asks for: test_api_execute.py.
ELSEWHERE = {("PUT", "interventions-upload")}


def rows_of(register: Register) -> dict:
    executed = register.in_state(S.EXECUTED)
    routine = make_routine(register.town, register.site, name="Doors")
    values = {"scheduled_start": START, "scheduled_end": START + HOUR, "creation_status": "draft"}
    return {
        "executed": executed,
        "ended": register.in_state(S.CANCELLED),
        "preventive": create_from_routine(routine, values, created_by=None),
        # A path, where the others have an id.
        "image": SimpleNamespace(pk=signature_path(executed.execution_id, 1)),
    }
