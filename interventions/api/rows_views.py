"""What resources of single rows have in common: list, read one, create, change by parts [contract 30]."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from interventions.api.base import READ, WRITE_ADVANCED, InterventionsView
from interventions.api.forms import Form
from interventions.api.lists import Listing
from scheduling.services.reference_rows import ReferenceRows


class RowsView(InterventionsView):
    """`listing` says what is shown."""

    listing: Listing

    def rows(self) -> QuerySet:
        """Those in reach of this call."""
        raise NotImplementedError

    def finish(self, records: list[dict]) -> None:
        """Complete what is shown by queries of its own."""

    def list(self, request) -> Response:
        return Response(self.listing.page(self, self.rows(), self.finish))

    def retrieve(self, request, **path) -> Response:
        return self.shown(self.find(self.rows(), path["id"]))

    def shown(self, row: Any, status: int = 200, **headers: str) -> Response:
        record = self.record(self.listing.shape, row)
        with self.in_words():
            self.finish([record])
        return self.data_response(record, row.version, status, **headers)

    def created(self, row: Any, address: str) -> Response:
        return self.shown(row, 201, Location=f"{address}/{row.pk}")


class ReferenceView(RowsView):
    """Subclasses name the service and the form too. Nothing is deleted, only archived."""

    accesses = {"list": READ, "retrieve": READ, "create": WRITE_ADVANCED, "update": WRITE_ADVANCED}
    body: Form
    service: ReferenceRows
    # Under which address a new row is found, where it is not the one that it was sent to.
    collection = ""

    def rows(self) -> QuerySet:
        return self.in_organizations(self.service.model.objects.all())

    def values(self, given: dict, row: Any = None) -> dict:
        """What the service takes of what the form gave."""
        return given

    def create(self, request) -> Response:
        row = self.form(self.body, is_new=True).save(
            save=lambda given: self.service.create(self.organization, self.values(given)),
            check=lambda given: self.service.check_new(self.organization, self.values(given)),
        )
        return self.created(row, self.collection or self.address)

    def update(self, request, **path) -> Response:
        row = self.checked(self.find(self.rows(), path["id"]))
        changed = self.form(self.body).save(
            save=lambda given: self.service.update(row.pk, self.values(given, row), self.expected_versions),
            check=lambda given: self.service.check_update(row, self.values(given, row)),
        )
        return self.shown(changed)
