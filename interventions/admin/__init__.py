"""The staff's door to the safety register."""

from django.utils.translation import gettext_lazy as _

from core.admin import entities, navigation
from interventions.admin import anomalies, interventions, places, report_files, routines, today  # noqa: F401

entities.register(anomaly="interventions.Anomaly", intervention="interventions.Intervention")
navigation.register(
    "register",
    _("Safety register"),
    navigation.Item("interventions.Intervention", "wrench"),
    navigation.Item("interventions.Anomaly", "warning"),
    navigation.Item("interventions.Routine", "repeat"),
    navigation.Item("interventions.PdfReport", "page"),
    order=27,
)
navigation.register(
    "register_setup",
    _("Set-up of interventions"),
    navigation.Item("interventions.Site", "building"),
    navigation.Item("interventions.CompanyContact", "people"),
    order=77,
)
