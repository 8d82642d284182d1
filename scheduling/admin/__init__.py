"""The staff's door to closes and community services."""

from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from scheduling.admin import board, closes, community_services, contests, settings  # noqa: F401

navigation.register(
    "community",
    _("Community service"),
    navigation.Item("scheduling.Close", "lock"),
    navigation.Item("scheduling.CommunityService", "broom"),
    navigation.Item("scheduling.Contest", "scale"),
    order=10,
)
navigation.register("setup", _("Set-up"), navigation.Item("scheduling.SchedulingSettings", "gear"), order=80)
