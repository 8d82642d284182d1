"""The days that an organization had decided move to the table of retentions, and back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.models import Retention
from tests.factories import make_organization

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def to():
    """Migrates scheduling to this point; the tables are as they are now again when the test ends."""
    yield lambda name: call_command("migrate", "scheduling", name, verbosity=0)
    call_command("migrate", verbosity=0)


def settings_then(name: str):
    state = MigrationExecutor(connection).loader.project_state([("scheduling", name)])
    return state.apps.get_model("scheduling", "SchedulingSettings").objects


def test_there_and_back(to):
    year, none, fresh = make_organization(), make_organization(), make_organization()
    to("0006")
    settings_then("0006_workdays").create(organization_id=year.pk, retention_days=365)
    settings_then("0006_workdays").create(organization_id=none.pk)
    to("0008")
    assert list(Retention.objects.values_list("organization", "kind", "days")) == [
        (year.pk, "closes_and_services", 365)
    ]
    Retention.objects.create(organization=fresh, kind="closes_and_services", days=40)
    Retention.objects.create(organization=fresh, kind="outbox_messages", days=9)
    to("0006")
    days = dict(settings_then("0006_workdays").values_list("organization", "retention_days"))
    assert days == {year.pk: 365, none.pk: None, fresh.pk: 40}
    assert list(Retention.objects.values_list("kind", flat=True)) == ["outbox_messages"]
