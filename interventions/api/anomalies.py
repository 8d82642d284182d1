"""Anomalies: reported, listed, changed, resolved [contract 30]."""

from django.db.models import QuerySet
from rest_framework.response import Response

from core.api.query import Invalid
from interventions.api import anomaly_documentation as documentation
from interventions.api import numbers
from interventions.api.anomaly_shapes import (
    ANOMALIES,
    BLANK,
    NON_CONFORMITY,
    OBSERVATION,
    OUTSIDE,
    PRESCRIPTION,
    REPLACEMENT,
)
from interventions.api.base import READ, WRITE, read_id
from interventions.api.errors import ANOMALIES as PREFIX
from interventions.api.errors import bad_values, broken_rules
from interventions.api.fields import UNKNOWN, Parts
from interventions.api.outside import with_outside
from interventions.api.rows_views import RowsView
from interventions.models import Anomaly
from interventions.services import anomalies

PRESCRIPTIONS = Parts(PRESCRIPTION, least=1, most=anomalies.MOST_PRESCRIPTIONS)


class AnomalyView(RowsView):
    listing = ANOMALIES
    states = numbers.ANOMALY_STATUSES

    def rows(self) -> QuerySet[Anomaly]:
        rows = self.in_organizations(Anomaly.objects.select_related("report"))
        return self.at_sites(rows, "site_id")


class Observations(AnomalyView):
    """The list is of all anomalies, of whatever kind."""

    accesses = {"list": READ, "create": WRITE}
    documentation = documentation.OBSERVATIONS

    def rows(self) -> QuerySet[Anomaly]:
        return super().rows() if self.query.has("archived") else super().rows().filter(archived_at=None)

    def create(self, request) -> Response:
        row = self.form(OBSERVATION, is_new=True).save(self.report, self.check)
        return self.created(row, f"{PREFIX}v2/rs")

    def report(self, given: dict) -> Anomaly:
        values = with_outside(given, OUTSIDE)
        return anomalies.report_observation(self.organization, values, reported_by=self.person)

    def check(self, given: dict) -> None:
        anomalies.check_new(self.organization, with_outside(given, OUTSIDE))


class Anomalies(AnomalyView):
    accesses = {"retrieve": READ, "replace": WRITE, "change": WRITE}
    documentation = documentation.ANOMALIES

    def find_row(self) -> Anomaly:
        return self.checked(self.find(self.rows(), self.kwargs["id"]))

    def replace(self, request, **path) -> Response:
        row = self.find_row()
        changed = self.form(REPLACEMENT, is_new=True).save(
            save=lambda given: anomalies.update_anomaly(row.pk, {**BLANK, **given}, self.expected_versions),
            check=lambda given: anomalies.check_changes(row, {**BLANK, **given}),
        )
        return self.shown(changed)

    def change(self, request, **path) -> Response:
        """`resolvedComment` resolves it."""
        row = self.find_row()
        changed = self.form(NON_CONFORMITY).save(
            save=lambda given: self.save(row.pk, given), check=lambda given: anomalies.check_changes(row, given)
        )
        return self.shown(changed)

    def save(self, pk: int, given: dict) -> Anomaly:
        values = dict(given)
        comment = values.pop("resolved_comment", None)
        if comment is None:
            return anomalies.update_anomaly(pk, values, self.expected_versions)
        return anomalies.resolve_anomaly(pk, comment, user=self.person, values=values, versions=self.expected_versions)


class Prescriptions(AnomalyView):
    """What an inspector's report asks for, all of it at once or nothing."""

    accesses = {"create": WRITE}
    documentation = documentation.PRESCRIPTIONS
    array_actions = frozenset({"create"})

    def create(self, request, **path) -> Response:
        number = read_id(path["reportId"], "reportId")
        added = anomalies.add_prescriptions(self.organization, number, self.prescribed(), reported_by=self.person)
        return Response({"nbInsertion": len(added)}, status=201)

    def prescribed(self) -> list[dict]:
        try:
            shaped = PRESCRIPTIONS.read(self.request.data)
        except Invalid as error:
            raise bad_values(error.errors) from None
        given = PRESCRIPTIONS.found(shaped, self)
        sites = self.sites().in_bulk({values["site"] for values in given})
        unknown = {f"[{n}].siteId": [UNKNOWN] for n, values in enumerate(given) if values["site"] not in sites}
        if unknown:
            raise broken_rules(unknown)
        return [with_outside({**values, "site": sites[values["site"]]}, OUTSIDE) for values in given]
