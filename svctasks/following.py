"""What follows when an organization is made or its clocks change, and after each migration."""

from django.apps import apps
from django.db.models.signals import post_migrate
from django.utils import timezone

from core.models import Organization
from core.organizations import on_creation, on_zone_change
from svctasks.services import shipping, tasks


@on_creation
def give_scripts(organization: Organization) -> None:
    shipping.ship(organization)


@on_zone_change
def follow_clocks(organization: Organization, old_zone: str) -> None:
    tasks.rearm_local(organization, old_zone, timezone.now())


def give_scripts_of_this_release(plan=(), **_about) -> None:
    """The list is the code's own, so whoever migrates to a release gets its scripts; not who leaves it.

    Backwards, the tables have no longer what the code reads.
    """
    if any(is_backwards for _migration, is_backwards in plan):
        return
    for organization in Organization.objects.order_by("pk"):
        shipping.ship(organization)


post_migrate.connect(give_scripts_of_this_release, sender=apps.get_app_config("svctasks"))
