from scheduling.models.close import Close, Contest
from scheduling.models.community_service import CommunityService
from scheduling.models.settings import SchedulingSettings

__all__ = ["Close", "CommunityService", "Contest", "SchedulingSettings"]
