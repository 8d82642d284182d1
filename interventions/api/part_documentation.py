"""E-mails, signatures, reports and link rows in OpenAPI."""

from core.api.documentation import LIST, ORDER, VALUE, ref
from interventions.api import intervention_examples as examples
from interventions.api import intervention_forms as forms
from interventions.api.documentation import ONE, document, listing_parameters, operation, page_example
from interventions.api.intervention_documentation import only_in
from interventions.api.intervention_lists import LINK
from interventions.api.intervention_lists import LINKS as LISTING
from interventions.api.labels import shape_schema
from interventions.api.signature_field import MIME
from interventions.models import InterventionAnomaly
from interventions.states import Action

FILE = {"type": "string", "format": "binary"}
SENT = {"email": "ada@example.org"}
EMAIL = {"InterventionEmail": forms.EMAIL.schema(is_new=True)}


def email(id: str, summary: str, action: Action):
    return operation(
        id, summary, ORDER, {}, values=ONE, is_worded=False, parameters=("IdempotencyKey",),
        description=f"{only_in(action)} 20 an hour of a credential, else 429.", body=ref("InterventionEmail"),
        body_example=SENT,
    )  # fmt: skip


EMAILS = document(
    {
        "informations": email("sendInterventionDetails", "E-mail the details", Action.SEND_INFORMATION),
        "signature": email("sendSigningLink", "E-mail the link to sign", Action.SEND_SIGNATURE),
    },
    EMAIL,
)
SIGNATURES = document(
    {
        "retrieve": operation(
            "getSignature", "Read a signature's image", VALUE, FILE, values={"token": {"type": "string"}}, media=MIME,
            is_worded=False, description="Under the path that `imgSignature` has, for five minutes.",
        )
    },
    {},
)  # fmt: skip
REPORTS = document(
    {
        "retrieve": operation(
            "getInterventionReport", "Read the report of an intervention", VALUE, FILE, values=ONE,
            media="application/pdf", is_worded=False, refusals=(409,),
            description="The numbered PDF of what was executed, as it stands. Its check code is in `X-Report-Code`.",
        )
    },
    {},
)  # fmt: skip
PARAMETERS = listing_parameters("InterventionAnomalies", LISTING)
LINKS = document(
    {
        "list": operation(
            "listInterventionAnomalies", "List the anomalies of interventions", LIST, ref("InterventionAnomaly"),
            parameters=tuple(PARAMETERS), example=page_example(examples.LINK),
        )
    },
    {"InterventionAnomaly": shape_schema(LINK, InterventionAnomaly)},
    PARAMETERS,
)  # fmt: skip
