"""Log-in with a password, for both pages that ask for one: after some failures they pause."""

import hashlib
import logging

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

ATTEMPTS = 5
PAUSE = 15 * 60

logger = logging.getLogger("dutyboard.login")


class LoginForm(AuthenticationForm):
    """After five failures for one login from one address, right or wrong, the answer is no for 15 minutes.

    One message for all: it says neither whether the login exists nor whether the pause is on.
    """

    refusal = _(
        "This login and password are not right together. Mind capitals. "
        "After five failures, wait 15 minutes before you try again."
    )

    def clean(self):
        key = attempts_key(self.request, str(self.cleaned_data.get("username", "")))
        # Counted before the password is looked at, so that parallel guesses are counted too.
        if count_attempt(key) > ATTEMPTS:
            raise self.get_invalid_login_error()
        values = super().clean()
        if self.get_user() is not None:
            forget_attempts(key)
        return values

    def confirm_login_allowed(self, user) -> None:
        if not user.is_active:
            raise self.get_invalid_login_error()

    def get_invalid_login_error(self):
        return forms.ValidationError(self.refusal, code="invalid_login")


class StaffLoginForm(LoginForm):
    refusal = _(
        "This login and password do not open the back office. Mind capitals. "
        "After five failures, wait 15 minutes before you try again."
    )

    # Told to nobody but who knows the password.
    is_for_students = False

    def confirm_login_allowed(self, user) -> None:
        super().confirm_login_allowed(user)
        if not user.is_staff:
            self.is_for_students = True
            raise forms.ValidationError(_("This is the staff's page, and you have no role of staff."), code="no_staff")


def user_of(request, login: str, password: str):
    """The active person whom these name; None too while the pause is on. For doors without a form."""
    key = attempts_key(request, login)
    if count_attempt(key) > ATTEMPTS:
        return None
    user = authenticate(request, username=login, password=password)
    if user is not None:
        forget_attempts(key)
    return user


def attempts_key(request, login: str) -> str:
    """Of one login from one address: the same behind every door."""
    name = f"{login.lower()}|{client_address(request)}"
    return "login-attempts:" + hashlib.sha256(name.encode()).hexdigest()


def client_address(request) -> str:
    """Who spoke to the outermost of our proxies.

    Each proxy appends its own client to X-Forwarded-For, so what stands further left is the client's own word.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    chain = [part.strip() for part in forwarded if part.strip()] + [request.META.get("REMOTE_ADDR", "")]
    return chain[max(0, len(chain) - 1 - settings.TRUSTED_PROXIES)]


def count_attempt(key: str) -> int:
    """This attempt's number since the last success or the end of the pause; 0 when the cache is down."""
    try:
        cache.add(key, 0, PAUSE)
        return _increment(key)
    except Exception:
        # A cache that is down must not lock everybody out.
        logger.warning("failed log-ins cannot be counted: the cache does not answer")
        return 0


def _increment(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, PAUSE)
        return 1


def forget_attempts(key: str) -> None:
    try:
        cache.delete(key)
    except Exception:
        logger.warning("failed log-ins cannot be forgotten: the cache does not answer")
