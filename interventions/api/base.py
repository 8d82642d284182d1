"""The base of this dialect's views [contract 30]."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import translation
from rest_framework.response import Response

from core.api.errors import Refusal
from core.api.parsers import malformed
from core.api.rows import Row
from core.api.views import Access, DialectView
from core.models import Organization, Role, User
from core.statements import Composed
from interventions.api import numbers
from interventions.api.authentication import SessionAuthentication, SessionCaller
from interventions.api.errors import DIALECT, bad_values, wire_refusal
from interventions.api.fields import MAX_ID, MOST
from interventions.api.forms import Form, Given
from interventions.api.labels import labelled
from interventions.api.query import Query
from interventions.models import Site

SCOPE_READ, SCOPE_WRITE = "interventions:read", "interventions:write"
READ, WRITE = Access(SCOPE_READ), Access(SCOPE_WRITE)
# To verify, and to write sites, company contacts and routines [contract 00].
WRITE_ADVANCED = Access(SCOPE_WRITE, person_role=Role.ADVANCED_STAFF)

# One row has one address.
PATH_ID = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
SITES_HEADER = "x-sites"
SITE = r"""\s*(?:'[0-9]{1,20}'|"[0-9]{1,20}"|[0-9]{1,20})\s*"""
SITES = re.compile(rf"\s*\[{SITE}(?:,{SITE})*\]\s*", re.ASCII)
DIGITS = re.compile(r"[0-9]+", re.ASCII)

ORGANIZATION = Composed(lambda pk: Organization.objects.filter(pk=pk).order_by())


class InterventionsView(DialectView):
    """`provider_actions`: those that a provider's session may call; all others are 403 to it.

    `array_actions`: those whose body is an array; that of all others is an object. `states`: the numbers of the
    resource's states, for a refusal that names them.
    """

    dialect = DIALECT
    authentication_classes = [SessionAuthentication]
    caller: SessionCaller
    provider_actions: frozenset[str] = frozenset()
    array_actions: frozenset[str] = frozenset()
    bodies_needed = frozenset({"post", "put", "patch"})
    states = numbers.STATUSES

    # -- the session ------------------------------------------------------------------------------------

    @property
    def organization_id(self) -> int:
        return self.caller.session.organization_id

    @cached_property
    def organization(self) -> Organization:
        return ORGANIZATION.first(self.organization_id)

    @cached_property
    def person(self) -> User | None:
        """The session's; None of a provider's."""
        return User.objects.filter(pk=self.caller.user_id).first() if self.caller.user_id else None

    @property
    def is_provider(self) -> bool:
        session = getattr(self.caller, "session", None)
        return session is not None and session.is_provider

    @property
    def is_advanced(self) -> bool:
        return self.caller.rank(self.organization_id) >= Role.ADVANCED_STAFF.rank

    @property
    def named_organization(self) -> str:
        """What an Idempotency-Key is bound to beside the credential."""
        session = self.caller.session
        return f"{session.organization_id}/{session.intervention_id or ''}"

    def check_permissions(self, request) -> None:
        super().check_permissions(request)
        if self.is_provider and self.action not in self.provider_actions:
            raise Refusal(403, "provider", "A provider's session may only read and execute its own intervention")

    # -- reading ----------------------------------------------------------------------------------------

    @cached_property
    def query(self) -> Query:
        return Query(self.request)

    @cached_property
    def site_ids(self) -> list[int] | None:
        """Those that the header `x-sites` narrows to; None without it."""
        header = self.request.headers.get(SITES_HEADER)
        if header is None:
            return None
        ids = [int(digits) for digits in DIGITS.findall(header)] if SITES.fullmatch(header) else []
        if not ids or max(ids) > MAX_ID or len(ids) > MOST:
            raise bad_values({SITES_HEADER: [("invalid", "must be a list of site ids as ['1', '2']")]})
        return ids

    def at_sites(self, queryset: QuerySet, column: str) -> QuerySet:
        """The rows whose column names a site that `x-sites` lets through."""
        return queryset if self.site_ids is None else queryset.filter(**{f"{column}__in": self.site_ids})

    def sites(self) -> QuerySet[Site]:
        """Those in reach of the call."""
        return self.at_sites(self.in_organizations(Site.objects.all()), "pk")

    def find(self, queryset: QuerySet, key: str) -> Any:
        """The row of this id; past 2^53 → 400; a text and a foreign row are no row: 404."""
        row = queryset.filter(pk=read_id(key)).first()
        if row is None:
            raise Http404
        return row

    # -- what is shown ----------------------------------------------------------------------------------

    @cached_property
    def wants_labels(self) -> bool:
        return bool(self.query.truth("labels"))

    def worded(self, shape: Row) -> Row:
        """The shape as the query asks for it: with a label beside every number, or without."""
        return labelled(shape) if self.wants_labels else shape

    @contextmanager
    def in_words(self) -> Iterator[None]:
        """Labels are in the language of the session's person."""
        if not self.wants_labels:
            yield
            return
        with translation.override(self.language):
            yield

    @property
    def language(self) -> str:
        return self.caller.session.language

    def common_headers(self, request) -> dict[str, str]:
        headers = super().common_headers(request)
        return {**headers, "Content-Language": self.language} if self.has_labels else headers

    @property
    def has_labels(self) -> bool:
        return "wants_labels" in self.__dict__ and self.wants_labels

    def record(self, shape: Row, row: Model) -> dict:
        with self.in_words():
            return self.worded(shape).of(row)

    def data_response(self, record: dict, version: int, status: int = 200, **headers: str) -> Response:
        """`{"data": {…}}` with its ETag."""
        return self.single({"data": record}, version, status, headers)

    def done(self) -> Response:
        return Response(status=204)

    # -- writing ----------------------------------------------------------------------------------------

    def check_body(self, request) -> None:
        if request.method.lower() in self.bodies_needed and not self.is_readable(request):
            raise Refusal(415, "unsupported_media_type", "The content type must be application/json")
        super().check_body(request)
        # The header and the query have a syntax as well, judged with that of the body.
        _ = self.query, self.site_ids, self.wants_labels
        if self.action != "list":
            self.query.check()
        kind = list if self.action in self.array_actions else dict
        if request.method not in {"GET", "HEAD"} and not isinstance(request.data, kind):
            raise malformed(f"The body must be a JSON {'array' if kind is list else 'object'}")

    def is_readable(self, request) -> bool:
        return self.get_content_negotiator().select_parser(request, self.get_parsers()) is not None

    def form(self, form: Form, *, is_new: bool = False) -> Given:
        body: Any = self.request.data
        return form.read(body, self, is_new=is_new)

    @property
    def address(self) -> str:
        """Of the collection, where the call is one on it."""
        return self.request.path.rstrip("/")

    def refused(self, error: Exception) -> Response:
        return super().refused(wire_refusal(error, self.states))


def read_id(text: str, name: str = "id") -> int:
    """Of a path. Past 2^53 → 400; no integer → 404."""
    if not PATH_ID.fullmatch(text):
        raise Http404
    if len(text) > len(str(-MAX_ID)) or abs(int(text)) > MAX_ID:
        raise bad_values({name: [("range", f"must be from {-MAX_ID} to {MAX_ID}")]})
    return int(text)
