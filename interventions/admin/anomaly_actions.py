"""What staff do to anomalies besides editing them."""

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.errors import StateConflict
from interventions.models import Anomaly, AnomalyStatus
from interventions.rules import MOST_ANOMALIES
from interventions.services import anomalies as services

S = AnomalyStatus


def check_not_archived(anomaly: Anomaly) -> None:
    if anomaly.archived_at:
        raise StateConflict(str(_("is archived")), [])


class ResolveForm(forms.Form):
    comment = Anomaly._meta.get_field("resolved_comment").formfield(
        label=_("How it was resolved"), widget=forms.Textarea(attrs={"rows": 3})
    )


class Resolve(RowAction):
    """By hand, without a visit."""

    name = "resolve"
    label = _("Resolve")
    form_class = ResolveForm

    def check(self, row, user) -> None:
        check_not_archived(row)
        services.check_status(row, (S.OPEN,))

    def run(self, row, user, values, versions) -> None:
        services.resolve_anomaly(row.pk, values["comment"].strip(), user=user, versions=versions)


class Archive(RowAction):
    name = "archive"
    label = _("Archive")

    def check(self, row, user) -> None:
        check_not_archived(row)
        services.check_status(row, (S.OPEN, S.RESOLVED))

    def run(self, row, user, values, versions) -> None:
        services.archive_anomaly(row.pk, versions)


def plan_visit(back_office, request, queryset):
    """One intervention for all that are ticked: the form for dates and people, with them in it."""
    picked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    rows = list(queryset.order_by("pk")[: MOST_ANOMALIES + 1])
    free = [row for row in rows if row.status == S.OPEN and not row.archived_at]
    problem = _problem(rows, free)
    if problem:
        back_office.message_user(request, problem, messages.WARNING)
        return None
    if len(free) < len(picked):
        told = _("Those that are not open, or are in an intervention already, were left out.")
        back_office.message_user(request, told, messages.WARNING)
    return HttpResponseRedirect(visit_url(free))


def _problem(rows: list[Anomaly], free: list[Anomaly]):
    if len(rows) > MOST_ANOMALIES:
        return _("Five hundred rows at a time are the most: narrow the list first.")
    if not free:
        return _("None of these is open without an intervention.")
    if len({row.organization_id for row in free}) > 1:
        return _("An intervention is of one organization: choose anomalies of one.")
    return None


def visit_url(anomalies: list[Anomaly]) -> str:
    """The form of a new intervention for these, which are of one organization."""
    query = {
        "organization": str(anomalies[0].organization_id),
        "anomalies": ",".join(str(anomaly.pk) for anomaly in anomalies),
    }
    return f"{reverse('admin:interventions_intervention_add')}?{urlencode(query)}"


ACTIONS = [Resolve(), Archive()]
