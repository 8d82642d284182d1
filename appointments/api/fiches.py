"""Fiches: the group's customers [contract 40]. None is deleted here; what an account key made is all that it sees."""

from copy import copy
from functools import partial

from appointments.api import set_up_documentation as documentation
from appointments.api.base import READ, WRITE
from appointments.api.fiche_shapes import FICHE_FORM, FICHES, NEW_FICHE
from appointments.api.fiche_writing import FicheWriting
from appointments.api.set_up import RowsView
from appointments.models import Customer
from appointments.models.texts import LivingQuerySet
from appointments.services import customers


class Fiches(FicheWriting, RowsView):
    accesses = {"list": READ, "retrieve": READ, "create": WRITE, "update": WRITE}
    documentation = documentation.FICHES
    root = "fiche"
    listing = FICHES
    body = FICHE_FORM
    fiche_actions = frozenset({"create", "update"})

    def fiche(self) -> dict:
        return self.data

    def rows(self) -> LivingQuerySet:
        rows = self.in_organizations(Customer.objects.all())
        return rows if self.is_staff else rows.alive().filter(**self.owner)

    def finish(self, records: list[dict]) -> None:
        """What staff note of a customer is not for customers."""
        if not self.is_staff:
            for record in records:
                record["comments"] = ""

    def list(self, request, **path):
        if any(name.startswith(("search", "conditions")) for name in self.query.values):
            self.require_staff()
        return super().list(request, **path)

    def create(self, request, **path):
        row = self.form(NEW_FICHE).save(
            save=partial(customers.create_customer, self.organization),
            check=partial(customers.check_new, self.organization),
        )
        return self.created(row)

    def update(self, request, **path):
        row = self.checked(self.find(self.rows(), path["id"]))
        changed = self.form(self.body).save(
            save=lambda values: customers.update_customer(row.pk, self.own(values), self.expected_versions),
            check=lambda values: customers.change_draft(copy(row), self.own(values)),
        )
        return self.shown(changed)

    def own(self, values: dict) -> dict:
        """Without what this profile cannot read, and so would overwrite unseen."""
        return values if self.is_staff else {name: value for name, value in values.items() if name != "comments"}
