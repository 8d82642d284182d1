"""Every change of calendar sets, for every door [contract 40]."""

from appointments.models import CalendarSet
from appointments.services.living_rows import LivingRows


class CalendarSets(LivingRows):
    """values: name, publicname, sort, is_deleted. The calendars of one that is deleted keep it, for a restore."""

    model = CalendarSet


CALENDAR_SETS = CalendarSets()
