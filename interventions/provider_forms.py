"""What the provider writes on his page. The services judge it; here it is only read, and kept for the next try."""

import binascii
import re
from base64 import b64decode
from collections.abc import Sequence

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from interventions.models import Intervention, InterventionAnomaly
from interventions.models.texts import MAX_LINE, MAX_LONG
from interventions.services.executing import Outcome, Signed
from interventions.signatures import MAX_BYTES

ProviderAction = InterventionAnomaly.ProviderAction
DATA_URL = re.compile(r"\Adata:image/png;base64,([A-Za-z0-9+/]+={0,2})\Z")
# What the bytes of the largest image are in base64, and the words before them.
MAX_DATA_URL = MAX_BYTES * 4 // 3 + 100
SAID = [(ProviderAction.DONE, _("Done")), (ProviderAction.NOT_DONE, _("Not done"))]
AREA = {"rows": 3}


class LongText(forms.CharField):
    """A browser sends each line break as two characters, and lets people write as if it were one."""

    widget = forms.Textarea(attrs=AREA)

    def __init__(self, **options):
        super().__init__(max_length=MAX_LONG, **options)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class Drawing(forms.CharField):
    """A PNG as the page's script puts it into a hidden field; empty where nothing was drawn."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("The drawing could not be read. Draw it again, or type your name.")}

    def clean(self, value) -> bytes:
        text = super().clean(value)
        found = DATA_URL.match(text)
        if not text or (found and len(text) <= MAX_DATA_URL):
            return self._decoded(found[1] if found else "")
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def _decoded(self, text: str) -> bytes:
        try:
            return b64decode(text)
        except binascii.Error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class SignForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=MAX_LINE)
    last_name = forms.CharField(label=_("Last name"), max_length=MAX_LINE)
    email = forms.EmailField(label=_("E-mail (optional)"), max_length=MAX_LINE, required=False)
    action_comment = LongText(label=_("What was done (optional)"), required=False)
    comment = LongText(label=_("Anything else (optional)"), required=False)
    drawing = Drawing(required=False)
    typed_name = forms.CharField(label=_("Your full name, typed"), max_length=MAX_LINE, required=False)

    def __init__(self, intervention: Intervention, links: Sequence[InterventionAnomaly], data=None):
        super().__init__(data, initial=_known_of(intervention), label_suffix="")
        self.links = links
        for link in links:
            self.fields[f"action_{link.anomaly_id}"] = forms.ChoiceField(
                label=_("Was it done?"), choices=SAID, widget=forms.RadioSelect
            )
            self.fields[f"comment_{link.anomaly_id}"] = LongText(label=_("Comment (optional)"), required=False)

    def clean(self):
        values = super().clean()
        if "drawing" not in self.errors and not values.get("drawing") and not values.get("typed_name"):
            self.add_error(
                "typed_name", ValidationError(_("Sign: draw your signature, or type your name."), "required")
            )
        return values

    @property
    def parts(self) -> list[tuple]:
        """Each anomaly's link with its two fields."""
        return [(link, self[f"action_{link.anomaly_id}"], self[f"comment_{link.anomaly_id}"]) for link in self.links]

    @property
    def kept_drawing(self) -> str:
        """What was drawn before the form came back; not what could not be read."""
        return "" if "drawing" in self.errors else self["drawing"].value() or ""

    def signed(self) -> Signed:
        names = ("first_name", "last_name", "email", "action_comment", "comment")
        said = [
            Outcome(pk, self.cleaned_data[f"action_{pk}"], self.cleaned_data[f"comment_{pk}"]) for pk in self._ids()
        ]
        return Signed(**{name: self.cleaned_data[name] for name in names}, anomalies=said)

    def signature(self) -> dict:
        """What was drawn, else what was typed."""
        image = self.cleaned_data["drawing"]
        return {"image": image, "typed_name": "" if image else self.cleaned_data["typed_name"]}

    def take_errors(self, error: ValidationError) -> None:
        """A service's refusal, under the field that it is about."""
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in found.items():
            own = "drawing" if name == "signature" else name
            self.add_error(own if own in self.fields else None, errors)

    def _ids(self) -> list[int]:
        return [link.anomaly_id for link in self.links]


def _known_of(intervention: Intervention) -> dict:
    """Of who is expected: another may come in his place."""
    person = intervention.assignee
    if person is None:
        return {}
    return {name: getattr(person, name) for name in ("first_name", "last_name", "email")}
