"""Executing, and the signature's image, in OpenAPI."""

from core.api.documentation import CREATE, ORDER, VALUE, obj, ref
from interventions.api import intervention_examples as examples
from interventions.api import intervention_forms as forms
from interventions.api.documentation import data_of, document, operation
from interventions.api.intervention_documentation import ANSWER, SCHEMAS, only_in
from interventions.api.signature_field import MIME
from interventions.states import Action

TOKEN = {"token": {"type": "string"}}
URL = {"type": "string", "format": "uri"}
OF_EXECUTION = {
    **SCHEMAS,
    "ExecuteForm": forms.EXECUTE.schema(is_new=True),
    "UnplannedForm": forms.UNPLANNED.schema(is_new=True),
    "PresignedUrl": obj({"presignedUrl": URL}, additionalProperties=False),
    "UnplannedAnswer": {
        **data_of(ref("InterventionWritten")),
        "properties": {"data": ref("InterventionWritten"), "presignedUrl": URL},
    },
}
LATER = (
    "With `signature: {dataUrl}` it is executed at once. With `{name, mimeType, size}` the answer names an address, "
    "and it is executed when the image has been put there."
)
EXECUTION = document(
    {
        "update": operation(
            "executeIntervention", "Execute intervention with signature", VALUE,
            {"anyOf": [ANSWER, ref("PresignedUrl")]}, parameters=("IfMatch",), refusals=(412,),
            description=f"Of a provider's session, which names the intervention. {only_in(Action.EXECUTE)} {LATER}",
            body=ref("ExecuteForm"), body_example=examples.EXECUTE, example=examples.PRESIGNED,
        )
    },
    OF_EXECUTION,
)  # fmt: skip
UNPLANNED = document(
    {
        "create": operation(
            "createUnplannedIntervention", "Create an unplanned preventive intervention", CREATE,
            ref("UnplannedAnswer"), description=f"A provider walked in; of a staff session. {LATER}",
            body=ref("UnplannedForm"), body_example=examples.UNPLANNED,
            example={"data": examples.UNPLANNED_VISIT, **examples.PRESIGNED},
        )
    },
    OF_EXECUTION,
)  # fmt: skip
UPLOAD = document(
    {
        "update": operation(
            "putSignature", "Put an announced signature", ORDER, {}, values=TOKEN, is_worded=False, is_sited=False,
            is_by_scheme=False, refusals=(405,), body={"type": "string", "contentMediaType": MIME},
            description=f"{MIME} of exactly the announced size, once, within 15 minutes. The token in the address is "
            "the credential; one that does not hold → 404. A refused image leaves it usable.",
        )
    },
    {},
)  # fmt: skip
