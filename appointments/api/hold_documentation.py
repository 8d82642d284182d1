"""Holds in OpenAPI."""

from appointments.api import appointment_examples as examples
from appointments.api.appointment_forms import HOLD
from appointments.api.columns import MOMENT
from appointments.api.documentation import GROUP, ONE, document, operation, under
from appointments.api.fields import ID
from core.api.documentation import CREATE, VALUE, obj, ref

MEMBERS: dict[str, dict] = {"id": ID, "calendar_id": ID, "start": MOMENT, "end": MOMENT, "expires_at": MOMENT}
HOLDS = document(
    {
        "create": operation(
            "createHold", "Keep a slot", CREATE, ref("Hold"), values=GROUP, body=ref("HoldForm"),
            body_example={"hold": examples.HOLDING}, example=examples.HOLD,
            description="5 minutes, or as many as are asked for; it counts as taken for everybody else. Book with "
            "`hold_id`. Refused as a booking would be, without the rules of a customer.",
        ),
        "destroy": operation(
            "releaseHold", "Give a kept slot back", VALUE, ref("ReleasedHold"), values=ONE, parameters=("IfMatch",),
            refusals=(412,),
            description="Its maker alone; one that expired is not there.", example={**examples.HOLD, "deleted": True},
        ),
    },
    {
        "Hold": obj(MEMBERS, additionalProperties=False),
        "ReleasedHold": obj({**MEMBERS, "deleted": {"const": True}}, additionalProperties=False),
        "HoldForm": under("hold", HOLD.schema(is_new=True)),
    },
)  # fmt: skip
