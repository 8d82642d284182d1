"""Sessions in OpenAPI."""

from core.api.documentation import NEW, REMOVE, obj, ref
from interventions.api.documentation import data_of, document, operation
from interventions.api.session_forms import LOGIN, PIN

TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"  # noqa: S105  (an example)
OPENED = {"token": TOKEN, "expiresAt": "2026-11-24T09:00:00.000Z"}
MOMENT = {"type": "string", "format": "date-time"}

SESSIONS = document(
    {
        "create": operation(
            "openSession", "Open a session", NEW, data_of(ref("OpenedSession")), is_worded=False, is_sited=False,
            is_by_bearer=True, body=ref("SessionOpening"), body_example={"login": "ada", "password": "correct horse"},
            example={"data": OPENED},
            description="By a person's login and password, or by a provider on site with the intervention's code PIN, "
            "which begins it. `organizationId` where the person and the application share several. Wrong login, "
            "password or `otp` answer alike, as do wrong id, ended visit, wrong PIN and a locked door.",
        ),
        "destroy": operation(
            "closeSession", "Close the session", REMOVE, {}, is_worded=False, is_sited=False
        ),
    },
    {
        "OpenedSession": obj({"token": {"type": "string"}, "expiresAt": MOMENT}, additionalProperties=False),
        "SessionOpening": {"anyOf": [LOGIN.schema(is_new=True), PIN.schema(is_new=True)]},
    },
)  # fmt: skip
