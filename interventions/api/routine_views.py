"""Routines, by which preventive interventions come [contract 30]."""

from django.db.models import QuerySet
from django.utils import timezone

from interventions.api import reference_documentation as documentation
from interventions.api.errors import ROUTINES as PREFIX
from interventions.api.outside import with_outside
from interventions.api.routine_shapes import OUTSIDE, ROUTINE_FORM, ROUTINES, at_sites
from interventions.api.rows_views import ReferenceView
from interventions.models import Routine
from interventions.services import reference


class Routines(ReferenceView):
    documentation = documentation.ROUTINES
    listing = ROUTINES
    body = ROUTINE_FORM
    service = reference.ROUTINES
    collection = f"{PREFIX}v1/rs"

    def rows(self) -> QuerySet:
        rows = super().rows()
        return rows if self.site_ids is None else rows.filter(at_sites(self.site_ids))

    def values(self, given: dict, row: Routine | None = None) -> dict:
        values = with_outside(given, OUTSIDE, row)
        if "is_archived" in values:
            was = row.archived_at if row else None
            values["archived_at"] = (was or timezone.now()) if values.pop("is_archived") else None
        return values

    def finish(self, records: list[dict]) -> None:
        """Their sites, in one query."""
        links = Routine.sites.through.objects.filter(routine_id__in=[record["id"] for record in records])
        sites: dict[int, list[int]] = {record["id"]: [] for record in records}
        for routine_id, site_id in links.order_by("site_id").values_list("routine_id", "site_id"):
            sites[routine_id].append(site_id)
        for record in records:
            record["siteIds"] = sites[record["id"]]
