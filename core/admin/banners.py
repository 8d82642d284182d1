"""Lines at the head of every page of the back office: what nobody may overlook. Each app registers its own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Banner:
    """`tone`: warning or error; `url`: where more is told."""

    text: str | Promise
    tone: str = "warning"
    url: str = ""


SANDBOX = Banner(_("This is a sandbox: fictitious data to try programs with. No mail leaves it."))

_banners: list[Callable] = []


def banner(function):
    """Register `function(user) -> Banner`, or None for nothing to tell. Asked on each page: one cheap query."""
    _banners.append(function)
    return function


def sandbox_banners(organization) -> list[Banner]:
    """For a page that shows one organization."""
    return [SANDBOX] if organization.is_sandbox else []


def banners_for(user) -> list[Banner]:
    return [one for one in (function(user) for function in _banners) if one]
