"""The signed link to the provider's page: it lives until the intervention ends [contract 00]."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from core.links import BadLink, read_link, sign_link
from interventions.models import Intervention, InterventionStatus
from interventions.shown import SHOWN

S = InterventionStatus
INTERVENTION_LINK = "intervention"
# No day ends it, but its state and its version; a signed link names a day all the same.
LIFETIME = timedelta(days=3653)
# Sent to the provider, and not ended.
ALIVE = (S.PROPOSED, S.PLANNED, S.IN_PROGRESS, S.EXECUTED, S.REJECTED, S.REFUSED)


def provider_url(intervention: Intervention) -> str:
    token = sign_link(INTERVENTION_LINK, intervention.pk, intervention.link_version, LIFETIME)
    return settings.SITE_URL + reverse("provider-intervention", args=[token])


def linked_intervention(token: str) -> Intervention:
    """The intervention of a link that holds; ended, taken away, tampered, foreign: one and the same 404."""
    rows = Intervention.objects.select_related(*SHOWN, "execution").filter(status__in=ALIVE)
    try:
        pk, version = read_link(INTERVENTION_LINK, token)
        return rows.get(pk=pk, link_version=version)
    except (BadLink, Intervention.DoesNotExist):
        raise Http404 from None
