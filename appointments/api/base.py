"""The base of this dialect's views [contract 40]."""

import re
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404

from appointments.api.errors import DIALECT, wire_refusal
from appointments.api.fields import MAX_ID
from appointments.api.forms import Form, Given
from appointments.api.query import Query
from core.api.errors import Refusal
from core.api.key_authentication import KeyAuthentication
from core.api.parsers import malformed
from core.api.query import read_pairs
from core.api.renderers import JSONOnly
from core.api.views import Access, DialectView
from core.errors import StateConflict
from core.models import Organization, Role
from core.statements import Composed

# One row has one address.
PATH_ID = re.compile(r"\A[1-9][0-9]{0,18}\Z", re.ASCII)
SCOPE_READ, SCOPE_WRITE = "appointments:read", "appointments:write"
# What both profiles may; which rows, and what of them, is the view's own business.
READ = Access(SCOPE_READ, person_role=Role.STUDENT)
WRITE = Access(SCOPE_WRITE, person_role=Role.STUDENT)
# What `pro` alone may; reference data and settings are written by Advanced staff, where a person does it [contract 00].
READ_STAFF = Access(SCOPE_READ, Role.BASIC_STAFF)
WRITE_STAFF = Access(SCOPE_WRITE, Role.BASIC_STAFF)
WRITE_SET_UP = Access(SCOPE_WRITE, Role.BASIC_STAFF, person_role=Role.ADVANCED_STAFF)

ORGANIZATION = Composed(lambda pk: Organization.objects.select_related("booking_settings").filter(pk=pk).order_by())


class JSONAlone(JSONOnly):
    """`.json` and `format=json` ask for what is answered anyway; any other form → 406."""

    def select_renderer(self, request, renderers, format_suffix=None):
        asked = [format_suffix] if format_suffix else _pairs(request).get("format", [])
        if any(text.lower() != "json" for text in asked):
            raise Refusal(406, "not_acceptable", "Only JSON can be had here")
        return super().select_renderer(request, renderers, format_suffix or (asked and asked[0]))


def _pairs(request) -> dict[str, list[str]]:
    try:
        return read_pairs(request.META.get("QUERY_STRING", ""))
    except Refusal:
        # Told in its turn, once the query is read.
        return {}


class AppointmentsView(DialectView):
    """`root`: under which name the bodies of this resource stand."""

    dialect = DIALECT
    authentication_classes = [KeyAuthentication]
    content_negotiation_class = JSONAlone
    http_method_names = ["get", "post", "put", "delete", "head"]
    root = ""
    # Actions that take `dry_run`; any other that writes refuses it, so that nobody's try is carried out.
    previews: frozenset[str] = frozenset()

    # -- the group --------------------------------------------------------------------------------------

    def named_organizations(self, request) -> list[int]:
        """The one that the path names: not granted, or no id at all → 403, the same whether or not it exists."""
        named = self.kwargs.get("group_id")
        granted = list(self.caller.roles)
        chosen = granted if named is None else [pk for pk in granted if str(pk) == named]
        if not chosen:
            raise Refusal(403, "organization", "This group is not granted to you")
        return chosen

    @property
    def organization_id(self) -> int:
        return self.staff_ids[0]

    @cached_property
    def organization(self) -> Organization:
        return ORGANIZATION.first(self.organization_id)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.caller.zones[self.organization_id])

    @property
    def is_staff(self) -> bool:
        """Whether the caller's profile is `pro` here; else `account`."""
        return self.caller.rank(self.organization_id) >= Role.BASIC_STAFF.rank

    @property
    def owner(self) -> dict:
        """What rows that this credential made have in these columns."""
        return {"made_by_id": self.caller.application_id, "made_by_user_id": self.caller.user_id}

    def require_staff(self) -> None:
        if not self.is_staff:
            raise Refusal(403, "insufficient_role", "This is for staff")

    # -- reading ----------------------------------------------------------------------------------------

    @cached_property
    def query(self) -> Query:
        return Query(self.request)

    def find(self, queryset: QuerySet, key: str):
        """The row of this id, or 404: a text, too large a number and a foreign row are no row."""
        pk = read_pk(key)
        row = None if pk is None else queryset.filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    # -- writing ----------------------------------------------------------------------------------------

    def check_body(self, request) -> None:
        super().check_body(request)
        # Parameters stand in the query as well, so its syntax is judged with that of the body.
        if self.query.has("dry_run") and request.method not in {"GET", "HEAD"} and self.action not in self.previews:
            self.query.refuse("dry_run", "is not known to this call")
            self.query.check()
        if request.method in {"POST", "PUT"}:
            self.check_root(request.data)

    def check_root(self, data) -> None:
        if not isinstance(data, dict):
            raise malformed("The body must be a JSON object")
        if self.root and not isinstance(data.get(self.root), dict):
            raise malformed(f"The body must hold an object under {self.root}")

    @property
    def data(self) -> dict:
        """What stands under the root."""
        body: Any = self.request.data
        return body[self.root]

    @property
    def address(self) -> str:
        """Of the collection."""
        return self.request.path.rstrip("/").removesuffix(".json")

    def form(self, form: Form, *, is_new: bool = False) -> Given:
        return form.read(self.data, self, is_new=is_new)

    def refused(self, error: Exception):
        return super().refused(wire_refusal(self.with_subject(error)))

    def with_subject(self, error: Exception) -> Exception:
        """What is "is cancelled" at a button is a sentence on the wire."""
        if isinstance(error, StateConflict) and str(error)[:1].islower():
            return StateConflict(f"The {self.root or 'row'} {error}", error.allowed)
        return error


def read_pk(text: str) -> int | None:
    """None for what is no id."""
    return int(text) if PATH_ID.match(text) and int(text) <= MAX_ID else None
