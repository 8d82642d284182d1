"""The base of this dialect's views [contract 20]."""

import re
from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.response import Response

from core.api.errors import Refusal
from core.api.parsers import malformed
from core.api.views import Access, DialectView
from core.errors import StateConflict
from core.models import Organization, Role
from scheduling.api.jobs.errors import DIALECT, state_refusal
from scheduling.api.jobs.fields import MAX_ID, read_uid
from scheduling.api.jobs.forms import BodyForm, Form, read_form
from scheduling.api.jobs.lists import Listing
from scheduling.api.jobs.query import Query

READ = Access("jobs:read")
WRITE = Access("jobs:write")
WRITE_REFERENCE = Access("jobs:write", person_role=Role.ADVANCED_STAFF)
CUSTOMER = re.compile(r"\A[+-]?[0-9]{1,19}\Z")
# One row has one address.
PATH_ID = re.compile(r"\A[1-9][0-9]{0,18}\Z")


class JobsView(DialectView):
    dialect = DIALECT
    organization_header = "Customer-Id"
    # Actions whose body is an array; that of all others is an object.
    array_actions: frozenset[str] = frozenset()

    # -- the customer -----------------------------------------------------------------------------------

    def named_organizations(self, request) -> list[int]:
        """The one customer that the header names: missing or no integer → 400, not granted → 403."""
        text = self.named_by_header
        if not text:
            raise Refusal(400, "no_customer", "The header Customer-Id is missing")
        if not CUSTOMER.match(text):
            raise Refusal(400, "bad_customer", "The header Customer-Id must be an integer")
        if int(text) not in self.caller.roles:
            raise Refusal(403, "organization", "This customer is not granted to you")
        return [int(text)]

    @property
    def organization_id(self) -> int:
        return self.staff_ids[0]

    @cached_property
    def organization(self) -> Organization:
        return Organization.objects.select_related("scheduling_settings").get(pk=self.organization_id)

    # -- reading ----------------------------------------------------------------------------------------

    @cached_property
    def query(self) -> Query:
        return Query(self.request)

    def page_response(self, listing: Listing, queryset: QuerySet, finish=None) -> Response:
        """One page of the queryset, as the query asks; `finish(items)` completes the items of the page."""
        return Response(listing.page(self.query, queryset, self.organization_id, finish))

    def find(self, queryset: QuerySet, key: str, by: str = "pk"):
        """The row of this id (or `uid`), or 404: a text, too large a number and a foreign row are no row."""
        wanted = read_key(key, by)
        row = None if wanted is None else queryset.filter(**{by: wanted}).first()
        if row is None:
            raise Http404
        return row

    # -- writing ----------------------------------------------------------------------------------------

    def check_body(self, request) -> None:
        super().check_body(request)
        kind = list if self.action in self.array_actions else dict
        if request.method not in {"GET", "HEAD"} and not isinstance(request.data, kind):
            raise malformed(f"The body must be a JSON {'array' if kind is list else 'object'}")

    @property
    def data(self):
        return self.request.data

    def form(self, form: type[BodyForm], required: tuple[str, ...] = (), data: dict | None = None) -> Form:
        """The body, or the part of it that `data` is, read by this form."""
        read = form(context={"view": self, "organization_id": self.organization_id})
        return read_form(read, self.data if data is None else data, required)

    def created(self, key: object, version: int) -> Response:
        """201 with the new row's id, at its address under this one."""
        address = f"{self.request.path.rstrip('/')}/{key}"
        return self.single({"id": key}, version, 201, {"Location": address})

    def done(self) -> Response:
        return Response(status=204)

    def refused(self, error: Exception) -> Response:
        return super().refused(state_refusal(error) if isinstance(error, StateConflict) else error)


def read_key(text: str, by: str):
    """An id or a uuid; None for what is neither."""
    if by == "pk":
        return int(text) if PATH_ID.match(text) and int(text) <= MAX_ID else None
    try:
        return read_uid(text)
    except ValueError:
        return None
