"""Whether an address can receive mail, as the name system says of its domain [contract 40: 13].

Asked ahead of a transaction, never in one; the rule inside reads what was found.
"""

import hashlib
import logging

import dns.exception
import dns.name
import dns.resolver
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from appointments.models import BookingSettings

logger = logging.getLogger("dutyboard.appointments")

# Seconds: of one look-up in all, and how long what it found is taken for granted.
PATIENCE, KNOWN_FOR = 2, 60


def look_up(settings: BookingSettings, address: object) -> None:
    """Find out, where the organization wants to know and does not yet; what is no address is left to the form."""
    if not settings.check_mx or not isinstance(address, str) or not _has_form(address):
        return
    if _known(address) is None:
        _remember(address, receives_mail(_domain(address)))


def is_unreachable(settings: BookingSettings, address: str) -> bool:
    """What `look_up` found; nobody knows: it is reachable."""
    return bool(address) and settings.check_mx and _known(address) is False


def receives_mail(domain: str) -> bool:
    """False for a name that does not exist and for a null MX (RFC 7505); any other failure says nothing."""
    try:
        answer = dns.resolver.resolve(domain, "MX", lifetime=PATIENCE, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return False
    except (dns.exception.DNSException, OSError, ValueError) as error:
        logger.info("the name system gave no answer about an address: %s", type(error).__name__)
        return True
    exchanges = [record.exchange for record in answer.rrset or ()]
    return exchanges != [dns.name.root]


# -- what is known ------------------------------------------------------------------------------------------


def _known(address: str) -> bool | None:
    try:
        return cache.get(_key(address))
    except Exception:
        logger.warning("what is known of addresses cannot be read: the cache does not answer")
        return None


def _remember(address: str, receives: bool) -> None:
    try:
        cache.set(_key(address), receives, KNOWN_FOR)
    except Exception:
        logger.warning("what was found of an address cannot be kept: the cache does not answer")


def _has_form(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _key(address: str) -> str:
    return "mx:" + hashlib.sha256(_domain(address).encode()).hexdigest()
