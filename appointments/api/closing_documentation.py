"""What closes time, in OpenAPI."""

from dataclasses import replace

from appointments.api import appointment_documentation as appointments
from appointments.api.columns import MOMENT
from appointments.api.fields import ID
from appointments.services.impact import OnHit
from core.api.documentation import Documentation, array_of, in_query, obj, ref

PROPOSAL = obj({"appointment_id": ID, "calendar_id": ID, "start": MOMENT}, additionalProperties=False)
IMPACT = obj({"hits": array_of(ref("Appointment")), "proposals": array_of(PROPOSAL)}, additionalProperties=False)
PARAMETERS = {
    "DryRun": in_query(
        "dry_run", {"type": "boolean"}, "`1`: answer what would be hit, with a proposal each; write nothing."
    ),
    "OnHit": in_query(
        "on_hit",
        {"type": "string", "enum": OnHit.values},
        "What becomes of appointments that are hit: `keep` (they stay, flagged to staff), `move` (as proposed, else "
        "they stay), `notify` (the customer is told), `cancel`.",
    ),
}


def closing(documentation: Documentation, *actions: str) -> Documentation:
    """The same with what these actions take and answer as they may close time."""
    operations = {
        name: replace(one, parameters=(*one.parameters, *PARAMETERS), trial=ref("Impact")) if name in actions else one
        for name, one in documentation.operations.items()
    }
    schemas = {**documentation.schemas, "Impact": IMPACT, "Appointment": appointments.SCHEMA}
    return replace(
        documentation, operations=operations, schemas=schemas, parameters={**documentation.parameters, **PARAMETERS}
    )
