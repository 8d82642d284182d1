"""Scripts, special working days, and single runs [contract 50]."""

from datetime import date

from django.db.models import Q, QuerySet
from rest_framework.response import Response

from scheduling.models import Workday
from scheduling.services import workdays
from svctasks.api import documentation
from svctasks.api.base import READ, WRITE, WRITE_ADVANCED, ServiceView
from svctasks.api.errors import invalid
from svctasks.api.lists import names_of, shown
from svctasks.api.rows_views import RowsView
from svctasks.api.run_shapes import RUN
from svctasks.api.script_shapes import SCRIPT, SCRIPT_FORM, SCRIPTS, WORKDAY, WORKDAY_FORM, WORKDAYS
from svctasks.models import ServiceRun, ServiceScript
from svctasks.services import running, scripts

REFERENCE = {**RowsView.accesses, **dict.fromkeys(("create", "update", "destroy"), WRITE_ADVANCED)}
NO_YEAR = "must name its year, as it does not come each year"


class Scripts(RowsView):
    """The secret with which a script signs is in the answer that gives it, and in no other."""

    accesses = REFERENCE
    documentation = documentation.SCRIPTS_DOCUMENTED
    shape, listing, form = SCRIPT, SCRIPTS, SCRIPT_FORM

    def rows(self) -> QuerySet[ServiceScript]:
        return self.in_organizations(ServiceScript.objects.all())

    def key_condition(self, text: str) -> Q:
        return super().key_condition(text) | Q(code=text)

    def add(self, values: dict) -> tuple[ServiceScript, str]:
        return scripts.create_script(self.organization, values)

    def change(self, pk: int, values: dict) -> tuple[ServiceScript, str]:
        return scripts.update_script(pk, values, self.expected_versions)

    def remove(self, pk: int) -> None:
        scripts.delete_script(pk, self.expected_versions)

    def shown(self, row: tuple[ServiceScript, str]) -> Response:
        script, secret = row
        record = self.record(script)
        if secret:
            record["scriptdata"]["secret"] = secret
        return self.single(record, script.version)


class Workdays(RowsView):
    accesses = REFERENCE
    documentation = documentation.WORKDAYS_DOCUMENTED
    shape, listing, form = WORKDAY, WORKDAYS, WORKDAY_FORM

    def rows(self) -> QuerySet[Workday]:
        return self.in_organizations(Workday.objects.all())

    def add(self, values: dict) -> Workday:
        check_year(values, values.get("is_annual", False), values["is_any_year"])
        return workdays.create_workday(self.organization, plain(values))

    def change(self, pk: int, values: dict) -> Workday:
        return workdays.update_workday(pk, values, self.expected_versions)

    def changes(self, row: Workday, values: dict) -> dict:
        # The day of one that comes each year has no year that could be kept.
        check_year(values, values.get("is_annual", row.is_annual), values.get("is_any_year", row.is_annual))
        return plain(values)

    def remove(self, pk: int) -> None:
        workdays.delete_workday(pk, self.expected_versions)


def check_year(values: dict, is_annual: bool, is_any_year: bool) -> None:
    if is_any_year and not is_annual:
        raise invalid({"date": [("required", NO_YEAR)]})


def plain(values: dict) -> dict[str, date]:
    return {name: value for name, value in values.items() if name != "is_any_year"}


class Runs(ServiceView):
    accesses = {"retrieve": READ, "cancel": WRITE}
    documentation = documentation.RUNS_DOCUMENTED

    def rows(self) -> QuerySet[ServiceRun]:
        return self.in_organizations(ServiceRun.objects.select_related("task"))

    def retrieve(self, request, id: str) -> Response:
        mask, is_flat = self.query.mask(names_of(RUN)), self.query.truth("flat")
        self.query.check()
        run = self.find(self.rows(), id)
        return self.answered(run, mask, is_flat)

    def cancel(self, request, id: str) -> Response:
        """One that waits ends at once; one that runs is asked to."""
        run = self.find(self.rows(), id)
        return self.answered(running.cancel_run(run.pk))

    def answered(self, run: ServiceRun, mask: set[str] | None = None, is_flat: bool = False) -> Response:
        """Its try stands in the place of a version, which it has none of."""
        return self.single(shown(RUN.of(run), mask, is_flat), run.attempt)
