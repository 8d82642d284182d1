"""Where an announced signature is put: the token in the address is the credential, and works once [contract 30]."""

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from core.api.errors import Refusal
from core.api.parsers import body_length
from core.api.views import DialectView
from core.context import name_actor
from interventions.api import execution_documentation as documentation
from interventions.api import numbers
from interventions.api.base import WRITE
from interventions.api.errors import DIALECT, PREFIXES, wire_refusal
from interventions.api.signature_field import MIME
from interventions.services.executing import receive_upload, upload_of
from interventions.signatures import MAX_BYTES

UPLOADS = f"{PREFIXES[0]}v2/uploads/"


class PNGParser(BaseParser):
    media_type = MIME

    def parse(self, stream, media_type=None, parser_context=None) -> bytes:
        return stream.read()


class Uploads(DialectView):
    dialect = DIALECT
    documentation = documentation.UPLOAD
    # Of whoever was told the address: looked up before all else.
    accesses = {"update": WRITE}
    unversioned = frozenset({"update"})
    http_method_names = ["put"]
    parser_classes = [PNGParser]
    body_limit = MAX_BYTES

    def initial(self, request, *args, **path) -> None:
        self.check_method(request)
        upload = upload_of(path["token"])
        if upload is None:
            raise ObjectDoesNotExist
        name_actor(user_id=upload.user_id)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.check_body(request)

    def check_body(self, request) -> None:
        if body_length(request) and request.content_type.split(";")[0].strip().lower() != MIME:
            raise Refusal(415, "unsupported_media_type", f"The content type must be {MIME}")
        super().check_body(request)

    def update(self, request, token) -> Response:
        """A refused image leaves the address as it was."""
        receive_upload(token, request.body)
        return Response(status=204)

    def refused(self, error: Exception) -> Response:
        return super().refused(wire_refusal(error, numbers.STATUSES))
