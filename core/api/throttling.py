"""Rate limits per credential, in fixed windows of a second and an hour; 0 = off [contract 00]."""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from core.api.errors import Refusal

logger = logging.getLogger("dutyboard.api")


@dataclass(frozen=True)
class Window:
    name: str
    seconds: int
    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True)
class Rate:
    """The windows that are on, as counted with this request."""

    windows: tuple[Window, ...]

    def headers(self) -> dict[str, str]:
        """RateLimit-* of the window that is nearest to its end; empty when limits are off."""
        if not self.windows:
            return {}
        tightest = min(self.windows, key=lambda window: window.remaining)
        return {
            "RateLimit-Limit": str(tightest.limit),
            "RateLimit-Remaining": str(tightest.remaining),
            "RateLimit-Reset": str(tightest.reset),
        }


def count_request(caller) -> Rate:
    """Count one request of this credential."""
    return Rate(tuple(_counted(caller, *window) for window in _windows()))


def check(rate: Rate) -> None:
    """Over a limit → 429 with Retry-After."""
    for window in rate.windows:
        if window.used > window.limit:
            headers = {"Retry-After": str(window.reset), **rate.headers()}
            raise Refusal(429, "throttled", f"Too many requests in a {window.name}", headers=headers)


def _windows() -> list[tuple[str, int, int]]:
    limits = [("second", 1, settings.RATE_LIMIT_PER_SECOND), ("hour", 3600, settings.RATE_LIMIT_PER_HOUR)]
    return [window for window in limits if window[2]]


def _counted(caller, name: str, seconds: int, limit: int) -> Window:
    now = time.time()
    period = int(now // seconds)
    reset = max(1, int((period + 1) * seconds - now))
    key = f"rate:{caller.application_id}:{caller.user_id or 0}:{name}:{period}"
    return Window(name, seconds, limit, _increment(key, seconds), reset)


def _increment(key: str, seconds: int) -> int:
    try:
        cache.add(key, 0, timeout=seconds + 5)
        return cache.incr(key)
    except Exception:
        # A cache that is down must not take the service down with it.
        logger.warning("rate limits cannot be counted: the cache does not answer")
        return 0
