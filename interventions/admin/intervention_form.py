"""The form of an intervention: a new one is made of anomalies; an old one is changed until the provider comes."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.admin.access import SeveralAutocomplete
from core.admin.forms import ServiceForm
from interventions.models import Anomaly, InterventionAnomaly
from interventions.models.texts import MAX_LONG
from interventions.services.planning import Notice

WIRE = {"anomaly_ids": "anomalies"}
NOTICE = ("tells_current", "tells_former", "reason")


class InterventionForm(ServiceForm):
    def refuse(self, error: ValidationError) -> None:
        if hasattr(error, "error_dict"):
            error = ValidationError({WIRE.get(name, name): errors for name, errors in error.error_dict.items()})
        super().refuse(error)


class NewForm(InterventionForm):
    anomalies = forms.ModelMultipleChoiceField(
        Anomaly.objects.none(), label=_("Anomalies"), help_text=_("Open ones that no other intervention has.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        site = self.back_office.admin_site
        relation = InterventionAnomaly._meta.get_field("anomaly")
        field = self.fields["anomalies"]
        field.widget = SeveralAutocomplete(relation, site)
        back_office = site.get_model_admin(Anomaly)
        field.queryset = back_office.get_queryset(self.request)
        field.label_from_instance = back_office.choice_text

    def service_values(self, values: dict) -> dict:
        """What create_curative takes."""
        others = {name: value for name, value in values.items() if name != "anomalies"}
        return {**others, "anomaly_ids": [anomaly.pk for anomaly in values["anomalies"]]}


class ChangeForm(InterventionForm):
    tells_current = forms.BooleanField(
        label=_("Tell who makes the visit of changes, by e-mail"), required=False, initial=True
    )
    tells_former = forms.BooleanField(label=_("Tell who no longer makes it, by e-mail"), required=False, initial=True)
    reason = forms.CharField(
        label=_("Why it was taken away"),
        required=False,
        max_length=MAX_LONG,
        help_text=_("Whoever no longer makes the visit reads it."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )

    def notice(self) -> Notice:
        values = self.cleaned_data
        return Notice(values["tells_current"], values["tells_former"], values["reason"].strip())
