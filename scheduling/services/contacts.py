"""Every change of contacts, their groups and persons, for every door [contract 20]."""

from collections.abc import Collection
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.changes import check_all, check_fields, refuse
from core.locks import atomic
from core.models import Organization
from scheduling.job_rules import check_usable, merged_values
from scheduling.models import Contact, ContactGroup, ContactPerson, CustomFieldDefinition
from scheduling.services.reference_rows import ReferenceRows

FROZEN = _("cannot be changed")


class ContactGroups(ReferenceRows):
    """values: name."""

    model = ContactGroup


class Contacts(ReferenceRows):
    """values: the model's own, and custom_fields, a list of CustomValue: any of the organization's definitions."""

    model = Contact
    extras = frozenset({"custom_fields"})

    def changed_extras(self, row: Contact, values: dict) -> set[str]:
        stored = row.custom_values
        given = {str(one.definition_id): one.value for one in values.get("custom_fields", [])}
        differs = any(pk not in stored or stored[pk] != value for pk, value in given.items())
        return {"custom_fields"} if differs else set()

    def check(self, row: Contact, changed: set[str], values: dict) -> None:
        checks = [partial(check_fields, row, changed)]
        checks += [
            partial(check_usable, name, row.organization_id, getattr(row, name))
            for name in ("group", "parent")
            if name in changed
        ]
        if "parent" in changed:
            checks.append(partial(_check_no_circle, row))
        if "custom_fields" in changed:
            checks.append(partial(_set_custom_values, row, values["custom_fields"]))
        check_all(*checks)


def _check_no_circle(contact: Contact) -> None:
    """No contact is a part of itself, by whatever way."""
    seen, above = {contact.pk}, contact.parent
    while above:
        if above.pk in seen:
            refuse("parent", "circle", _("must not be a part of this contact"))
        seen.add(above.pk)
        above = above.parent


def _set_custom_values(contact: Contact, given: list) -> None:
    found = CustomFieldDefinition.objects.filter(
        organization_id=contact.organization_id, pk__in=[one.definition_id for one in given]
    )
    definitions = {definition.pk: definition for definition in found}
    contact.custom_values = merged_values(definitions, contact.custom_values, given, is_new=False)


@atomic
def stop_contact(pk: int, reason: str = "", versions: Collection[int] | None = None) -> Contact:
    """No new jobs for it. The same again changes nothing; another reason is noted."""
    contact = Contact.objects.locked(pk, versions)
    if contact.is_on_stop and contact.stop_reason == reason:
        return contact
    if not contact.is_on_stop:
        contact.stopped_at = timezone.now()
    contact.changed(account_status=Contact.AccountStatus.ON_STOP, stop_reason=reason)
    check_fields(contact, {"stop_reason"})
    contact.save()
    return contact


@atomic
def unstop_contact(pk: int, versions: Collection[int] | None = None) -> Contact:
    """The same again changes nothing."""
    contact = Contact.objects.locked(pk, versions)
    if contact.is_on_stop:
        contact.changed(account_status=Contact.AccountStatus.NORMAL, stop_reason="", stopped_at=None).save()
    return contact


class ContactPersons(ReferenceRows):
    """values: contact, name, email, phone, is_primary, is_archived.

    A contact has one primary person at most: a new one takes its place. The first is primary unless it says not.
    """

    model = ContactPerson

    def create(self, organization: Organization, values: dict) -> ContactPerson:
        with atomic():
            _lock_contact(pk=values["contact"].pk)
            others = ContactPerson.objects.filter(contact=values["contact"], is_archived=False)
            return super().create(organization, {"is_primary": not others.exists(), **values})

    def update(self, pk: int, values: dict, versions: Collection[int] | None = None) -> ContactPerson:
        with atomic():
            _lock_contact(persons=pk)
            return super().update(pk, values, versions)

    def apply(self, row: ContactPerson, values: dict) -> set[str]:
        """Who is archived is primary no longer."""
        if values.get("is_archived") and row.is_primary:
            values = {"is_primary": False, **values}
        return super().apply(row, values)

    def check(self, row: ContactPerson, changed: set[str], values: dict) -> None:
        check_all(
            partial(check_fields, row, changed),
            partial(_check_contact, row, changed),
            partial(_check_primary, row, changed),
        )

    def store(self, row: ContactPerson, changed: set[str], values: dict) -> None:
        if row.is_primary:
            for other in ContactPerson.objects.filter(contact=row.contact_id, is_primary=True).exclude(pk=row.pk):
                other.changed(is_primary=False).save()
        super().store(row, changed, values)


def _lock_contact(**condition) -> None:
    """So that two persons are never made its primary one at the same moment."""
    list(Contact.objects.select_for_update(of=("self",)).filter(**condition))


def _check_contact(person: ContactPerson, changed: set[str]) -> None:
    if "contact" not in changed:
        return
    if not person._state.adding:
        refuse("contact", "frozen", FROZEN)
    check_usable("contact", person.organization_id, person.contact)


def _check_primary(person: ContactPerson, changed: set[str]) -> None:
    if person.is_primary and person.is_archived and changed & {"is_primary", "is_archived"}:
        refuse("is_primary", "archived", _("must be false for an archived person"))


GROUPS = ContactGroups()
CONTACTS = Contacts()
PERSONS = ContactPersons()
