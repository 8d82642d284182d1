"""The purge deletes credentials of the register that are worth nothing any more, and no others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interventions.models import InterventionStatus, PinTries, Session, SignatureUpload
from interventions.services.executing import Signed, announce_upload
from tests.core.purging import ago, purge_twice
from tests.factories import make_client
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    return Register()


def test_sessions_that_expired_or_were_closed_a_day_ago(register):
    who = {"application": make_client(register.town), "organization": register.town, "user": register.bruno}
    soon = timezone.now() + timedelta(hours=1)
    kept = [Session.objects.create(**who, expires_at=soon), Session.objects.create(**who, expires_at=ago(hours=1))]
    Session.objects.create(**who, expires_at=ago(days=2))
    Session.objects.create(**who, expires_at=soon, revoked_at=ago(days=2))
    purge_twice(intervention_sessions=2)
    assert list(Session.objects.order_by("id")) == kept


def test_announced_signatures_that_never_came(register):
    visit = register.in_state(InterventionStatus.IN_PROGRESS)
    for _ in range(2):
        announce_upload(visit.pk, Signed("Jean", "Petit"), size=100)
    old = SignatureUpload.objects.earliest("id")
    SignatureUpload.objects.filter(pk=old.pk).update(expires_at=ago(days=2))
    purge_twice(signature_uploads=1)
    assert SignatureUpload.objects.count() == 1


def test_wrong_pins_whose_lock_is_long_over():
    locked = PinTries.objects.create(door="1/2", since=ago(days=3), locked_until=ago(days=-1))
    PinTries.objects.create(door="1/3", since=ago(days=3), locked_until=ago(days=3))
    PinTries.objects.create(door="1", since=ago(days=3))
    purge_twice(pin_tries=2)
    assert PinTries.objects.get() == locked
