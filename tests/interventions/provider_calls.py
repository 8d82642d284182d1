"""The provider's page as a browser uses it."""

import re
from base64 import b64encode
from datetime import timedelta

from django.conf import settings
from django.test import Client

from core.links import sign_link
from interventions.models import Intervention
from interventions.provider_links import INTERVENTION_LINK, provider_url
from interventions.services.pins import pin_of
from tests.intervention_factories import png


def path_of(visit: Intervention) -> str:
    """Of the link as it would be mailed now."""
    visit.refresh_from_db()
    return provider_url(visit).removeprefix(settings.SITE_URL)


def signed_path(pk: int, version: int, *, lifetime=timedelta(days=1), purpose: str = INTERVENTION_LINK) -> str:
    return f"/provider/{sign_link(purpose, pk, version, lifetime)}"


def look(path: str, **headers) -> str:
    response = Client().get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def press(path: str, act: str, **values):
    """The answer to one of the page's buttons."""
    return Client().post(path, {"act": act, **values})


def version_in(text: str) -> str:
    return re.search(r'name="version" value="(\d+)"', text)[1]


def enter_pin(path: str, visit: Intervention):
    return press(path, "pin", pin=pin_of(visit))


def drawn(image: bytes | None = None) -> str:
    """As the page's script sends it."""
    return "data:image/png;base64," + b64encode(image or png()).decode()


def statement(visit: Intervention, **values) -> dict:
    """The form as somebody fills it in: everything done, signed by a typed name."""
    said = {}
    for pk in visit.links.values_list("anomaly_id", flat=True):
        said |= {f"action_{pk}": "done", f"comment_{pk}": "Hinge replaced"}
    return {
        "first_name": "Jean",
        "last_name": "Petit",
        "email": "jean@example.org",
        "action_comment": "Replaced the hinge",
        "comment": "All well",
        "typed_name": "Jean Petit",
        **said,
        **values,
    }


def sign(path: str, visit: Intervention, **values):
    return press(path, "sign", **statement(visit, **values))
