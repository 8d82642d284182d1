"""The routes under /api/v1."""

from django.urls import re_path

from appointments.api import feed_file
from appointments.api import set_up_views as set_up
from appointments.api.appointment_urls import booking_routes
from appointments.api.feeds import Feeds
from appointments.api.fiches import Fiches
from appointments.api.groups import Groups
from appointments.api.routing import part, root_route, route
from appointments.api.vevents import Vevents
from core.api.responses import not_found_view


def set_up_routes(path: str, view) -> list:
    return [
        route(path, view, path, get="list", post="create"),
        route(f"{path}/{part('id')}", view, f"{path}-one", get="retrieve", put="update", delete="destroy"),
    ]


FEEDS = f"calendars/{part('id')}/feeds"

urlpatterns = [
    root_route("groups", Groups, "groups", get="list"),
    root_route(f"groups/{part('group_id')}", Groups, "group", get="retrieve", put="update"),
    *booking_routes,
    *set_up_routes("calendars", set_up.Calendars),
    *set_up_routes("calendarsets", set_up.CalendarSets),
    *set_up_routes("interventions", set_up.Interventions),
    *set_up_routes("interventionsets", set_up.InterventionSets),
    route("fiches", Fiches, "fiches", get="list", post="create"),
    route(f"fiches/{part('id')}", Fiches, "fiches-one", get="retrieve", put="update"),
    *set_up_routes("vevents", Vevents),
    feed_file.ROUTE,
    route(FEEDS, Feeds, "feeds", post="create", delete="destroy"),
    route(f"{FEEDS}/{part('feed_id')}", Feeds, "feeds-one", delete="destroy_one"),
    re_path(r"^[\s\S]*$", not_found_view),
]
