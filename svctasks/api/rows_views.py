"""The six verbs of a collection: create, list, look up, read one, change, delete [contract 50]."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.response import Response

from core.api.rows import Row
from svctasks.api.base import READ, WRITE, ServiceView, lookup_failed
from svctasks.api.errors import invalid, taken
from svctasks.api.fields import read_id
from svctasks.api.forms import Form
from svctasks.api.lists import Listing, names_of, shown


class RowsView(ServiceView):
    """Subclasses name what is shown and taken, and the services. `open`: objects whose members are the clients' own."""

    accesses = {
        **dict.fromkeys(("list", "retrieve", "look_up"), READ),
        **dict.fromkeys(("create", "update", "destroy"), WRITE),
    }
    stateless = frozenset({"look_up"})
    open_bodies = frozenset({"look_up"})
    shape: Row
    listing: Listing
    form: Form
    open: tuple[str, ...] = ("opts",)

    @property
    def names(self):  # type: ignore[override]
        return self.form.names

    def rows(self) -> QuerySet:
        """Those in reach of this call."""
        raise NotImplementedError

    def add(self, values: dict) -> Any:
        """The stored row."""
        raise NotImplementedError

    def change(self, pk: int, values: dict) -> Any:
        raise NotImplementedError

    def remove(self, pk: int) -> None:
        raise NotImplementedError

    # -- reading ----------------------------------------------------------------------------------------

    def list(self, request) -> Response:
        return self.json(self.listing.page(self.query, self.rows()))

    def retrieve(self, request, id: str) -> Response:
        mask, is_flat = self.query.mask(names_of(self.shape, open=self.open)), self.query.truth("flat")
        self.query.check()
        row = self.find(self.rows(), id)
        return self.single(shown(self.record(row), mask, is_flat), row.version)

    def record(self, row: Any) -> dict:
        return self.shape.of(row)

    def shown(self, row: Any) -> Response:
        return self.single(self.record(row), row.version)

    def look_up(self, request) -> Response:
        """By the body, a bare JSON text."""
        text: Any = request.data
        if not isinstance(text, str):
            raise invalid({"body": [("invalid", "must be a JSON text")]})
        condition = self.key_condition(text)
        ids = self.rows().filter(condition).order_by("created_at", "pk").values_list("public_id", flat=True)
        found = [str(one) for one in ids] if condition else []
        if not found:
            raise lookup_failed()
        return self.json(found)

    def key_condition(self, text: str) -> Q:
        """What rows must be to have this key; an empty one where none can."""
        public_id = read_id(text)
        return Q(public_id=public_id) if public_id else Q()

    # -- writing ----------------------------------------------------------------------------------------

    def create(self, request) -> Response:
        values = self.read(self.form, is_new=True)
        public_id = values.get("public_id")
        if public_id and self.rows().filter(public_id=public_id).exists():
            raise taken({"id": [("unique", "is taken")]})
        return self.added(self.add(values))

    def added(self, row: Any) -> Response:
        return self.shown(row)

    def update(self, request, id: str) -> Response:
        row = self.checked(self.find(self.rows(), id))
        values = self.read(self.form)
        if values.pop("public_id", row.public_id) != row.public_id:
            raise invalid({"id": [("fixed", "cannot be changed")]})
        return self.shown(self.change(row.pk, self.changes(row, values)))

    def changes(self, row: Any, values: dict) -> dict:
        return values

    def destroy(self, request, id: str) -> Response:
        row = self.checked(self.find(self.rows(), id))
        self.remove(row.pk)
        return Response(status=204)
