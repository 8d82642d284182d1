"""The OpenAPI document and the page that shows it; what they refuse is a problem, as everywhere under /api."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api.errors import refusal_of
from core.api.responses import refuse


class SchemaView(SpectacularAPIView):
    def handle_exception(self, exc: Exception):
        return refuse(refusal_of(exc), self.request)


class DocsView(SpectacularSwaggerSplitView):
    def handle_exception(self, exc: Exception):
        return refuse(refusal_of(exc), self.request)
