"""Words and numbers of the wire → words of the inside [contract 50]."""

from collections.abc import Mapping

from scheduling.models import Workday
from scheduling.models.timetable import Hours
from svctasks.models import ServiceTask

Mode, Schedule, Kind = ServiceTask.SiteMode, ServiceTask.Schedule, Workday.Kind


def _words(*pairs: tuple) -> dict:
    return {wire: str(word) for wire, word in pairs}


SITE_MODES: dict[str, str] = _words(
    *(("all", Mode.ALL), ("any", Mode.ANY), ("listed", Mode.LISTED)),
    *(("anylisted", Mode.ANY_LISTED), ("firstsite", Mode.FIRST)),
)
SCHEDULES: dict[str, str] = _words(
    *(("all", Schedule.ALWAYS), ("work", Schedule.WORK)),
    *(("nonwork", Schedule.NON_WORK), ("individual", Schedule.INDIVIDUAL)),
)
CLOCKS: dict[str, str] = _words(("utc", ServiceTask.Clock.UTC), ("local", ServiceTask.Clock.LOCAL))
DAY_KINDS: dict[int, str] = _words((0, Kind.OFF), (1, Kind.LIKE_WEEKDAY), (2, Kind.OWN_HOURS))
# 0: like none; Monday is 1.
WEEKDAYS: dict[int, str] = {0: "", **_words(*enumerate(Hours.Weekday.values, 1))}


def wire_word(words: Mapping, word: str):
    return next(wire for wire, inside in words.items() if inside == word)
