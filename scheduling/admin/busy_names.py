"""What takes somebody's time, called as its own card and its own list call it, and when."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo

from django.db.models import prefetch_related_objects
from django.urls import reverse

from core.admin.display import local_span
from scheduling.intervals import Interval
from scheduling.models import BusyInterval, CommunityService, Job

Kind = BusyInterval.Kind
# A BusyInterval.Kind, and the id of what takes the time.
Source = tuple[str, int]
# What the rows of these ids are called, by id.
Titles = Callable[[set[int]], dict[int, str]]
# Of each kind: whose own page shows what takes the time; what it is called where that is more than its number.
_pages: dict[str, str] = {}
_titles: dict[str, Titles] = {}


def register(kind: str, page: str, titles: Titles | None = None) -> None:
    """Each app names its own duties. `page`: the name of an address that takes an id."""
    _pages[kind] = page
    if titles:
        _titles[kind] = titles


def job_title(pk: int, reference: str, contact: str) -> str:
    """ "J-2 Bakery Dupont"; its number where it has no reference."""
    return f"{reference or f'#{pk}'} {contact}"


def titles_of(sources: Iterable[Source], known: Mapping[Source, str] | None = None) -> dict[Source, str]:
    """What each is called; asked once for each kind, and not for what is `known`."""
    titles = dict(known or {})
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, pk in set(sources) - set(titles):
        label = str(Kind(kind).label)
        titles[kind, pk] = label if kind == Kind.ABSENCE else f"{label} #{pk}"
        wanted[kind].add(pk)
    for kind, name in _titles.items():
        if wanted[kind]:
            titles |= {(kind, pk): title for pk, title in name(wanted[kind]).items()}
    return titles


def _titles_of_jobs(pks: set[int]) -> dict[int, str]:
    jobs = Job.objects.filter(pk__in=pks).values_list("pk", "reference", "contact__name")
    return {job[0]: job_title(*job) for job in jobs}


def _titles_of_services(pks: set[int]) -> dict[int, str]:
    label = str(Kind.COMMUNITY_SERVICE.label)
    return {pk: f"{label} {one}" for pk, one in CommunityService.objects.in_bulk(pks).items()}


register(Kind.ABSENCE, "admin:scheduling_absence_change")
register(Kind.JOB, "admin:scheduling_job_change", _titles_of_jobs)
register(Kind.COMMUNITY_SERVICE, "admin:scheduling_communityservice_change", _titles_of_services)


def in_time(title: str, interval: Interval, resource: str, zone: tzinfo | None) -> str:
    """As in: J-2 Bakery Dupont, the 24 Nov from 10:30 to 11:30 (Ann)."""
    return f"{title}, {local_span(*interval, zone)} ({resource})"


def names_of(found: Iterable[BusyInterval], zone: tzinfo | None) -> list[str]:
    """Of each."""
    rows = list(found)
    prefetch_related_objects(rows, "resource")
    titles = titles_of((one.kind, one.source_id) for one in rows)
    return [
        in_time(titles[one.kind, one.source_id], Interval(one.start, one.end), str(one.resource), zone) for one in rows
    ]


def url_of(source: Source) -> str:
    """The page of what takes the time; empty where it has none."""
    kind, pk = source
    return reverse(_pages[kind], args=[pk]) if kind in _pages else ""
