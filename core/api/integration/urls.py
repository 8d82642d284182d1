from django.urls import re_path

from core.api.integration.views import Events, Webhooks

PK = r"(?P<pk>[^/.]+)"


def route(pattern: str, view, name: str, **actions: str):
    return re_path(rf"^{pattern}/?\Z", view.as_view(actions), name=f"integration-{name}")


urlpatterns = [
    route("webhooks", Webhooks, "webhooks", get="list", post="create"),
    route(r"webhooks/deliveries/(?P<delivery>[^/.]+)/replay", Webhooks, "replay", post="replay"),
    route(rf"webhooks/{PK}", Webhooks, "webhook", get="retrieve", patch="update", delete="destroy"),
    route(rf"webhooks/{PK}/rotate", Webhooks, "rotate", post="rotate"),
    route(rf"webhooks/{PK}/deliveries", Webhooks, "deliveries", get="deliveries"),
    route("events", Events, "events", get="list"),
]
