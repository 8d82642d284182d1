"""Community services that were dated before take their students' time too."""

from datetime import timedelta

from django.db import migrations

BATCH = 500


def take(apps, schema_editor):
    services = apps.get_model("scheduling", "CommunityService").objects.exclude(close=None).exclude(schedule_at=None)
    kept = services.exclude(state="invalidated").exclude(occupation="anonymised").select_related("close__user")
    busy = apps.get_model("scheduling", "BusyInterval").objects
    resources: dict = {}
    taken = (interval(apps, service, resources) for service in kept.order_by("pk").iterator(BATCH))
    busy.bulk_create(list(taken), BATCH)


def interval(apps, service, resources):
    return apps.get_model("scheduling", "BusyInterval")(
        organization_id=service.organization_id,
        resource=resource_of(apps, service, resources),
        start=service.schedule_at,
        end=service.schedule_at + timedelta(seconds=service.duration),
        kind="community_service",
        source_id=service.pk,
    )


def resource_of(apps, service, resources):
    """The student's, made when first needed."""
    user = service.close.user
    key = service.organization_id, user.pk
    if key not in resources:
        name = f"{user.first_name} {user.last_name}".strip() or user.login
        resources[key], _made = apps.get_model("scheduling", "Resource").objects.get_or_create(
            organization_id=key[0], user=user, defaults={"name": name[:120], "is_archived": True}
        )
    return resources[key]


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0003_no_two_hard_busy_times")]

    operations = [migrations.RunPython(take, migrations.RunPython.noop)]
