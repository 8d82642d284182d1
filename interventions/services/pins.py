"""The code PIN: proves that the provider is on site [contract 30]."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from core.crypto import InvalidToken, decrypt, encrypt
from core.locks import atomic
from interventions.models import Intervention, InterventionStatus, PinTries
from interventions.services.steps import RELATED, enter, lock_intervention
from interventions.states import Action, can

FIRST, LAST = 100_000, 999_999
# Wrong tries that lock an intervention's door, and for how long at first and at most.
TRIES, LOCK, LONGEST_LOCK = 5, timedelta(minutes=15), timedelta(hours=24)
# Wrong tries within an hour that lock an application's.
DOOR_TRIES, DOOR_PERIOD = 20, timedelta(hours=1)
PAGE = "page"
OPEN_TO_PIN = (InterventionStatus.PLANNED, InterventionStatus.IN_PROGRESS)


class WrongPin(Exception):
    """Wrong id, ended visit, wrong PIN, locked door: one and the same to the caller."""


def give_pin(intervention: Intervention) -> None:
    """A new one; the caller saves. Two open interventions of an organization never have the same."""
    while True:
        pin = FIRST + secrets.randbelow(LAST - FIRST + 1)
        digest = digest_of(pin)
        taken = Intervention.objects.filter(organization=intervention.organization_id, pin_digest=digest)
        if not taken.exists():
            break
    intervention.pin_encrypted, intervention.pin_digest = encrypt(str(pin).encode()), digest


def take_pin(intervention: Intervention) -> None:
    """None any more; the caller saves."""
    intervention.pin_encrypted, intervention.pin_digest = b"", ""


def pin_of(intervention: Intervention) -> int | None:
    """None once it ended, and where the key that it was encrypted with is gone."""
    try:
        return int(decrypt(bytes(intervention.pin_encrypted))) if intervention.pin_encrypted else None
    except InvalidToken:
        return None


def digest_of(pin: int) -> str:
    """Keyed, as a million numbers are tried in no time."""
    return salted_hmac("dutyboard.intervention.pin", str(pin), algorithm="sha256").hexdigest()


def begin_with_pin(
    pk: int, pin: int | str, *, application_id: int | None = None, organization_ids: Collection[int] = ()
) -> Intervention:
    """The provider is on site: planned → in progress; one in progress stays so, as a phone may be opened again.

    Through an application it is one of that application's organizations; without, it is the provider's own page, whose
    signed link has said which intervention, and which counts apart. Raises WrongPin.
    """
    doors = [f"{application_id}", f"{application_id}/{pk}"] if application_id else [f"{PAGE}/{pk}"]
    with atomic():
        tries = _lock_doors(doors, pk)
        intervention = _find(pk, organization_ids if application_id else None)
        matches = _matches(intervention, pin)
        if matches and intervention and not any(_is_locked(one) for one in tries):
            return _begin(intervention, tries)
        _count(tries)
    raise WrongPin


def _begin(intervention: Intervention, doors: list[PinTries]) -> Intervention:
    PinTries.objects.filter(pk__in=[tries.pk for tries in doors if "/" in tries.pk]).delete()
    if can(intervention, Action.BEGIN):
        intervention.actual_start = timezone.now()
        enter(intervention, InterventionStatus.IN_PROGRESS, by=provider_of(intervention))
    return intervention


def provider_of(intervention: Intervention) -> str:
    """Who the timeline says it was, where no user is known."""
    assignee = intervention.assigned_company_contact
    if assignee is not None:
        return str(assignee)
    return intervention.assigned_user.full_name if intervention.assigned_user else _("provider")


def _find(pk: int, organization_ids: Collection[int] | None) -> Intervention | None:
    """None for a foreign one, after the same work; an id that never was takes as many look-ups as any."""
    try:
        found = lock_intervention(pk)
    except Intervention.DoesNotExist:
        return Intervention.objects.select_related(*RELATED).filter(pk=pk).first()
    return found if organization_ids is None or found.organization_id in organization_ids else None


def _matches(intervention: Intervention | None, pin: int | str) -> bool:
    """The same work whether or not there is one."""
    is_usable = intervention is not None and intervention.status in OPEN_TO_PIN and intervention.pin_encrypted
    stored = pin_of(intervention if is_usable and intervention else Intervention(pin_encrypted=_decoy()))
    digests = (sha256(ascii(one).encode()).digest() for one in (str(pin), str(stored)))
    return constant_time_compare(*digests) and bool(is_usable) and stored is not None


@cache
def _decoy() -> bytes:
    """What is decrypted where there is nothing to decrypt."""
    return encrypt(str(FIRST).encode())


# -- counting -----------------------------------------------------------------------------------------------


def _lock_doors(doors: list[str], pk: int) -> list[PinTries]:
    """The application's first. Behind a locked one no other is looked at, so that whoever tries ids leaves no rows."""
    found: list[PinTries] = []
    for door in doors:
        found.append(_lock_door(door, pk))
        if _is_locked(found[-1]):
            break
    return found


def _lock_door(door: str, pk: int) -> PinTries:
    exists = "/" in door and Intervention.objects.filter(pk=pk).exists()
    row = PinTries(door=door, intervention_id=pk if exists else None)
    own = PinTries.objects.select_for_update().filter(pk=door)
    found = None
    # One that was there is gone where another call, which had the lock, forgot it.
    while found is None:
        PinTries.objects.bulk_create([row], ignore_conflicts=True)
        found = own.first()
    return found


def _is_locked(tries: PinTries, now: datetime | None = None) -> bool:
    return tries.locked_until is not None and (now or timezone.now()) < tries.locked_until


def _count(doors: list[PinTries]) -> None:
    now = timezone.now()
    for tries in doors:
        if not _is_locked(tries, now):
            _count_one(tries, now)
        tries.save()


def _count_one(tries: PinTries, now: datetime) -> None:
    is_of_application = "/" not in tries.door
    if is_of_application and now - tries.since >= DOOR_PERIOD:
        tries.wrong, tries.since = 0, now
    tries.wrong += 1
    if is_of_application and tries.wrong >= DOOR_TRIES:
        tries.wrong, tries.locked_until, tries.since = 0, now + DOOR_PERIOD, now
    elif not is_of_application and tries.wrong >= TRIES:
        tries.locked_until = now + min(LOCK * 2**tries.locks, LONGEST_LOCK)
        tries.wrong, tries.locks = 0, tries.locks + 1
