"""An intervention as who makes the visit is shown it: in e-mails, and on the page behind their links."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from interventions.models import Intervention, InterventionAnomaly, InterventionStatus, Site

# What is read with it.
SHOWN = ("organization", "assigned_company_contact", "assigned_user", "routine")
NAMES = {
    Intervention.Kind.CURATIVE: _("Curative intervention"),
    Intervention.Kind.PREVENTIVE: _("Preventive intervention"),
    Intervention.Kind.TRAINING: _("Training"),
}


def facts(intervention: Intervention) -> dict:
    """For a template."""
    return {
        "intervention": intervention,
        "what": what_of(intervention),
        "sites": sites_of(intervention),
        "links": links_of(intervention),
        "start": intervention.scheduled_start,
        "end": intervention.scheduled_end,
        "is_proposed": intervention.status == InterventionStatus.PROPOSED,
        "in_charge": in_charge_of(intervention),
    }


def what_of(intervention: Intervention) -> str:
    """The routine's name, else its kind; with the number that staff find it by."""
    name = intervention.routine.name if intervention.routine else NAMES[Intervention.Kind(intervention.kind)]
    return f"{name} (#{intervention.pk})"


def sites_of(intervention: Intervention) -> Sequence[Site]:
    return list(intervention.sites.all())


def links_of(intervention: Intervention) -> Sequence[InterventionAnomaly]:
    """Its anomalies in order, with what the provider and the client said of each."""
    return list(intervention.links.select_related("anomaly__site").order_by("anomaly_id"))


def in_charge_of(intervention: Intervention):
    """Whom a provider may ask: the person in charge, where somebody else makes the visit."""
    return intervention.assigned_user if intervention.assigned_company_contact_id else None
