"""The base of every dialect's viewset: one order of refusals, one way to answer."""

from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.response import Response

from core.api import etag, idempotency, throttling
from core.api.dialects import Dialect
from core.api.documentation import Documentation
from core.api.errors import Refusal, refusal_of
from core.api.parsers import JSONParser, body_length, is_encoded
from core.api.permissions import ScopeAndRole
from core.api.renderers import JSONOnly, JSONRenderer
from core.context import current_actor
from core.models import Role

Rows = TypeVar("Rows", bound=QuerySet)


@dataclass(frozen=True)
class Access:
    """What an action asks of its caller.

    Without a role an application's own token needs the scope alone; a person needs `person_role` too [contract 00].
    `own` also lets a person without a staff role in, to his own rows.
    """

    scope: str
    role: Role | None = None
    own: bool = False
    person_role: Role = Role.BASIC_STAFF

    def role_of(self, caller) -> Role | None:
        """The role that this caller needs, if any."""
        if caller.user_id is None:
            return self.role
        return max(self.role or self.person_role, self.person_role, key=lambda role: role.rank)


class DialectView(viewsets.ViewSet):
    """Subclasses give the dialect and `accesses`: action → Access. An action without one is refused."""

    dialect: Dialect
    documentation: Documentation
    accesses: dict[str, Access] = {}
    body_limit = settings.API_BODY_LIMIT
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    permission_classes = [ScopeAndRole]
    content_negotiation_class = JSONOnly
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "lookup"]
    # POSTs that change nothing keep no answer.
    idempotent = True
    # Actions on what has no version: they offer no If-Match, and one that names a version is never fulfilled.
    unversioned: frozenset[str] = frozenset()
    # Methods that cannot do without a body, if it is an empty object.
    bodies_needed: frozenset[str] = frozenset()
    # How a caller names an organization.
    organization_header = "X-Organization-Id"

    # -- the order of refusals [contract 00] ------------------------------------------------------------

    def dispatch(self, request, *args, **kwargs):
        # `headers` and `format_kwarg` are what the methods inherited from DRF's APIView look for.
        self.args, self.kwargs, self.headers, self.format_kwarg = args, kwargs, {}, kwargs.get("format")
        self.caller = self.rate = None
        self.request = request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(request, *args, **kwargs)
            response = self.answer(request, *args, **kwargs)
        except Exception as error:
            response = self.refused(error)
        # Not kept, unlike in DRF: view and request name each other, and all of them would wait for the collector.
        return self.finalize_response(request, response, *args, **kwargs)

    def initial(self, request, *args, **kwargs) -> None:
        self.check_method(request)
        self.perform_authentication(request)
        self.caller = request.user
        self.enter_organizations(request)
        self.check_permissions(request)
        self.rate = throttling.count_request(self.caller)
        throttling.check(self.rate)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.check_body(request)

    def answer(self, request, *args, **kwargs):
        handler = partial(getattr(self, request.method.lower()), request, *args, **kwargs)
        if self.action in self.unversioned:
            etag.check_if_match(request, None)
        if request.method == "POST" and self.idempotent:
            return idempotency.answer_once(request, handler, self.named_organization)
        return handler()

    @property
    def named_organization(self) -> str:
        """How the call named it, to which an Idempotency-Key is bound."""
        return self.named_by_header

    @property
    def named_by_header(self) -> str:
        """Empty where there is no header, or nothing in it."""
        return self.request.headers.get(self.organization_header, "").strip()

    def check_method(self, request) -> None:
        if self.action is None or request.method.lower() not in self.http_method_names:
            allow = ", ".join(sorted(self.allowed_methods))
            message = f"The method {request.method} is not allowed here"
            raise Refusal(405, "method_not_allowed", message, headers={"Allow": allow})

    @property
    def access(self) -> Access | None:
        return self.accesses.get(self.action)

    def enter_organizations(self, request) -> None:
        """Sets organization_ids (where the caller holds the asked role) and own_ids (where only his own rows show)."""
        granted = self.named_organizations(request)
        caller, access = self.caller, self.access or Access(scope="")
        role = access.role_of(caller)
        entered = [pk for pk in granted if role is None or caller.rank(pk) >= role.rank]
        self.own_ids = [pk for pk in granted if pk not in entered] if access.own else []
        self.staff_ids = entered

    def named_organizations(self, request) -> list[int]:
        """The granted organizations, narrowed to the one that the header names; → 403 when not granted."""
        granted = list(self.caller.roles)
        named = self.named_by_header
        if not named:
            return granted
        chosen = [pk for pk in granted if str(pk) == named]
        if not chosen:
            raise Refusal(403, "organization", "This organization is not granted to you")
        return chosen

    @property
    def organization_ids(self) -> list[int]:
        return self.staff_ids + self.own_ids

    def check_body(self, request) -> None:
        if request.method in {"GET", "HEAD"}:
            return
        length = body_length(request)
        if length and self.get_content_negotiator().select_parser(request, self.get_parsers()) is None:
            raise Refusal(415, "unsupported_media_type", f"The content type {request.content_type} cannot be read here")
        if length and is_encoded(request):
            raise Refusal(415, "unsupported_media_type", "Send the body without a Content-Encoding")
        if length > self.body_limit:
            raise Refusal(413, "too_large", "The request body is too large")
        # The bytes first: what is parsed off the stream cannot be had again, and idempotency compares bytes.
        _ = request.body, request.data

    # -- rows -------------------------------------------------------------------------------------------

    def in_organizations(self, queryset: Rows) -> Rows:
        """Rows of the caller's organizations; one id alone lets the index serve the order too."""
        ids = self.staff_ids
        return queryset.filter(organization_id=ids[0]) if len(ids) == 1 else queryset.filter(organization_id__in=ids)

    def checked(self, row):
        """The row, once If-Match agrees with its version."""
        etag.check_if_match(self.request, row.version)
        return row

    @property
    def expected_versions(self):
        return etag.expected_versions(self.request)

    def only_organization_id(self) -> int:
        if len(self.staff_ids) == 1:
            return self.staff_ids[0]
        ids = ", ".join(map(str, sorted(self.staff_ids)))
        raise Refusal(400, "which_organization", f"Name the organization by {self.organization_header}, one of: {ids}")

    # -- answers ----------------------------------------------------------------------------------------

    def single(self, body: dict, version: int, status: int = 200, headers: dict | None = None):
        """One resource with its ETag; 304 where If-None-Match has it."""
        return etag.tagged(self.request, body, version, status, headers)

    def refused(self, error: Exception) -> Response:
        refusal = refusal_of(error)
        refusal.path = self.request.path
        body = self.dialect.body(refusal, current_actor().request_id)
        return Response(body, status=refusal.status, headers=refusal.headers, content_type=self.dialect.content_type)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.common_headers(request).items():
            response[name] = value
        return response

    def common_headers(self, request) -> dict[str, str]:
        return self.rate.headers() if self.rate else {}
