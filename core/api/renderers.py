import orjson
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer

from core.api.errors import Refusal

JSON_TYPES = {"*/*", "application/*", "application/json", "application/problem+json", "text/json"}


class JSONRenderer(BaseRenderer):
    """orjson; bytes and None go out as they are."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        # DRF names the response there, which so would wait for the collector, with all that it holds.
        (renderer_context or {}).pop("response", None)
        if data is None:
            return b""
        return data if isinstance(data, bytes) else orjson.dumps(data)


def accepts_json(header: str) -> bool:
    return any(part.split(";")[0].strip().lower() in JSON_TYPES for part in header.split(","))


class JSONOnly(BaseContentNegotiation):
    """Everything is JSON; an Accept header that rules it out → 406, unless the path says .json."""

    def select_parser(self, request, parsers):
        content_type = request.content_type.split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(self, request, renderers, format_suffix=None):
        accept = request.META.get("HTTP_ACCEPT", "")
        if accept and not format_suffix and not accepts_json(accept):
            raise Refusal(406, "not_acceptable", "Only application/json can be had here")
        return renderers[0], renderers[0].media_type
