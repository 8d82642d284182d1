"""What all set-up resources have in common: list, read one, create, merge, delete by a mark [contract 40]."""

from functools import partial
from typing import Any

from django.db.models import Model
from rest_framework.response import Response

from appointments.api.base import READ, WRITE_SET_UP, AppointmentsView
from appointments.api.columns import in_zone
from appointments.api.forms import Form
from appointments.api.lists import Listing
from appointments.models.texts import LivingQuerySet
from appointments.services.living_rows import LivingRows


class RowsView(AppointmentsView):
    """A resource of single rows. `listing` and `body` say what is shown and taken."""

    listing: Listing
    body: Form

    def rows(self) -> Any:
        """Those in reach of this caller, deleted ones too for staff."""
        raise NotImplementedError

    def finish(self, records: list[dict]) -> None:
        """Complete what is shown by queries of its own."""

    def list(self, request, **path):
        return Response(self.listing.page(self, self.rows(), self.finish))

    def retrieve(self, request, **path):
        return self.shown(self.find(self.rows(), path["id"]))

    def shown(self, row, status: int = 200, **headers: str) -> Response:
        """The bare object with its ETag."""
        return self.single(self.record(row), row.version, status, headers)

    def record(self, row: Model) -> dict:
        with in_zone(self.zone if self.listing.needs_zone else None):
            record = self.listing.shape.of(row)
        self.finish([record])
        return record

    def created(self, row) -> Response:
        return self.shown(row, 201, Location=f"{self.address}/{row.pk}")


class SetUpView(RowsView):
    """Subclasses name the service too. `is_closable`: account sees what is open alone."""

    accesses = {
        "list": READ,
        "retrieve": READ,
        "create": WRITE_SET_UP,
        "update": WRITE_SET_UP,
        "destroy": WRITE_SET_UP,
    }
    service: LivingRows
    is_closable = False

    def rows(self) -> LivingQuerySet:
        rows = self.in_organizations(self.service.model.objects.all())
        if self.is_staff:
            return rows
        return rows.alive().filter(is_open=True) if self.is_closable else rows.alive()

    def create(self, request, **path):
        row = self.form(self.body, is_new=True).save(
            save=partial(self.service.create, self.organization),
            check=partial(self.service.check_new, self.organization),
        )
        return self.created(row)

    def update(self, request, **path):
        row = self.checked(self.find(self.rows(), path["id"]))
        changed = self.form(self.body).save(
            save=lambda values: self.service.update(row.pk, values, self.expected_versions),
            check=partial(self.service.check_update, row),
        )
        return self.shown(changed)

    def destroy(self, request, **path):
        row = self.checked(self.find(self.rows().alive(), path["id"]))
        return self.shown(self.service.delete(row.pk, self.expected_versions))
