"""Every change of resources and vehicles, for every door [contract 20]."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.changes import check_all, check_fields, refuse
from core.models import Membership
from scheduling.job_rules import check_usable
from scheduling.models import Resource
from scheduling.services.reference_rows import ReferenceRows

Kind = Resource.Kind


class Resources(ReferenceRows):
    """values: the model's own. A vehicle without a name is called by its registration; a kind never changes."""

    model = Resource

    def check_new(self, organization, values: dict) -> Resource:
        if values.get("kind") == Kind.VEHICLE and not values.get("name") and "registration" in values:
            values = {**values, "name": values["registration"]}
        return super().check_new(organization, values)

    def check(self, row: Resource, changed: set[str], values: dict) -> None:
        checks = [partial(check_fields, row, changed), partial(_check_kind, row, changed)]
        if "user" in changed:
            checks.append(partial(_check_user, row))
        if "timetable" in changed:
            checks.append(partial(check_usable, "timetable", row.organization_id, row.timetable))
        check_all(*checks)


def _check_kind(resource: Resource, changed: set[str]) -> None:
    if "kind" in changed and not resource._state.adding:
        refuse("kind", "frozen", _("cannot be changed"))
    if resource.kind == Kind.VEHICLE and changed & {"kind", "registration"} and not resource.registration:
        refuse("registration", "required", _("must be given for a vehicle"))


def _check_user(resource: Resource) -> None:
    """A member of the organization, who is no other resource of it."""
    if resource.user is None:
        return
    if resource.kind != Kind.PERSON:
        refuse("user", "not_a_person", _("must be empty: only a person has a log-in"))
    here = {"organization": resource.organization_id, "user": resource.user}
    if not Membership.objects.filter(**here).exists():
        refuse("user", "must_exist", _("must exist"))
    if Resource.objects.filter(**here).exclude(pk=resource.pk).exists():
        refuse("user", "taken", _("is a resource of this organization already"))


RESOURCES = Resources()
