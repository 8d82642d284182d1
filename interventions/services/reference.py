"""Every change of sites, company contacts and routines, for every door [contract 30]."""

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import check_all, check_fields, refuse
from interventions import rules
from interventions.models import CompanyContact, Intervention, Routine, Site
from interventions.services.routine_runs import replan
from scheduling import recurrences
from scheduling.job_rules import check_usable
from scheduling.services.reference_rows import ReferenceRows

To = Intervention.CreationStatus
NEAR = timedelta(days=3653)
RULE = {"rrule", "start_at", "duration", "base"}


class Sites(ReferenceRows):
    """values: the model's own."""

    model = Site


class CompanyContacts(ReferenceRows):
    """values: the model's own; without a name it is called by first and last name, else by the company."""

    model = CompanyContact

    def plain(self, values: dict) -> dict:
        """A name of spaces is none."""
        return {**values, "name": values["name"].strip()} if values.get("name") else values

    def check_new(self, organization, values: dict) -> CompanyContact:
        values = self.plain(values)
        if not values.get("name"):
            person = f"{values.get('first_name') or ''} {values.get('last_name') or ''}".strip()
            values = {**values, "name": (person or values.get("company_name") or "")[:250]}
        return super().check_new(organization, values)


class Routines(ReferenceRows):
    """values: the model's own, and `sites`, a list of Site. A change of the rule moves what is to come
    and nobody has confirmed yet (services.routine_runs).
    """

    model = Routine
    extras = frozenset({"sites"})

    def changed_extras(self, row: Routine, values: dict) -> set[str]:
        if "sites" not in values or row.pk is None:
            return set()
        wanted = {site.pk for site in values["sites"]}
        return {"sites"} if wanted != set(row.sites.values_list("pk", flat=True)) else set()

    def check(self, row: Routine, changed: set[str], values: dict) -> None:
        check_all(
            lambda: check_fields(row, changed - {"sites", "assigned_user", "assigned_company_contact"}),
            lambda: _check_assignees(row, changed),
            lambda: _check_sites(row, values.get("sites", ())),
            lambda: _check_rule(row) if changed & {"rrule", "start_at"} or row._state.adding else None,
        )

    def store(self, row: Routine, changed: set[str], values: dict) -> None:
        is_new = row._state.adding
        row.rrule = recurrences.tidied(row.rrule)
        row.save()
        if "sites" in values:
            row.sites.set(values["sites"])
        if is_new or changed & RULE:
            replan(row)

    def archive(self, pk: int, versions: Collection[int] | None = None) -> Routine:
        """It makes no more visits; those that are made stay."""
        return self.update(pk, {"archived_at": timezone.now()}, versions)


def _check_assignees(routine: Routine, changed: Collection[str]) -> None:
    contact, user = routine.assigned_company_contact, routine.assigned_user
    check_all(
        lambda: (
            check_usable("assigned_company_contact", routine.organization_id, contact)
            if "assigned_company_contact" in changed
            else None
        ),
        lambda: (
            rules.check_member("assigned_user", routine.organization_id, user) if "assigned_user" in changed else None
        ),
    )
    if routine.creation_status == To.TO_AGREE and contact is None:
        refuse("assigned_company_contact", "required", _("must be given: there is nobody to agree with"))


def _check_sites(routine: Routine, sites: Collection[Site]) -> None:
    if len(sites) > rules.MOST_SITES:
        refuse("sites", "too_many", _("must be at most %(number)d"), number=rules.MOST_SITES)
    for site in sites:
        check_usable("sites", routine.organization_id, site)


def _check_rule(routine: Routine) -> None:
    if routine.start_at and abs(routine.start_at - timezone.now()) > NEAR:
        refuse("start_at", "far", _("must be less than ten years from now"))
    # Another check says so where one of them is missing or too long.
    if not routine.start_at or not routine.rrule or len(routine.rrule) > 500:
        return
    try:
        recurrences.check_rule(recurrences.tidied(routine.rrule), routine.start_at, routine.organization.zone)
    except ValidationError as error:
        raise ValidationError({"rrule": error}) from None


SITES, COMPANY_CONTACTS, ROUTINES = Sites(), CompanyContacts(), Routines()
