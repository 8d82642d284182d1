"""Reporting, changing and resolving anomalies, for every door. Atomic: locks, rules, write, audit."""

import re
from collections.abc import Collection, Sequence
from copy import copy
from datetime import datetime, timedelta
from functools import partial

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import apply_changes, check_all, check_fields, refuse, under_number
from core.errors import StateConflict
from core.events import record
from core.locks import atomic, hold
from core.models import Organization, User
from interventions import events, rules
from interventions.models import Anomaly, AnomalyStatus, Counter, Report
from interventions.services.numbers import next_numbers
from scheduling.job_rules import check_usable

Kind = Anomaly.Kind
# ISO 8601, from years to hours; what is longer than this is no delay.
DELAY = re.compile(
    r"P(?=\w)(?:(?P<weeks>\d{1,4})W|(?:(?P<years>\d{1,2})Y)?(?:(?P<months>\d{1,3})M)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?)",
    re.ASCII,
)
LONGEST_DELAY = timedelta(days=36600)
MOST_PRESCRIPTIONS = 500


@atomic
def report_observation(organization: Organization, values: dict, *, reported_by: User | None) -> Anomaly:
    """values: title, description, risk, site, location, comment, resolution_delay, observed_at, reporter, outside_ids,
    page_number, sort_order, already_reported. Raises ValidationError.
    """
    hold(values.values())
    anomaly = check_new(organization, values)
    anomaly.reported_by = reported_by
    _number(organization, [anomaly])
    anomaly.save()
    record(events.REPORTED, anomaly)
    return anomaly


@atomic
def add_prescriptions(
    organization: Organization, report_number: int, rows: Sequence[dict], *, reported_by: User | None
) -> list[Anomaly]:
    """All or nothing, under the report of this number, which the first ones create. Errors of one stand under its place
    in the list: `0.title`.
    """
    if not rows or len(rows) > MOST_PRESCRIPTIONS:
        refuse("__all__", "range", _("must be from 1 to %(most)d"), most=MOST_PRESCRIPTIONS)
    hold(value for values in rows for value in values.values())
    anomalies: list[Anomaly] = []
    check_all(
        *(
            partial(under_number, place, partial(_draft, organization, rows[place], anomalies))
            for place in range(len(rows))
        )
    )
    report, _made = Report.objects.get_or_create(organization=organization, number=report_number)
    _number(organization, anomalies)
    for anomaly in anomalies:
        anomaly.changed(report=report, reported_by=reported_by).save()
        record(events.REPORTED, anomaly)
    return anomalies


def _draft(organization: Organization, values: dict, anomalies: list[Anomaly]) -> None:
    anomalies.append(check_new(organization, values, Kind.PRESCRIPTION))


def check_new(organization: Organization, values: dict, kind: Kind = Kind.OBSERVATION) -> Anomaly:
    """The unsaved anomaly of these values, once every rule agrees; writes nothing."""
    anomaly = Anomaly(organization=organization, kind=kind, **values)
    _check(anomaly, {*values, "title", "site"})
    return anomaly


def _number(organization: Organization, anomalies: Sequence[Anomaly]) -> None:
    numbers = next_numbers(organization.pk, Counter.Name.ANOMALY, len(anomalies))
    for anomaly, number in zip(anomalies, numbers, strict=True):
        anomaly.number = number


@atomic
def update_anomaly(pk: int, values: dict, versions: Collection[int] | None = None) -> Anomaly:
    """values as of report_observation. Only what differs is checked and written."""
    anomaly = Anomaly.objects.locked(pk, versions)
    hold(values.values())
    if check_update(anomaly, values):
        anomaly.save()
        record(events.ANOMALY_UPDATED, anomaly)
    return anomaly


def check_update(anomaly: Anomaly, values: dict) -> set[str]:
    """Set the values, once every rule agrees; the names of what differs. Writes nothing."""
    changed = apply_changes(anomaly, values)
    _check(anomaly, changed)
    return changed


def check_changes(anomaly: Anomaly, values: dict) -> None:
    """Every rule that these values would break; the anomaly stays as it is."""
    check_update(copy(anomaly), values)


@atomic
def resolve_anomaly(
    pk: int, comment: str, *, user: User | None, values: dict | None = None, versions: Collection[int] | None = None
) -> Anomaly:
    """By hand, with what is changed in the same step. One that an open intervention holds is resolved by its
    verification. Raises StateConflict.
    """
    anomaly = Anomaly.objects.locked(pk, versions)
    hold((values or {}).values())
    check_update(anomaly, {**(values or {}), "resolved_comment": comment})
    check_status(anomaly, (AnomalyStatus.OPEN,))
    anomaly.changed(status=AnomalyStatus.RESOLVED, resolved_at=timezone.now(), resolved_by=user)
    anomaly.save()
    record(events.RESOLVED, anomaly)
    return anomaly


@atomic
def archive_anomaly(pk: int, versions: Collection[int] | None = None) -> Anomaly:
    """Out of the lists; one that an open intervention holds stays. Archived already: nothing changes."""
    anomaly = Anomaly.objects.locked(pk, versions)
    check_status(anomaly, (AnomalyStatus.OPEN, AnomalyStatus.RESOLVED))
    if anomaly.archived_at is None:
        anomaly.changed(archived_at=timezone.now()).save()
        record(events.ANOMALY_ARCHIVED, anomaly)
    return anomaly


def check_status(anomaly: Anomaly, allowed: Collection[AnomalyStatus]) -> None:
    if anomaly.status in allowed:
        return
    message = _("is %(status)s; this is for anomalies that are: %(allowed)s") % {
        "status": anomaly.get_status_display().lower(),
        "allowed": ", ".join(str(status.label).lower() for status in allowed),
    }
    raise StateConflict(message, [status.value for status in allowed])


# -- rules --------------------------------------------------------------------------------------------------


def _check(anomaly: Anomaly, changed: set[str]) -> None:
    checks = [lambda: check_fields(anomaly, changed)]
    if "site" in changed and anomaly.site_id:
        checks.append(lambda: check_usable("site", anomaly.organization_id, anomaly.site))
        checks.append(lambda: _check_not_awaited(anomaly))
    if "observed_at" in changed:
        checks.append(lambda: rules.check_moment("observed_at", anomaly.observed_at))
        checks.append(lambda: rules.check_past("observed_at", anomaly.observed_at, timezone.now()))
    if changed & {"observed_at", "resolution_delay"}:
        checks.append(lambda: _set_due(anomaly))
    check_all(*checks)


def _check_not_awaited(anomaly: Anomaly) -> None:
    """Who makes the visit was told where to go, and the report says where it was."""
    if anomaly.status in (AnomalyStatus.PLANNED, AnomalyStatus.TO_REVIEW):
        refuse("site", "held", _("cannot be changed while an open intervention has the anomaly"))


def _set_due(anomaly: Anomaly) -> None:
    """Counted by the organization's calendar: a month later is the same day and hour of the next month."""
    delay = read_delay(anomaly.resolution_delay)
    if delay is None or anomaly.observed_at is None:
        anomaly.due_at = None
        return
    anomaly.due_at = due_after(anomaly.observed_at, delay, anomaly.organization)


def due_after(observed_at: datetime, delay: relativedelta, organization: Organization) -> datetime | None:
    try:
        due_at = (observed_at.astimezone(organization.zone) + delay).astimezone(observed_at.tzinfo)
    except (OverflowError, ValueError):
        due_at = rules.LAST
    if due_at - observed_at > LONGEST_DELAY or due_at >= rules.LAST:
        refuse("resolution_delay", "range", _("is too long"))
    return due_at


def read_delay(text: str) -> relativedelta | None:
    """None for an empty one. Raises ValidationError."""
    if not text:
        return None
    found = DELAY.fullmatch(text)
    parts = {name: int(number) for name, number in found.groupdict().items() if number} if found else {}
    if not parts:
        refuse("resolution_delay", "invalid", _("must be an ISO 8601 duration, as P7D"))
    return relativedelta(**parts)
