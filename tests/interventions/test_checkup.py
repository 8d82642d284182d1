"""What the doctor says of interventions."""

import pytest

from core.crypto import encrypt
from interventions.services.pins import digest_of
from tests.core.examining import examine, healthy_organization, only_finding, stand_alone
from tests.intervention_factories import make_company_contact, make_intervention

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(settings, tmp_path):
    stand_alone(settings, tmp_path)
    return healthy_organization()


def test_a_code_pin_that_no_present_key_decrypts(town, settings):
    provider = make_company_contact(town)
    pin = {"pin_encrypted": encrypt(b"123456"), "pin_digest": digest_of(123456)}
    planned = make_intervention(town, assigned_company_contact=provider, **pin)
    make_intervention(town, status="cancelled", assigned_company_contact=provider)
    assert examine() == (0, [])
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["another key"]
    finding = only_finding("intervention_pin_keys", "error")
    assert finding["what"] == f"1 × an intervention's code PIN cannot be decrypted (id {planned.pk})"
    settings.ENCRYPTION_KEYS = ["another key", *old]
    assert examine() == (0, [])
