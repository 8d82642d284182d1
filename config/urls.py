"""Every dialect's prefix, once. The last route of each prefix and of the root answers in the dialect's form."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from core import health
from core.api.docs import DocsView, SchemaView
from core.api.responses import handler400, handler403, handler404, handler500, not_found_view, reading_only

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("student", RedirectView.as_view(pattern_name="student-home")),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("student/", include("scheduling.urls")),
    path("customer/", include("appointments.urls")),
    path("v2/", include("scheduling.api.community.urls")),
    path("v1/", include("scheduling.api.jobs.urls")),
    path("api/v1/", include("appointments.api.urls")),
    path("rest/v1/", include("svctasks.api.urls")),
    path("api/", include("core.api.integration.urls")),
    # What has several prefixes comes last, as each of its routes is tried for every path that gets here.
    path("", include("interventions.urls")),
    path("", include("core.oauth.urls")),
    path("", include("interventions.api.urls")),
    path("api/schema", reading_only(SchemaView.as_view()), name="schema"),
    path("api/docs", reading_only(DocsView.as_view(url_name="schema")), name="docs"),
    re_path(r"^[\s\S]*$", not_found_view),
]
