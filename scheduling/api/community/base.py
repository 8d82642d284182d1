"""The base of this dialect's views."""

import re
from collections.abc import Callable
from datetime import UTC
from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.response import Response

from core.api.parsers import JSONParser
from core.api.views import DialectView
from core.models import Organization
from core.statements import Composed
from scheduling.api.community.errors import DIALECT
from scheduling.api.community.fields import MAX_ID, PATH_ID, read_whole
from scheduling.api.community.filters import Attributes
from scheduling.api.community.forms import Form, read_form, require, root_hash
from scheduling.api.community.nested import FormParser, read_query
from scheduling.api.community.pagination import page_of

# What gives the rows, and the name under which a request names one of them.
Hint = tuple[Callable[[], QuerySet], str]
ORGANIZATION = Composed(lambda pk: Organization.objects.select_related("scheduling_settings").filter(pk=pk).order_by())


def is_id(text: str) -> bool:
    return bool(PATH_ID.match(text)) and int(text) <= MAX_ID


def header_text(text: str) -> str:
    """One line of Latin-1, which is all that a header takes."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line.encode("latin-1", "replace").decode("latin-1")


def prefers_representation(header: str) -> bool:
    """RFC 7240: preferences apart by commas, their parameters by semicolons; the value may be quoted."""
    preferences = [part.split(";")[0] for part in header.lower().split(",")]
    return "return=representation" in [re.sub(r'[\s"]', "", preference) for preference in preferences]


class CommunityView(DialectView):
    dialect = DIALECT
    parser_classes = [JSONParser, FormParser]
    root: str
    attributes: Attributes

    @cached_property
    def query(self) -> dict:
        return read_query(self.request)

    # -- reading ----------------------------------------------------------------------------------------

    def check_body(self, request) -> None:
        super().check_body(request)
        # Parameters may stand in the query as well, so its syntax is judged with that of the body.
        _ = self.query

    def searched(self, queryset: QuerySet) -> QuerySet:
        """The queryset, filtered and sorted as the query says."""
        return self.attributes.order(self.narrowed(queryset), self.query.get("sort"))

    def page_response(self, request, ordered: QuerySet, write) -> Response:
        """One page; `write(queryset)` gives the body."""
        page = page_of(self.query, ordered.count())
        return Response(write(ordered[page.slice]), headers=page.headers(request))

    def narrowed(self, queryset: QuerySet) -> QuerySet:
        with timezone.override(self.zone):
            return self.attributes.narrow(queryset, self.query)

    @cached_property
    def zone(self):
        """Where a time without an offset is read: the organization's zone; UTC where several are spanned."""
        ids = self.organization_ids
        return Organization.objects.get(pk=ids[0]).zone if self.needs_zone and len(ids) == 1 else UTC

    @property
    def needs_zone(self) -> bool:
        return "filter" in self.query or "range" in self.query

    def find(self, queryset: QuerySet, pk: str):
        """The row of this id, or 404: a text, too large a number and a foreign row are no row."""
        row = queryset.filter(pk=int(pk)).first() if is_id(pk) else None
        if row is None:
            raise Http404
        return row

    # -- writing ----------------------------------------------------------------------------------------

    @cached_property
    def data(self) -> dict:
        return root_hash(self.request, self.query, self.root)

    def require(self, *names: str) -> None:
        """The root hash and these parameters in it, else 400: before any row is looked up."""
        require(self.data, *names)

    def form(self, serializer, organization: Organization) -> Form:
        return read_form(serializer(context={"view": self, "zone": organization.zone}), self.data)

    def changed(self, row, write) -> Response:
        """204, or 200 with the object where the caller asks by Prefer [contract 10]."""
        if not prefers_representation(self.request.headers.get("Prefer", "")):
            return Response(status=204)
        return self.single(write(row), row.version, headers={"Preference-Applied": "return=representation"})

    def organizations_by(self, rows: QuerySet, name: str) -> list[int] | None:
        """Where the row named so in the request belongs (two ids at most); None when the request names none.

        `rows` have `organization_id`, and the id in the request is compared with their `named_id`.
        """
        if self.data.get(name) in (None, ""):
            return None
        try:
            pk = read_whole(self.data[name])
        except ValueError:
            return []
        found = rows.filter(organization_id__in=self.staff_ids, named_id=pk) if abs(pk) <= MAX_ID else rows.none()
        return list(found.values_list("organization_id", flat=True)[:2])

    def organization_for(self, *hints: Hint) -> Organization:
        """The organization of a new row: the only one in reach, else what the first good hint names.

        Where every id is unknown, any of them: the form refuses those ids, with all else that is wrong.
        No id at all, or a person of several organizations → 400.
        """
        pk = self.staff_ids[0] if len(self.staff_ids) == 1 else self.named_by(hints)
        return ORGANIZATION.first(pk)

    def named_by(self, hints: tuple[Hint, ...]) -> int:
        found = {name: self.organizations_by(rows(), name) for rows, name in hints}
        certain = [ids[0] for ids in found.values() if ids and len(ids) == 1]
        if certain:
            return certain[0]
        return self.staff_ids[0] if [] in found.values() else self.only_organization_id()

    # -- headers ----------------------------------------------------------------------------------------

    def common_headers(self, request) -> dict[str, str]:
        return {**super().common_headers(request), **self.rate_headers(), **self.application_headers()}

    def rate_headers(self) -> dict[str, str]:
        headers = {}
        for window in self.rate.windows if self.rate else ():
            name = "Hourly" if window.seconds == 3600 else "Secondly"
            headers[f"X-{name}-RateLimit-Limit"] = str(window.limit)
            headers[f"X-{name}-RateLimit-Remaining"] = str(window.remaining)
        return headers

    def application_headers(self) -> dict[str, str]:
        if self.caller is None:
            return {}
        roles = ", ".join(str(role.label) for role in self.caller.application_roles) or "None"
        return {
            "X-Application-Id": str(self.caller.application_id),
            "X-Application-Name": header_text(self.caller.application_name),
            "X-Application-Roles": roles,
        }
