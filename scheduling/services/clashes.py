"""What shares a person's time: told of any kind of duty by its busy rows."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from scheduling.intervals import Interval
from scheduling.models import BusyInterval
from scheduling.services.busy import Source


def clashing(kind: str) -> QuerySet[BusyInterval]:
    """The busy rows of an outer query's row, which is of this kind, with which something else shares time."""
    own = BusyInterval.objects.filter(kind=kind, source_id=OuterRef("pk"))
    return own.filter(Exists(BusyInterval.objects.clashing_with_outer()))


def in_clash(kind: str) -> Subquery:
    """For an annotation of rows of this kind: set where something else takes some of the same time.

    No Exists: PostgreSQL would look at all rows there ever were for the few of a page.
    """
    return Subquery(clashing(kind).order_by().values("pk")[:1])


def clashes_of(source: Source) -> list[BusyInterval]:
    """What else takes some of the time that this takes of one person, in order."""
    own = BusyInterval.objects.of(*source).first()
    if own is None:
        return []
    return list(BusyInterval.objects.clashing([own.resource_id], Interval(own.start, own.end), *source))
