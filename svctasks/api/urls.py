"""The routes under /rest/v1."""

from django.urls import re_path

from core.api.responses import not_found_view
from svctasks.api.other_views import Runs, Scripts, Workdays
from svctasks.api.routing import ID, one_route, route, row_routes
from svctasks.api.task_views import Tasks

SVCTASKS, SVCSCRIPTS, WORKDAYS, RUNS = "service/svctasks", "service/svcscripts", "domain/workdays", "service/runs"
ONE = f"{SVCTASKS}/{ID}"

urlpatterns = [
    *row_routes(SVCTASKS, Tasks, "tasks"),
    route(f"{SVCTASKS}/preview", Tasks, "preview", post="preview"),
    one_route(SVCTASKS, Tasks, "tasks"),
    route(f"{ONE}/run", Tasks, "run", post="run"),
    route(f"{ONE}/runs", Tasks, "task-runs", get="runs"),
    route(f"{ONE}/next", Tasks, "next", get="next_moments"),
    route(f"{ONE}/pause", Tasks, "pause", post="pause"),
    route(f"{ONE}/backfill", Tasks, "backfill", post="backfill"),
    *row_routes(SVCSCRIPTS, Scripts, "scripts"),
    one_route(SVCSCRIPTS, Scripts, "scripts"),
    *row_routes(WORKDAYS, Workdays, "workdays"),
    one_route(WORKDAYS, Workdays, "workdays"),
    route(f"{RUNS}/{ID}", Runs, "run-one", get="retrieve"),
    route(f"{RUNS}/{ID}/cancel", Runs, "run-cancel", post="cancel"),
    re_path(r"^[\s\S]*$", not_found_view),
]
