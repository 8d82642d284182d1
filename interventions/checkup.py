"""The doctor's checks of interventions, their anomalies and the time that they take."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from core.doctor import Finding, Level, of_rows, of_unreadable, register
from interventions.models import (
    AGREED,
    ENDED,
    OPEN,
    Anomaly,
    AnomalyStatus,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    Routine,
)
from scheduling.models import BusyInterval

BY_HAND = "No rule lets this be: a row was written past the services. "
Kind = BusyInterval.Kind


def check_links() -> Iterator[Finding]:
    """An anomaly is held by open interventions alone, and says so."""
    links = InterventionAnomaly.objects.all()
    held = links.filter(is_holding=True)
    mend = BY_HAND + "Set is_holding of the link as the intervention's state says."
    yield from of_rows(
        Level.ERROR, held.filter(intervention__status__in=ENDED), "an ended intervention holds an anomaly", mend
    )
    loose = links.filter(is_holding=False, intervention__status__in=OPEN)
    yield from of_rows(Level.ERROR, loose, "an open intervention does not hold its anomaly", mend)
    mend = BY_HAND + "Cancel the intervention, or set the anomaly's status."
    free = held.filter(anomaly__status__in=(AnomalyStatus.OPEN, AnomalyStatus.RESOLVED))
    yield from of_rows(Level.ERROR, free, "an anomaly in an open intervention is not planned", mend)
    lost = Anomaly.objects.filter(status__in=(AnomalyStatus.PLANNED, AnomalyStatus.TO_REVIEW))
    lost = lost.exclude(Exists(held.filter(anomaly=OuterRef("pk"))))
    yield from of_rows(Level.ERROR, lost, "an anomaly is planned, and in no open intervention", mend)


def check_time() -> Iterator[Finding]:
    """What an own employee is to make takes that person's time, and nothing else does."""
    mend = BY_HAND + "Change the dates of the intervention and back in the admin."
    taken = BusyInterval.objects.filter(kind=Kind.INTERVENTION, source_id=OuterRef("pk"))
    right = taken.filter(
        start=OuterRef("scheduled_start"), end=OuterRef("scheduled_end"), resource__user=OuterRef("assigned_user")
    )
    yield from of_rows(
        Level.ERROR, _taking().exclude(Exists(right)), "an intervention does not take its own time", mend
    )
    gone = BusyInterval.objects.filter(kind=Kind.INTERVENTION)
    gone = gone.exclude(Exists(_taking().filter(pk=OuterRef("source_id"))))
    yield from of_rows(Level.ERROR, gone, "busy time of interventions that take none", BY_HAND + "Delete the busy row.")


def _taking() -> QuerySet[Intervention]:
    return Intervention.objects.filter(
        status__in=AGREED, assigned_company_contact=None, assigned_user__isnull=False
    ).order_by()


def check_pins() -> Iterator[Finding]:
    """Ended ones have no code PIN any more; open ones have one, unless somebody walked in."""
    ended = Intervention.objects.filter(status__in=ENDED).exclude(pin_digest="")
    yield from of_rows(Level.ERROR, ended, "an ended intervention keeps its code PIN", BY_HAND + "Empty both columns.")
    coming = Intervention.objects.filter(
        status__in=(InterventionStatus.PLANNED, InterventionStatus.PROPOSED), pin_digest=""
    )
    mend = "Reject it in the admin and plan it anew: it gets a new one."
    yield from of_rows(Level.ERROR, coming, "an intervention to come has no code PIN", BY_HAND + mend)


def check_keys() -> Iterator[Finding]:
    """A code PIN that cannot be read lets nobody begin."""
    rows = Intervention.objects.exclude(pin_encrypted=b"")
    mend = "Add the earlier key behind the present one in ENCRYPTION_KEY, or cancel the intervention and plan another."
    yield from of_unreadable(rows, "pin_encrypted", "an intervention's code PIN cannot be decrypted", mend)


def check_states() -> Iterator[Finding]:
    """What is executed has its execution, and nothing else has."""
    signed = Q(status__in=(InterventionStatus.EXECUTED, InterventionStatus.VERIFIED, InterventionStatus.REJECTED))
    # One that was rejected and then cancelled keeps what was signed.
    coming = Q(status__in=(*AGREED, InterventionStatus.DRAFT, InterventionStatus.REFUSED), execution__isnull=False)
    odd = Intervention.objects.filter(Q(signed, execution=None) | coming)
    yield from of_rows(
        Level.ERROR, odd, "state and execution of an intervention disagree", BY_HAND + "See its history."
    )
    foreign = Intervention.objects.filter(execution__isnull=False).exclude(execution__intervention=F("pk"))
    yield from of_rows(Level.ERROR, foreign, "an intervention has another's execution", BY_HAND + "See its history.")


def check_routines() -> Iterator[Finding]:
    late = timedelta(days=1)
    stuck = Routine.objects.due_to_run().exclude(problem="")
    yield from of_rows(Level.WARNING, stuck, "a routine makes no visits", "Its page in the admin says why.")
    open_since = Intervention.objects.filter(
        status=InterventionStatus.IN_PROGRESS, actual_start__lt=timezone.now() - late
    )
    mend = "The provider came and never signed: call, or e-mail the signing link from its page."
    yield from of_rows(Level.WARNING, open_since, "an intervention is in progress for more than a day", mend)


register("intervention_anomalies", check_links)
register("intervention_times", check_time)
register("intervention_pins", check_pins)
register("intervention_pin_keys", check_keys)
register("intervention_states", check_states)
register("routines", check_routines)
