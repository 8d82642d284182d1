"""The routes of this dialect, which has several prefixes."""

from django.urls import include, path, re_path

from core.api.responses import not_found_view
from interventions.api.anomalies import Anomalies, Observations, Prescriptions
from interventions.api.errors import PREFIXES
from interventions.api.intervention_urls import link_routes
from interventions.api.intervention_urls import routes as intervention_routes
from interventions.api.reference_views import CompanyContacts, Sites
from interventions.api.routine_views import Routines
from interventions.api.routing import part, route
from interventions.api.sessions import Sessions


def reference_routes(name: str, view) -> list:
    return [
        route("v1/rs", view, name, get="list", post="create"),
        route(f"v1/rs/{part()}", view, f"{name}-one", get="retrieve", patch="update"),
    ]


SESSIONS = route("v2/sessions", Sessions, "sessions", post="create", delete="destroy")
ANOMALIES = [
    route("v2/rs/observations", Observations, "observations", get="list", post="create"),
    route(f"v2/rs/reports/{part('reportId')}/prescription", Prescriptions, "prescriptions", post="create"),
    route(f"v2/rs/{part()}", Anomalies, "anomaly", get="retrieve", put="replace"),
    route(f"v3/rs/{part()}/non-conformity", Anomalies, "non-conformity", patch="change"),
]
ROUTINES = [
    route("v1/rs/preventive", Routines, "routines", get="list", post="create"),
    route(f"v1/rs/{part()}", Routines, "routines-one", get="retrieve", patch="update"),
]
ROUTES = [
    [SESSIONS, *intervention_routes],
    ANOMALIES,
    ROUTINES,
    reference_routes("sites", Sites),
    reference_routes("company-contacts", CompanyContacts),
    link_routes,
]
LAST = re_path(r"^[\s\S]*$", not_found_view)
urlpatterns = [
    path(prefix.removeprefix("/"), include([*routes, LAST])) for prefix, routes in zip(PREFIXES, ROUTES, strict=True)
]
