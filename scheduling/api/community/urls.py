"""The routes under /v2; each with and without `.json` and a final slash."""

from django.urls import re_path

from core.api.responses import not_found_view
from scheduling.api.community.views import Closes, CommunityServices, People


def route(pattern: str, view, name: str, **actions: str):
    return re_path(rf"^{pattern}(?:\.(?P<format>json))?/?\Z", view.as_view(actions), name=f"community-{name}")


def change(action: str) -> dict[str, str]:
    return {"patch": action, "put": action}


SERVICE = r"community_services/(?P<pk>[^/.]+)"
CLOSE = r"closes/(?P<pk>[^/.]+)"
# A login may hold dots, so `.json` is cut off it only at the very end.
USER = r"users/(?P<user_id>[^/]+?)"

urlpatterns = [
    route("community_services", CommunityServices, "services", get="list", post="create"),
    route("community_services/graph", CommunityServices, "graph", get="graph"),
    route(r"community_services/graph/on/(?P<field>[^/.]+)", CommunityServices, "graph-on", get="graph"),
    route(
        r"community_services/graph/on/(?P<field>[^/.]+)/by/(?P<interval>[^/.]+)",
        CommunityServices,
        "graph-by",
        get="graph",
    ),
    route(SERVICE, CommunityServices, "service", get="retrieve", delete="destroy", **change("update")),
    route(f"{SERVICE}/validate", CommunityServices, "service-validate", **change("validate")),
    route(f"{SERVICE}/invalidate", CommunityServices, "service-invalidate", **change("invalidate")),
    route("closes", Closes, "closes", get="list", post="create"),
    route(CLOSE, Closes, "close", get="retrieve", delete="destroy", **change("update")),
    route(f"{CLOSE}/close", Closes, "close-close", **change("close")),
    route(f"{CLOSE}/unclose", Closes, "close-unclose", **change("unclose")),
    route(r"closes/(?P<close_id>[^/.]+)/community_services", CommunityServices, "services-of-close", get="of_close"),
    route(USER, People, "user", get="retrieve"),
    route(f"{USER}/closes", Closes, "closes-of-user", get="of_user", post="create_for_user"),
    re_path(r"^[\s\S]*$", not_found_view),
]
