"""The form of a webhook: its address, and the events that it wants, ticked in groups."""

from itertools import groupby

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core import events
from core.admin import entities
from core.admin.forms import ServiceForm
from core.admin.several import GroupedWidget, SeveralField
from core.webhooks.deliveries import ALL


def type_choices() -> list[tuple]:
    """All of them, then each entity's under its name."""
    by_entity = groupby(events.types(), key=lambda kind: kind.entity)
    groups = [(entities.title_of(name), [(kind.name, _told(kind)) for kind in kinds]) for name, kinds in by_entity]
    return [(ALL, _("All events, also of kinds that later versions add")), *groups]


def _told(kind: events.EventType) -> str:
    """Its name is what a receiver reads, and the list of webhooks shows."""
    return format_html('{} <code class="quiet">{}</code>', kind.title, kind.name)


class AddressField(forms.URLField):
    """The service says what an address is."""

    default_validators = ()


class WebhookForm(ServiceForm):
    url = AddressField(
        label=_("Address"),
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vTextField"}),
        help_text=_("Where messages are sent by POST. It must begin with https://."),
    )
    types = SeveralField(
        label=_("Events"),
        choices=type_choices,
        widget=GroupedWidget,
        help_text=_("What it is told of. Each message is thin: the receiver reads the row itself by the API."),
    )

    def clean_types(self) -> list[str]:
        chosen = self.cleaned_data["types"]
        return [ALL] if ALL in chosen else chosen
