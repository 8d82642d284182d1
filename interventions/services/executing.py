"""The provider says what was done and signs. Atomic: lock, rules, write, audit, outbox."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import check_all, check_fields, refuse
from core.locks import atomic, hold
from core.models import Organization, User
from interventions import emails, rules
from interventions.models import (
    AnomalyStatus,
    CompanyContact,
    Execution,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    SignatureUpload,
    Site,
)
from interventions.services.pins import give_pin
from interventions.services.steps import enter, links_of, lock_intervention, mark_anomalies
from interventions.signatures import MAX_BYTES, checked_png
from interventions.states import Action, check_action

UPLOAD_LIFETIME = timedelta(minutes=15)
ProviderAction = InterventionAnomaly.ProviderAction
# What an unplanned visit is given beside its own length, as it must end after it starts.
SHORTEST = timedelta(minutes=1)


class Outcome(NamedTuple):
    anomaly_id: int
    action: str
    comment: str = ""


@dataclass(frozen=True)
class Signed:
    """What the provider states under the signature."""

    first_name: str
    last_name: str
    email: str = ""
    action_comment: str = ""
    comment: str = ""
    anomalies: Sequence[Outcome] = field(default_factory=tuple)


@atomic
def execute(
    pk: int, signed: Signed, *, image: bytes = b"", typed_name: str = "", user: User | None = None
) -> Intervention:
    """in progress → executed, with a signature drawn (PNG) or a typed name. `user`: who is known to have done the work.

    Done anomalies are to review, and the manager is told. Raises ValidationError and StateConflict.
    """
    intervention = lock_intervention(pk)
    check_action(intervention, Action.EXECUTE)
    links = links_of(intervention)
    execution = _execution(intervention, signed, typed_name, user)
    check_all(
        lambda: _check(execution, signed, links),
        lambda: _sign(execution, image),
    )
    return _finish(intervention, execution, links, signed)


def check_execution(intervention: Intervention, signed: Signed) -> None:
    """Every rule that these values break, whatever the signature will be; writes nothing."""
    check_action(intervention, Action.EXECUTE)
    _check(_execution(intervention, signed, "", None), signed, list(intervention.links.all()))


def _execution(intervention: Intervention, signed: Signed, typed_name: str, user: User | None) -> Execution:
    now = timezone.now()
    own_person = None if intervention.assigned_company_contact_id else intervention.assigned_user
    values = {name: value for name, value in asdict(signed).items() if name != "anomalies"}
    return Execution(
        intervention=intervention,
        started_at=intervention.actual_start or now,
        done_at=now,
        user=user or own_person,
        typed_name=typed_name,
        outcomes=[
            {"anomaly": one.anomaly_id, "action": one.action, "comment": one.comment} for one in signed.anomalies
        ],
        **values,
    )


def _check(execution: Execution, signed: Signed, links: Collection[InterventionAnomaly]) -> None:
    fields = {"first_name", "last_name", "email", "action_comment", "comment", "typed_name"}
    check_all(
        lambda: check_fields(execution, fields),
        lambda: rules.check_outcomes([one.anomaly_id for one in signed.anomalies], links),
        *(lambda one=one: rules.check_comment("anomalies", one.comment) for one in signed.anomalies),
    )


def _sign(execution: Execution, image: bytes) -> None:
    if not image and not execution.typed_name.strip():
        refuse("signature", "required", _("must be given"))
    execution.signature = checked_png(image) if image else b""


def _finish(
    intervention: Intervention, execution: Execution, links: list[InterventionAnomaly], signed: Signed
) -> Intervention:
    execution.save()
    said = {one.anomaly_id: one for one in signed.anomalies}
    for link in links:
        if one := said.get(link.anomaly_id):
            link.provider_action, link.comment = one.action, one.comment
            link.save()
    mark_anomalies(AnomalyStatus.TO_REVIEW, [one for one in links if one.provider_action == ProviderAction.DONE])
    intervention.changed(execution=execution, actual_start=execution.started_at, actual_end=execution.done_at)
    enter(intervention, InterventionStatus.EXECUTED, signed.comment, execution.provider_name)
    emails.queue_to_verify(intervention)
    return intervention


# -- a signature that arrives later [contract 30] -----------------------------------------------------------


@atomic
def announce_upload(pk: int, signed: Signed, *, size: int, user: User | None = None) -> str:
    """The one-time token of the address that the image is put to; the execution takes place with it."""
    intervention = lock_intervention(pk)
    check_execution(intervention, signed)
    if not 0 < size <= MAX_BYTES:
        refuse("signature.size", "range", _("must be from 1 to %(most)d"), most=MAX_BYTES)
    token, now = secrets.token_urlsafe(32), timezone.now()
    SignatureUpload.objects.create(
        intervention=intervention,
        token_digest=_digest(token),
        size=size,
        values=asdict(signed),
        user=user,
        created_at=now,
        expires_at=now + UPLOAD_LIFETIME,
    )
    return token


def upload_of(token: str, now: datetime | None = None) -> SignatureUpload | None:
    """None for one that never was, was used, or is too old: the same to the caller."""
    found = SignatureUpload.objects.filter(token_digest=_digest(token)).first()
    return found if found and found.is_usable(now or timezone.now()) else None


@atomic
def receive_upload(token: str, content: bytes) -> Intervention:
    """Raises SignatureUpload.DoesNotExist for a token that does not hold; a refused image leaves it usable."""
    upload = _lock_upload(token)
    if not upload.is_usable(timezone.now()):
        raise SignatureUpload.DoesNotExist
    if len(content) != upload.size:
        refuse("signature", "size", _("must have the announced size of %(size)d bytes"), size=upload.size)
    values = dict(upload.values)
    outcomes = [Outcome(*one) for one in values.pop("anomalies")]
    upload.used_at = timezone.now()
    upload.save()
    return execute(upload.intervention_id, Signed(**values, anomalies=outcomes), image=content, user=upload.user)


def _lock_upload(token: str) -> SignatureUpload:
    """After its intervention, as whoever ends that one ends its uploads too. Raises DoesNotExist."""
    uploads = SignatureUpload.objects.filter(token_digest=_digest(token))
    Intervention.objects.locked(uploads.get().intervention_id)
    return uploads.select_for_update().get()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


# -- a provider who walks in --------------------------------------------------------------------------------


@atomic
def create_unplanned(
    organization: Organization,
    sites: Sequence[Site],
    signed: Signed,
    *,
    actual_start: datetime,
    image: bytes | None,
    company_contact: CompanyContact | None = None,
    outside_ids: dict | None = None,
    created_by: User | None,
) -> Intervention:
    """A preventive visit that was not planned, executed at once: person, sites and signature in one.

    image None: it is announced and arrives later, and the visit is in progress until then.
    """
    now = timezone.now()
    hold([*sites, company_contact])
    visit = Intervention(
        organization=organization,
        kind=Intervention.Kind.PREVENTIVE,
        creation_status=Intervention.CreationStatus.CONFIRMED,
        scheduled_start=actual_start,
        # A start that is refused below may be the last moment that there is.
        scheduled_end=max(now, min(actual_start, now + SHORTEST) + SHORTEST),
        actual_start=actual_start,
        assigned_company_contact=company_contact,
        created_by=created_by,
        outside_ids=outside_ids or {},
    )
    execution = _execution(visit, signed, "", None)
    check_all(
        lambda: rules.check_moment("actual_start", actual_start),
        lambda: rules.check_past("actual_start", actual_start, now),
        lambda: rules.check_sites(organization.pk, sites),
        lambda: rules.check_assignees(visit, {"assigned_company_contact"}),
        lambda: _check(execution, signed, []),
        lambda: None if image is None else _sign(execution, image),
    )
    if image is None:
        # An image that never arrives leaves a visit that must be executable in another way.
        give_pin(visit)
    enter(visit, InterventionStatus.IN_PROGRESS, by=execution.provider_name)
    visit.sites.set(sites)
    return visit if image is None else _finish(visit, execution, [], signed)
