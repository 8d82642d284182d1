"""Rules that need other rows or the clock, called by the services after their locks [contract 30]."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.changes import check_all, refuse
from core.errors import StateConflict
from core.models import Role, User
from interventions.models import Anomaly, Intervention, InterventionAnomaly, InterventionStatus, Routine, Site
from interventions.models.texts import LONG
from scheduling.job_rules import check_usable

# Instants that every time zone can tell.
FIRST, LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
MOST_ANOMALIES, MOST_SITES = 500, 100
LONGEST = timedelta(days=366)
To = Intervention.CreationStatus


def check_dates(start: datetime | None, end: datetime | None) -> None:
    check_all(
        lambda: check_moment("scheduled_start", start),
        lambda: check_moment("scheduled_end", end),
    )
    if start is None or end is None:
        return
    if end <= start:
        refuse("scheduled_end", "order", _("must end after it starts"))
    if end - start > LONGEST:
        refuse("scheduled_end", "too_long", _("must be at most %(days)d days after the start"), days=LONGEST.days)


def check_moment(field: str, moment: datetime | None) -> None:
    if moment is not None and not FIRST <= moment <= LAST:
        refuse(field, "range", _("is too far away"))


def check_past(field: str, moment: datetime | None, now: datetime) -> None:
    """What is told to have happened has happened; a minute is left for clocks that differ."""
    if moment is not None and moment > now + timedelta(minutes=1):
        refuse(field, "future", _("must not lie in the future"))


def check_assignees(intervention: Intervention, changed: set[str]) -> None:
    """Whoever is newly named is in use there; to agree on a date needs a provider to agree with."""
    contact = intervention.assigned_company_contact
    checks = []
    if "assigned_company_contact" in changed:
        checks.append(lambda: check_usable("assigned_company_contact", intervention.organization_id, contact))
    if "assigned_user" in changed:
        checks.append(lambda: check_member("assigned_user", intervention.organization_id, intervention.assigned_user))
    check_all(*checks)
    # Later the date was agreed, or refused.
    is_open = intervention.status in (InterventionStatus.DRAFT, InterventionStatus.PROPOSED)
    if is_open and changed & {"creation_status", "assigned_company_contact"}:
        check_agreeable(intervention)


def check_new_dates(changed: Collection[str]) -> None:
    """Whom the date did not suit is asked for another one."""
    if not {"scheduled_start", "scheduled_end"} & set(changed):
        refuse("scheduled_start", "required", _("must be a new date: the provider refused this one"))


def check_agreeable(intervention: Intervention) -> None:
    if intervention.creation_status == To.TO_AGREE and intervention.assigned_company_contact is None:
        refuse("assigned_company_contact", "required", _("must be given: there is nobody to agree with"))


def check_member(field: str, organization_id: int, user: User | None) -> None:
    """Staff of the organization."""
    members = User.objects.members_of(organization_id, Role.BASIC_STAFF)
    if user is not None and not members.filter(pk=user.pk).exists():
        refuse(field, "must_exist", _("must exist"))


def check_in_use(routine: Routine) -> None:
    """An archived one makes no more visits, by hand neither."""
    if routine.archived_at is not None:
        refuse("routine", "archived", _("is archived"))


def check_sites(organization_id: int, sites: Sequence[Site]) -> None:
    if not sites:
        refuse("sites", "required", _("must have at least one item"))
    if len(sites) > MOST_SITES:
        refuse("sites", "too_many", _("must be at most %(number)d"), number=MOST_SITES)
    for site in sites:
        check_usable("sites", organization_id, site)


def check_anomalies(ids: Sequence[int], found: Sequence[Anomaly]) -> None:
    """Each exists there, and is neither resolved nor archived; `found` are the organization's rows, locked."""
    if not ids:
        refuse("anomaly_ids", "required", _("must have at least one item"))
    if len(ids) > MOST_ANOMALIES:
        refuse("anomaly_ids", "too_many", _("must be at most %(number)d"), number=MOST_ANOMALIES)
    usable = {row.pk for row in found if not row.is_resolved and row.archived_at is None}
    if unusable := [pk for pk in ids if pk not in usable]:
        message = _("cannot be used, they do not exist or are resolved or archived: %(ids)s")
        refuse("anomaly_ids", "must_exist", message, ids=listed(unusable))


class AnomaliesHeld(StateConflict):
    """Another open intervention has them; `ids` says which."""

    def __init__(self, ids: Collection[int]) -> None:
        self.ids = sorted(ids)
        super().__init__(_("held by another open intervention: %(ids)s") % {"ids": listed(self.ids)}, [])


def check_not_held(ids: Collection[int], but: Intervention | None = None) -> None:
    """Raises AnomaliesHeld. The anomalies are locked, so the answer holds."""
    held = InterventionAnomaly.objects.filter(anomaly_id__in=ids, is_holding=True)
    if found := list(held.exclude(intervention=but).values_list("anomaly_id", flat=True)):
        raise AnomaliesHeld(found)


def listed(ids: Collection[int]) -> str:
    return ", ".join(map(str, ids))


def check_comment(field: str, text: str) -> None:
    """A comment that is no field of a form's model."""
    try:
        for check in LONG:
            check(text)
    except ValidationError as error:
        raise ValidationError({field: error}) from None


def check_outcomes(given: Collection[int], links: Collection[InterventionAnomaly]) -> None:
    """What is said of anomalies is said of the intervention's own, once each."""
    known = {link.anomaly_id for link in links}
    if unknown := [pk for pk in given if pk not in known]:
        message = _("not of this intervention: %(ids)s")
        refuse("anomalies", "must_exist", message, ids=listed(unknown))
    if len(set(given)) < len(given):
        refuse("anomalies", "taken", _("must name each anomaly once"))


def check_verifier(intervention: Intervention, user: User | None) -> None:
    """Whoever did the work does not verify it [contract 30]."""
    execution = intervention.execution
    if execution and execution.user_id is not None and user is not None and execution.user_id == user.pk:
        refuse("decision", "own_work", _("must be taken by somebody else than who executed it"))
