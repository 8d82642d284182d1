import hashlib

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

ATTEMPTS = 5
PAUSE = 15 * 60


class ThrottledLoginForm(AdminAuthenticationForm):
    """After five failures for one login from one address, right or wrong, the answer is no for 15 minutes.

    One message for all: it says neither whether the login exists nor whether the pause is on.
    """

    refusal = _(
        "This login and password do not open the back office. Mind capitals. "
        "After five failures, wait 15 minutes before you try again."
    )
    error_messages = {"invalid_login": refusal, "inactive": refusal}

    def clean(self):
        key = self._throttle_key()
        # Counted before the password is looked at, so that parallel guesses are counted too.
        if count_attempt(key) > ATTEMPTS:
            raise self.get_invalid_login_error()
        values = super().clean()
        cache.delete(key)
        return values

    def confirm_login_allowed(self, user) -> None:
        if not user.is_active or not user.is_staff:
            raise self.get_invalid_login_error()

    def get_invalid_login_error(self):
        return forms.ValidationError(self.refusal, code="invalid_login")

    def _throttle_key(self) -> str:
        login = str(self.cleaned_data.get("username", "")).lower()
        name = f"{login}|{self.request.META.get('REMOTE_ADDR', '')}"
        return "login-attempts:" + hashlib.sha256(name.encode()).hexdigest()


def count_attempt(key: str) -> int:
    """This attempt's number since the last success or the end of the pause."""
    cache.add(key, 0, PAUSE)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, PAUSE)
        return 1
