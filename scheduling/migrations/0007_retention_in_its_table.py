"""What was decided moves to the table of retentions; reversible, and may run again."""

from django.db import migrations
from django.utils import timezone

KIND = "closes_and_services"


def move(apps, schema_editor):
    retentions = apps.get_model("core", "Retention").objects
    rows = apps.get_model("scheduling", "SchedulingSettings").objects.exclude(retention_days=None)
    now = timezone.now()
    for organization_id, days in rows.values_list("organization_id", "retention_days").iterator():
        dated = {"days": days, "created_at": now, "updated_at": now}
        retentions.get_or_create(organization_id=organization_id, kind=KIND, defaults=dated)


def move_back(apps, schema_editor):
    retentions = apps.get_model("core", "Retention").objects.filter(kind=KIND)
    settings = apps.get_model("scheduling", "SchedulingSettings").objects
    for organization_id, days in retentions.values_list("organization_id", "days"):
        settings.get_or_create(organization_id=organization_id)
        settings.filter(organization_id=organization_id).update(retention_days=days)
    retentions.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_retention"),
        ("scheduling", "0006_workdays"),
    ]

    operations = [migrations.RunPython(move, move_back)]
