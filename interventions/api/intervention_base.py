"""What all views of interventions share: which rows are in reach, and how one is shown."""

from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.response import Response

from core.api.errors import Refusal
from core.api.rows import Row
from interventions.api.base import SCOPE_WRITE, InterventionsView
from interventions.api.intervention_details import complete
from interventions.api.intervention_rights import Rights
from interventions.api.intervention_shapes import HIDDEN, ONE, VERSION, WRITTEN, annotated
from interventions.models import Intervention


class InterventionView(InterventionsView):
    def rows(self) -> QuerySet[Intervention]:
        """A provider's session: its own alone. `x-sites`: those with a site among these."""
        rows = self.in_organizations(Intervention.objects.all())
        if self.is_provider:
            return rows.filter(pk=self.caller.session.intervention_id)
        if self.site_ids is None:
            return rows
        links = Intervention.sites.through.objects.filter(site_id__in=self.site_ids)
        return rows.filter(pk__in=links.values("intervention_id"))

    def found(self, key: str, queryset: QuerySet[Intervention] | None = None) -> Intervention:
        """That of the address, once If-Match agrees with its version."""
        return self.checked(self.find(self.rows() if queryset is None else queryset, key))

    def check_own(self, key: str) -> None:
        """To a provider every other intervention is closed, whether or not there is one [contract 30]."""
        if self.is_provider and key != str(self.caller.session.intervention_id):
            raise Refusal(403, "provider", "A provider's session may only read and execute its own intervention")

    @cached_property
    def rights(self) -> Rights:
        may_write = SCOPE_WRITE in self.caller.scopes
        return Rights(may_write=may_write, may_verify=self.is_advanced, user_id=self.caller.user_id)

    # -- answers ----------------------------------------------------------------------------------------

    def read_one(self, pk: int) -> Response:
        record = self.records(ONE, pk)
        self.finish([record])
        if self.is_provider:
            record["codePin"] = None
        return self.shown(record)

    def written(self, pk: int) -> Response:
        """As the seed has it. The PIN is told where it is made, and by reading."""
        return self.shown({**self.records(WRITTEN, pk), "codePin": None})

    def made(self, pk: int, beside: dict | None = None) -> Response:
        """201, with what stands `beside` the data."""
        return self.shown(self.records(WRITTEN, pk), 201, beside, Location=f"/interventions/v2/rs/{pk}")

    def records(self, shape: Row, pk: int) -> dict:
        with self.in_words():
            found = self.worded(shape).dicts(annotated(Intervention.objects.filter(pk=pk)))
        if not found:
            raise Http404
        return found[0]

    def shown(self, record: dict, status: int = 200, beside: dict | None = None, **headers: str) -> Response:
        version = record[VERSION]
        for name in HIDDEN:
            record.pop(name, None)
        return self.single({"data": record, **(beside or {})}, version, status, headers)

    def finish(self, records: list[dict]) -> None:
        """What needs queries of its own, and what depends on the caller."""
        with self.in_words():
            complete(records, self.rights, has_labels=self.wants_labels)
