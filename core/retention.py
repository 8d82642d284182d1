"""How long each kind of data is kept, by organization: the kinds that there are, and what one decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.changes import check_all, refuse
from core.errors import StaleVersion
from core.locks import atomic
from core.models import Organization, Retention

Text = str | Promise
# Longer than anything that an organization keeps: a hundred years.
CENTURY = 36525


@dataclass(frozen=True)
class Kind:
    """`default`: days; None: kept for ever. `fixed`: how long, in words, where no organization decides."""

    name: str
    title: Text
    default: int | None = None
    lowest: int = 1
    highest: int = CENTURY
    fixed: Text = ""


_kinds: dict[str, Kind] = {}


def add_kind(kind: Kind) -> Kind:
    """Several purges may be of one kind."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of data are named {kind.name!r}")
    return kind


def kinds() -> list[Kind]:
    """Those that an organization decides about first."""
    return sorted(_kinds.values(), key=lambda kind: bool(kind.fixed))


def own_days(organization: Organization) -> dict[str, int]:
    """What the organization decided, by the kind's name."""
    return dict(Retention.objects.filter(organization=organization).values_list("kind", "days"))


def deadlines(kind: Kind, organization: Organization | None = None) -> Iterator[tuple[int, datetime]]:
    """(organization's id, the instant before which its rows of this kind are old), where they are not kept for ever.

    Of one, or of all.
    """
    now = timezone.now()
    places = Organization.objects.filter(pk=organization.pk) if organization else Organization.objects.all()
    own = dict(Retention.objects.filter(kind=kind.name).values_list("organization", "days"))
    for pk in places.order_by("pk").values_list("pk", flat=True):
        days = own.get(pk, kind.default)
        if days is not None:
            yield pk, now - timedelta(days=days)


@atomic
def decide(organization: Organization, wanted: Mapping[str, int | None], seen: Mapping[str, int] | None = None) -> None:
    """wanted: days by the kind's name, None for the default; kinds that are not named stay.

    `seen`: what was decided when it was looked at. Raises ValidationError by kind, StaleVersion.
    """
    Organization.objects.locked(organization.pk)
    rows = {row.kind: row for row in Retention.objects.filter(organization=organization)}
    if seen is not None and {name: row.days for name, row in rows.items()} != dict(seen):
        raise StaleVersion
    check_all(*(lambda name=name, days=days: _check(name, days) for name, days in wanted.items()))
    for name, days in wanted.items():
        _write(organization, name, days, rows.get(name))


def _check(name: str, days: int | None) -> None:
    kind = _kinds.get(name)
    if kind is None or kind.fixed:
        raise ValidationError({name: ValidationError(_("is no kind of data to decide about"), code="unknown")})
    if days is not None and not kind.lowest <= days <= kind.highest:
        message = _("must be from %(lowest)d to %(highest)d days")
        refuse(name, "range", message, lowest=kind.lowest, highest=kind.highest)


def _write(organization: Organization, name: str, days: int | None, row: Retention | None) -> None:
    if days is None:
        if row:
            row.delete()
    elif row is None:
        Retention.objects.create(organization=organization, kind=name, days=days)
    elif row.days != days:
        row.changed(days=days).save()
