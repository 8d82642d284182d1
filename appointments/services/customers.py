"""Customers: made and changed by every door, on their own or with a booking."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from appointments import addresses
from appointments.models import BookingSettings, Customer
from appointments.services.living_rows import check_living
from appointments.services.owners import owner
from core.changes import apply_changes, check_fields, refuse
from core.locks import atomic
from core.models import Organization
from core.models.history import write_new
from core.statements import Composed


def _others_of_address(organization_id: int, pk: int, email: str) -> QuerySet:
    """Who else has it, one at most."""
    others = Customer.objects.of_address(email).filter(organization_id=organization_id).exclude(pk=pk)
    return others.order_by().values_list("pk")[:1]


# What mail servers take of an address [RFC 5321], and what the outbox keeps.
MOST_LETTERS = 254
OTHERS = Composed(_others_of_address, ids=2, texts=1)


def look_up_address(organization: Organization, address: object) -> None:
    """For every door, ahead of the transaction in which a customer gets this address: `check_reachable` reads it."""
    addresses.look_up(BookingSettings.of(organization), address)


def check_new(organization: Organization, values: dict) -> Customer:
    """The unsaved customer of these values, once every rule agrees; writes nothing."""
    customer = Customer(organization=organization, **values, **owner())
    check_customer(customer, set(values))
    return customer


@atomic
def create_customer(organization: Organization, values: dict) -> Customer:
    """Raises ValidationError (`email_unreachable`, `email_taken` on `email`)."""
    return save_customer(check_new(organization, values))


@atomic
def update_customer(pk: int, values: dict, versions: Collection[int] | None = None) -> Customer:
    """Only what differs is checked and written. `is_deleted` False restores.

    Raises as create_customer, StaleVersion, DoesNotExist, StateConflict for a deleted one.
    """
    customer = Customer.objects.locked(pk, versions)
    check_living(customer, values)
    return change_customer(customer, values)


def change_customer(customer: Customer, values: dict) -> Customer:
    """The same for a row that is locked."""
    changed = apply_changes(customer, values)
    if not changed:
        return customer
    check_customer(customer, changed)
    return save_customer(customer)


def check_customer(customer: Customer, changed: set[str]) -> None:
    """Fields first, then whether the address is one, then whether it is another's [contract 40: 2, 13, 11]."""
    try:
        check_fields(customer, changed)
    except ValidationError as error:
        raise _by_weight(error) from None
    if "email" in changed:
        check_reachable(customer)
    if changed & {"email", "is_deleted"}:
        check_address_free(customer)


def _by_weight(error: ValidationError) -> ValidationError:
    """An address that is none has a code of its own, behind everything else that is wrong."""
    found = error.error_dict
    if set(found) != {"email"}:
        return ValidationError({name: errors for name, errors in found.items() if name != "email"})
    return ValidationError({"email": _unreachable()})


def _unreachable() -> ValidationError:
    return ValidationError(_("cannot receive mail"), code="email_unreachable")


def check_reachable(customer: Customer) -> None:
    """As the name system said when it was asked, ahead of the transaction (`look_up_address`)."""
    is_long = len(customer.email) > MOST_LETTERS
    if is_long or addresses.is_unreachable(BookingSettings.of(customer.organization), customer.email):
        raise ValidationError({"email": _unreachable()})


def check_address_free(customer: Customer) -> None:
    """Compared case-folded; an empty one is no address."""
    if not customer.email or customer.is_deleted:
        return
    if OTHERS.rows(customer.organization_id, customer.pk or 0, customer.email.lower()):
        refuse("email", "email_taken", _("belongs to another customer"))


def save_customer(customer: Customer) -> Customer:
    write = write_new if customer.pk is None else Customer.save
    try:
        write(customer)
    except IntegrityError as error:
        if "one_customer_of_an_address" not in str(error) and "UNIQUE" not in str(error):
            raise
        # Another took the address in this very moment.
        raise ValidationError(
            {"email": ValidationError(_("belongs to another customer"), code="email_taken")}
        ) from error
    return customer


def change_draft(draft: Customer, values: dict) -> None:
    """Every rule that these values would break on this copy; writes nothing."""
    check_customer(draft, apply_changes(draft, values))
