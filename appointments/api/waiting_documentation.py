"""The waiting list in OpenAPI."""

from appointments.api import appointment_examples as examples
from appointments.api.appointment_forms import WAITING
from appointments.api.documentation import GROUP, ONE, document, listing_parameters, operation, under
from appointments.api.waiting_shapes import LISTING, SHAPE
from appointments.models import Waiting
from core.api.documentation import CREATE, LIST, RETIRE, SINGLE, ref

PARAMETERS = listing_parameters("Waitings", LISTING)
WAITINGS = document(
    {
        "list": operation(
            "listWaitings", "List who waits", LIST, ref("Waiting"), values=GROUP, parameters=tuple(PARAMETERS),
            example=examples.page(examples.WAITING),
        ),
        "retrieve": operation(
            "getWaiting", "Read a waiting", SINGLE, ref("Waiting"), values=ONE, example=examples.WAITING
        ),
        "create": operation(
            "createWaiting", "Wait for a slot", CREATE, ref("Waiting"), values=GROUP, body=ref("WaitingForm"),
            body_example={"waiting": examples.WAITED}, example={**examples.WAITING, "notices": 0, "told_at": None},
            description="When a slot frees in the window, who waits longest is told first: at most 3 notices, one a "
            "day. A booking of these services in the window ends it.",
        ),
        "destroy": operation(
            "endWaiting", "Wait no longer", RETIRE, ref("Waiting"), values=ONE,
            example={**examples.WAITING, "deleted": True},
        ),
    },
    {"Waiting": SHAPE.schema(Waiting), "WaitingForm": under("waiting", WAITING.schema(is_new=True))},
    PARAMETERS,
)  # fmt: skip
