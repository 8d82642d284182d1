"""The base of this dialect's views [contract 50]."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.response import Response

from core.api.errors import Refusal
from core.api.parsers import malformed
from core.api.views import Access, DialectView
from core.models import Organization, Role
from core.statements import Composed
from svctasks.api.errors import DIALECT, invalid, wire_refusal
from svctasks.api.fields import read_id
from svctasks.api.forms import Form
from svctasks.api.query import Query

READ, WRITE = Access("svctasks:read"), Access("svctasks:write")
# To write scripts and special working days: reference data and settings [contract 00].
WRITE_ADVANCED = Access("svctasks:write", person_role=Role.ADVANCED_STAFF)
JSON = "application/json; charset=utf-8"

ORGANIZATION = Composed(lambda pk: Organization.objects.filter(pk=pk).order_by())


class ServiceView(DialectView):
    """`stateless`: actions that change nothing, so that no answer is kept for them. `open_bodies`: those whose body
    need not be an object.
    """

    dialect = DIALECT
    stateless: frozenset[str] = frozenset()
    open_bodies: frozenset[str] = frozenset()
    # Name inside → wire path of what rules complain of.
    names: ClassVar[Mapping[str, str]] = {}

    @property
    def idempotent(self) -> bool:  # type: ignore[override]
        return self.action not in self.stateless

    # -- the organization -------------------------------------------------------------------------------

    def named_organizations(self, request) -> list[int]:
        """The one that the header names, or the only one there is."""
        granted = super().named_organizations(request)
        if len(granted) > 1:
            ids = ", ".join(map(str, sorted(granted)))
            raise invalid({self.organization_header: [("required", f"must name one of these organizations: {ids}")]})
        return granted

    @property
    def organization_id(self) -> int:
        return self.staff_ids[0]

    @cached_property
    def organization(self) -> Organization:
        return ORGANIZATION.first(self.organization_id)

    # -- reading ----------------------------------------------------------------------------------------

    @cached_property
    def query(self) -> Query:
        return Query(self.request)

    def find(self, queryset: QuerySet, key: str) -> Any:
        """The row of this id, or 404: a foreign row, and a text that is no id, are no row."""
        public_id = read_id(key)
        row = queryset.filter(public_id=public_id).first() if public_id else None
        if row is None:
            raise Http404
        return row

    # -- writing ----------------------------------------------------------------------------------------

    def check_body(self, request) -> None:
        super().check_body(request)
        # The query has a syntax as well, judged with that of the body.
        _ = self.query
        if request.method in {"POST", "PATCH"} and self.action not in self.open_bodies:
            check_object(request.data)

    def read(self, form: Form, *, is_new: bool = False) -> dict:
        body: Any = self.request.data
        return form.read(body, self, is_new=is_new)

    # -- answers ----------------------------------------------------------------------------------------

    def json(self, value: object) -> Response:
        return Response(value, content_type=JSON)

    def single(self, body: dict, version: int, status: int = 200, headers: dict | None = None):
        response = super().single(body, version, status, headers)
        if isinstance(response, Response):
            response.content_type = JSON
        else:
            response["Content-Type"] = JSON
        return response

    def refused(self, error: Exception) -> Response:
        return super().refused(wire_refusal(error, self.names))


def check_object(data: object) -> None:
    if not isinstance(data, dict):
        raise malformed("The body must be a JSON object")


def lookup_failed() -> Refusal:
    return Refusal(404, "not_found", "Lookup failed")
