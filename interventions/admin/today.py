"""What the dashboard says of the safety register."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.admin.dashboard import Card, Panel, Row, card, list_url, panel
from core.models import Role
from interventions.admin.display import RISK, STATUS, assignee_of, sites_of, status_pill, when
from interventions.models import OPEN, Anomaly, Intervention, Risk

LIST, ANOMALIES = "interventions_intervention", "interventions_anomaly"
NEXT = 8


def _of(rows, user):
    return rows.filter(organization__in=user.organization_ids(Role.BASIC_STAFF))


def _interventions(user):
    return _of(Intervention.objects.all(), user)


def _card(label, rows, model: str, quick: str, tone: str) -> Card:
    value = rows.count()
    return Card(label, value, list_url(model, quick=quick), tone if value else "grey")


@card(order=140)
def to_verify(user):
    return _card(_("Interventions to verify"), _interventions(user).to_verify(), LIST, "to_verify", "amber")


@card(order=150)
def overdue(user):
    return _card(_("Overdue interventions"), _interventions(user).overdue(), LIST, "overdue", "red")


@card(order=160)
def uncovered(user):
    rows = _of(Anomaly.objects.uncovered(), user)
    return _card(_("Anomalies without an intervention"), rows, ANOMALIES, "uncovered", "amber")


@card(order=170)
def overdue_anomalies(user):
    return _card(_("Overdue anomalies"), _of(Anomaly.objects.overdue(), user), ANOMALIES, "overdue", "red")


@panel(order=44)
def queue_to_verify(user):
    """What waits for it since longest."""
    return _queue(_("To verify"), _interventions(user).to_verify().order_by("actual_end", "id"), "to_verify")


@panel(order=45)
def interventions_by_status(user):
    """Of the open ones."""
    counts = dict(_interventions(user).open().order_by().values_list("status").annotate(Count("id")))
    shown = [status for status in OPEN if counts.get(status)]
    return Panel(
        _("Open interventions by status"), chart=[(status.label, counts[status], STATUS[status]) for status in shown]
    )


@panel(order=46)
def queue_overdue(user):
    rows = _interventions(user).overdue().order_by("scheduled_end", "id")
    return _queue(_("Overdue interventions"), rows, "overdue")


@panel(order=47)
def anomalies_by_risk(user):
    """Of those that are not resolved."""
    rows = _of(Anomaly.objects.unresolved(), user)
    counts = dict(rows.order_by().values_list("risk").annotate(Count("id")))
    shown = [risk for risk in reversed(Risk) if counts.get(risk)]
    return Panel(_("Unresolved anomalies by risk"), chart=[(risk.label, counts[risk], RISK[risk]) for risk in shown])


def _queue(title, rows, quick: str) -> Panel:
    found = rows.select_related("organization", "assigned_company_contact", "assigned_user")
    return Panel(
        title,
        url=list_url(LIST, quick=quick),
        columns=[_("Intervention"), _("Who"), _("When"), _("Status")],
        rows=[_row(one) for one in found.prefetch_related("sites")[:NEXT]],
        empty=_("None."),
    )


def _row(one: Intervention) -> Row:
    url = f"{list_url(LIST)}{one.pk}/change/"
    # The company's name would not fit.
    contact = one.assigned_company_contact
    who = contact.name if contact else assignee_of(one)
    return Row(f"{one} {sites_of(one)}", url, [who, when(one), status_pill(one)])
