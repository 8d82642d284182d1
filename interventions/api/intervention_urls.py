"""The routes of interventions: under /interventions, and of their anomalies under /interventions-anomalies."""

from interventions.api.execution_views import Execution, Unplanned
from interventions.api.intervention_parts import Emails, Links, Reports, Signatures
from interventions.api.intervention_views import (
    Curative,
    FollowUp,
    Interventions,
    OfRoutine,
    Preventive,
    Verification,
)
from interventions.api.routing import part, route
from interventions.api.uploads import Uploads

ONE = f"v2/rs/{part()}"
# What has a name of its own comes before what could be an id.
routes = [
    route("v2/rs", Interventions, "interventions", get="list"),
    route("v2/rs/curative", Curative, "curative", post="create"),
    route(f"v2/rs/curative/{part()}", Curative, "curative-one", patch="update"),
    route("v2/rs/preventive/routine", OfRoutine, "of-routine", post="create"),
    route(f"v2/rs/preventive/{part()}", Preventive, "preventive-one", patch="update"),
    route("v2/mb/preventive/unplanned", Unplanned, "unplanned", post="create"),
    route("v2/mb/execute", Execution, "execute", patch="update"),
    route(f"v2/uploads/{part('token')}", Uploads, "upload", put="update"),
    route(f"v2/signatures/{part('token')}", Signatures, "signature-image", get="retrieve"),
    route(ONE, Interventions, "intervention", get="retrieve", delete="destroy"),
    route(f"{ONE}/verify", Verification, "verify", patch="update"),
    route(f"{ONE}/follow-up", FollowUp, "follow-up", post="create"),
    route(f"{ONE}/report", Reports, "report", get="retrieve"),
    route(f"{ONE}/emails/informations", Emails, "information-email", post="informations"),
    route(f"{ONE}/emails/signature", Emails, "signature-email", post="signature"),
]
link_routes = [route("v1/rs", Links, "links", get="list")]
