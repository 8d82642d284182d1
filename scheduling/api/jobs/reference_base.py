"""What all reference data have in common: list, read one, create, update; nothing is deleted [contract 20]."""

from functools import partial

from django.db.models import QuerySet

from scheduling.api.jobs.base import READ, WRITE_REFERENCE, JobsView
from scheduling.api.jobs.forms import BodyForm
from scheduling.api.jobs.lists import Listing
from scheduling.services.reference_rows import ReferenceRows


class ReferenceView(JobsView):
    """Subclasses name the listing, the form with what it requires, the service, and the id's name in the path."""

    accesses = {"list": READ, "retrieve": READ, "create": WRITE_REFERENCE, "update": WRITE_REFERENCE}
    listing: Listing
    body: type[BodyForm]
    required: tuple[str, ...] = ("name",)
    service: ReferenceRows
    id_name: str
    # What of a row its id on the wire is.
    key = "pk"

    def rows(self) -> QuerySet:
        return self.in_organizations(self.service.model.objects.all())

    def finish(self, items) -> None:
        """Complete the items of a page, or the one that is read."""

    def new_values(self) -> dict:
        """What a new row has beside what the body gives."""
        return {}

    def find_row(self):
        return self.find(self.rows(), self.kwargs[self.id_name], self.key)

    def list(self, request):
        return self.page_response(self.listing, self.rows(), self.finish)

    def retrieve(self, request, **path):
        row = self.find_row()
        item = self.listing.shape.of(row)
        self.finish([item])
        return self.single(item, row.version)

    def create(self, request):
        form = self.form(self.body, self.required)
        form.values |= self.new_values()
        row = form.save(
            save=partial(self.service.create, self.organization),
            check=partial(self.service.check_new, self.organization),
        )
        return self.created(row.pk if self.key == "pk" else str(getattr(row, self.key)), row.version)

    def update(self, request, **path):
        row = self.checked(self.find_row())
        self.form(self.body).save(
            save=lambda values: self.service.update(row.pk, values, self.expected_versions),
            check=partial(self.service.check_update, row),
        )
        return self.done()
