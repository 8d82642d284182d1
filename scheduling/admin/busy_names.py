"""What takes somebody's time, called as its own card and its own list call it, and when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import tzinfo

from django.db.models import prefetch_related_objects
from django.urls import reverse

from core.admin.display import local_span
from scheduling.intervals import Interval
from scheduling.models import BusyInterval, CommunityService, Job

Kind = BusyInterval.Kind
# A BusyInterval.Kind, and the id of what takes the time.
Source = tuple[str, int]
# Whose own page shows what takes the time.
PAGES: dict[str, str] = {
    Kind.JOB: "admin:scheduling_job_change",
    Kind.ABSENCE: "admin:scheduling_absence_change",
    Kind.COMMUNITY_SERVICE: "admin:scheduling_communityservice_change",
}


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
    if pks := wanted[Kind.JOB]:
        jobs = Job.objects.filter(pk__in=pks).values_list("pk", "reference", "contact__name")
        titles |= {(Kind.JOB, job[0]): job_title(*job) for job in jobs}
    if pks := wanted[Kind.COMMUNITY_SERVICE]:
        label = str(Kind.COMMUNITY_SERVICE.label)
        services = CommunityService.objects.in_bulk(pks).items()
        titles |= {(Kind.COMMUNITY_SERVICE, pk): f"{label} {one}" for pk, one in services}
    return titles


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
    return reverse(PAGES[kind], args=[pk]) if kind in PAGES else ""
