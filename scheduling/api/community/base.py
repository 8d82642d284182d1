"""The base of this dialect's views."""

from datetime import UTC
from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.response import Response

from core.api.errors import Refusal
from core.api.parsers import JSONParser
from core.api.views import DialectView
from core.models import Organization
from scheduling.api.community.errors import DIALECT
from scheduling.api.community.fields import MAX_ID, PATH_ID, read_whole
from scheduling.api.community.filters import Attributes
from scheduling.api.community.forms import Form, read_form, root_hash
from scheduling.api.community.nested import FormParser, read_query
from scheduling.api.community.pagination import page_of


def is_id(text: str) -> bool:
    return bool(PATH_ID.match(text)) and int(text) <= MAX_ID


class CommunityView(DialectView):
    dialect = DIALECT
    parser_classes = [JSONParser, FormParser]
    root: str
    attributes: Attributes

    @cached_property
    def query(self) -> dict:
        return read_query(self.request)

    # -- reading ----------------------------------------------------------------------------------------

    def page_response(self, request, queryset: QuerySet, write) -> Response:
        """One page of the queryset, filtered and sorted as the query says; `write(queryset)` gives the body."""
        ordered = self.attributes.order(self.narrowed(queryset), self.query.get("sort"))
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

    def form(self, serializer, required: tuple[str, ...] = (), organization: Organization | None = None) -> Form:
        zone = organization.zone if organization else UTC
        return read_form(serializer(context={"view": self, "zone": zone}), self.data, required)

    def changed(self, row, write) -> Response:
        """204, or 200 with the object where the caller asks by Prefer [contract 10]."""
        if "return=representation" not in self.request.headers.get("Prefer", ""):
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

    def organization_for(self, *hints: tuple[QuerySet, str]) -> Organization:
        """The organization of a new row: the only one in reach, else what the first good hint names.

        An id that is no row in reach → 422 on it; no id at all, or a person of several organizations → 400.
        """
        pk = self.staff_ids[0] if len(self.staff_ids) == 1 else self.named_by(hints)
        return Organization.objects.select_related("scheduling_settings").get(pk=pk)

    def named_by(self, hints: tuple[tuple[QuerySet, str], ...]) -> int:
        found = {name: self.organizations_by(rows, name) for rows, name in hints}
        certain = [ids[0] for ids in found.values() if ids and len(ids) == 1]
        if certain:
            return certain[0]
        unknown = {name: [("must_exist", "must exist")] for name, ids in found.items() if ids == []}
        if unknown:
            raise Refusal(422, "invalid", "Validation failed", fields=unknown)
        return self.only_organization_id()

    # -- headers ----------------------------------------------------------------------------------------

    def common_headers(self, request) -> dict[str, str]:
        return {**super().common_headers(request), **self.rate_headers(), **self.application_headers()}

    def rate_headers(self) -> dict[str, str]:
        headers = {}
        for window in self.rate.windows if self.rate else ():
            name = "Hourly" if window.name == "hour" else "Secondly"
            headers[f"X-{name}-RateLimit-Limit"] = str(window.limit)
            headers[f"X-{name}-RateLimit-Remaining"] = str(window.remaining)
        return headers

    def application_headers(self) -> dict[str, str]:
        if self.caller is None:
            return {}
        roles = ", ".join(str(role.label) for role in self.caller.application_roles) or "None"
        name = self.caller.application_name.encode("latin-1", "replace").decode("latin-1")
        return {
            "X-Application-Id": str(self.caller.application_id),
            "X-Application-Name": name,
            "X-Application-Roles": roles,
        }
