"""Interventions: read, made, changed, verified, cancelled [seed; contract 30]."""

from functools import partial
from typing import Any

from django.db.models import Q
from rest_framework.response import Response

from core.changes import check_all
from interventions import rules
from interventions.api import intervention_documentation as documentation
from interventions.api import intervention_forms as forms
from interventions.api.base import READ, WRITE, WRITE_ADVANCED
from interventions.api.intervention_base import InterventionView
from interventions.api.intervention_lists import INTERVENTIONS
from interventions.api.intervention_shapes import annotated
from interventions.api.outside import with_outside
from interventions.models import Anomaly, Intervention
from interventions.services import planning
from interventions.services.ending import cancel_intervention
from interventions.services.planning import Notice
from interventions.services.verifying import AnomalyDecision, verify

Kind = Intervention.Kind


class Interventions(InterventionView):
    accesses = {"list": READ, "retrieve": READ, "destroy": WRITE}
    provider_actions = frozenset({"retrieve"})
    documentation = documentation.INTERVENTIONS

    def check_permissions(self, request) -> None:
        super().check_permissions(request)
        self.check_own(self.kwargs.get("id", ""))

    def list(self, request) -> Response:
        rows = annotated(self.rows())
        if not self.query.has("archived"):
            rows = rows.filter(archived_at=None)
        return Response(INTERVENTIONS.page(self, rows, self.finish))

    def retrieve(self, request, id) -> Response:
        return self.read_one(self.find(self.rows().only("pk"), id).pk)

    def destroy(self, request, id) -> Response:
        row = self.found(id)
        self.form(forms.CANCEL).save(
            lambda values: cancel_intervention(row.pk, values.get("cancellation_reason", ""), self.expected_versions)
        )
        return self.done()


class Curative(InterventionView):
    accesses = {"create": WRITE, "update": WRITE}
    documentation = documentation.CURATIVE
    kinds: Q = Q(kind=Kind.CURATIVE)
    changes = forms.CURATIVE_CHANGES

    def create(self, request) -> Response:
        make = partial(planning.create_curative, self.organization, created_by=self.person)
        row = self.form(forms.CURATIVE, is_new=True).save(make, self.check_new)
        return self.made(row.pk)

    def check_new(self, values: dict) -> None:
        """What is wrong beside what names no row."""
        ids = values.pop("anomaly_ids", None)
        rows = list(self.in_organizations(Anomaly.objects.filter(pk__in=ids or ())))
        check_all(
            lambda: planning.check_new(self.organization, values, Kind.CURATIVE),
            lambda: None if ids is None else rules.check_anomalies(ids, rows),
        )

    def update(self, request, id) -> Response:
        row = self.found(id, self.rows().filter(self.kinds))
        self.form(self.changes).save(partial(self.change, row), partial(self.check_change, row))
        return self.written(row.pk)

    def change(self, row: Intervention, values: dict) -> None:
        notice, values = split_notice(row, values)
        planning.update_intervention(row.pk, values, versions=self.expected_versions, notice=notice)

    def check_change(self, row: Intervention, values: dict) -> None:
        planning.check_update(row, split_notice(row, values)[1])


class Preventive(Curative):
    """Those of a routine, and unplanned ones: all that are not of anomalies."""

    accesses = {"update": WRITE}
    documentation = documentation.PREVENTIVE
    kinds = ~Q(kind=Kind.CURATIVE)
    changes = forms.PREVENTIVE_CHANGES


class OfRoutine(InterventionView):
    accesses = {"create": WRITE}
    documentation = documentation.OF_ROUTINE

    def create(self, request) -> Response:
        row = self.form(forms.OF_ROUTINE, is_new=True).save(self.make, self.check_new)
        return self.made(row.pk)

    def make(self, values: dict) -> Intervention:
        routine = values.pop("routine")
        return planning.create_from_routine(routine, values, created_by=self.person)

    def check_new(self, values: dict) -> None:
        rules.check_dates(values.get("scheduled_start"), values.get("scheduled_end"))


class FollowUp(InterventionView):
    """The next visit for what an ended one left open [ours]."""

    accesses = {"create": WRITE}
    documentation = documentation.FOLLOW_UP

    def create(self, request, id) -> Response:
        former = self.find(self.rows(), id)
        make = partial(planning.create_follow_up, former.pk, created_by=self.person)
        row = self.form(forms.FOLLOW_UP, is_new=True).save(
            make, lambda values: planning.check_new(self.organization, values, Kind.CURATIVE)
        )
        return self.made(row.pk)


class Verification(InterventionView):
    accesses = {"update": WRITE_ADVANCED}
    documentation = documentation.VERIFICATION

    def update(self, request, id) -> Response:
        row = self.found(id)
        self.form(forms.VERIFY, is_new=True).save(partial(self.decide, row))
        return self.written(row.pk)

    def decide(self, row: Intervention, values: dict) -> None:
        decisions = [AnomalyDecision(**one) for one in values.get("anomalies", ())]
        comment = values.get("decision_comment", "")
        verify(
            row.pk, values["decision"], comment, decisions, user=self.person, versions=self.expected_versions
        )  # fmt: skip


def split_notice(row: Intervention, values: dict) -> tuple[Notice, dict]:
    """Whom the change is told, and the change itself."""
    values = dict(values)
    former: dict[str, Any] = values.pop("previousAssigneeNotification", {})
    notice = Notice(
        tell_current=values.pop("tell_current", True),
        tell_former=former.get("tell_former", True),
        reason=former.get("reason", ""),
    )
    return notice, with_outside(values, ("siteRuleIds",), row)
