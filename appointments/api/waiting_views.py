"""Customers who wait for a slot in a window [contract 40: "waitings"]."""

from rest_framework.response import Response

from appointments.api import waiting_documentation as documentation
from appointments.api.appointment_forms import WAITING
from appointments.api.base import READ, WRITE
from appointments.api.columns import in_zone
from appointments.api.fiche_writing import FicheWriting
from appointments.api.waiting_shapes import LISTING, SHAPE
from appointments.models import Waiting
from appointments.models.texts import LivingQuerySet
from appointments.services.waitings import create_waiting, end_waiting


class Waitings(FicheWriting):
    """An account's are those that its credential made."""

    accesses = {"list": READ, "retrieve": READ, "create": WRITE, "destroy": WRITE}
    documentation = documentation.WAITINGS
    root = "waiting"

    def rows(self) -> LivingQuerySet:
        rows = self.in_organizations(Waiting.objects.all())
        return rows if self.is_staff else rows.filter(**self.owner)

    def list(self, request, **path) -> Response:
        return Response(LISTING.page(self, self.rows(), finish))

    def retrieve(self, request, **path) -> Response:
        return self.shown(self.find(self.rows(), path["id"]))

    def create(self, request, **path) -> Response:
        waiting = self.form(WAITING, is_new=True).save(self.wait)
        return self.shown(waiting, 201, Location=f"{self.address}/{waiting.pk}")

    def wait(self, values: dict) -> Waiting:
        pk, customer = values.pop("customer")
        return create_waiting(self.organization, customer_id=pk, customer=customer, is_staff=self.is_staff, **values)

    def destroy(self, request, **path) -> Response:
        waiting = self.checked(self.find(self.rows().alive(), path["id"]))
        return self.shown(end_waiting(waiting.pk, self.expected_versions))

    def shown(self, waiting: Waiting, status: int = 200, **headers: str) -> Response:
        with in_zone(self.zone):
            record = SHAPE.of(waiting)
        finish([record])
        return self.single(record, waiting.version, status, headers)


def finish(records: list[dict]) -> None:
    """The calendars that are waited for, in one query."""
    links = Waiting.calendars.through.objects.filter(waiting_id__in=[record["id"] for record in records])
    named: dict[int, list[int]] = {record["id"]: [] for record in records}
    for waiting_id, calendar_id in links.order_by("calendar_id").values_list("waiting_id", "calendar_id"):
        named[waiting_id].append(calendar_id)
    for record in records:
        record["calendar_ids"] = named[record["id"]]
