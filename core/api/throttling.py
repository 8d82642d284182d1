"""Rate limits per credential, in fixed windows of a second and an hour; 0 = off [contract 00]."""

import logging
import math
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
    """The windows that are on, shortest first, as they stand with this request."""

    windows: tuple[Window, ...]

    @property
    def refusing(self) -> Window | None:
        return next((window for window in self.windows if window.used > window.limit), None)

    def headers(self) -> dict[str, str]:
        """Of the window that refuses, else of the one with the least left; empty when limits are off."""
        if not self.windows:
            return {}
        told = self.refusing or min(self.windows, key=lambda window: (window.remaining, -window.reset))
        return {
            "RateLimit-Limit": str(told.limit),
            "RateLimit-Remaining": str(told.remaining),
            "RateLimit-Reset": str(told.reset),
        }


def count_request(caller) -> Rate:
    """Count one request of this credential. What one window refuses is not counted in the longer ones."""
    windows: list[Window] = []
    for window in _windows():
        refused = bool(windows) and windows[-1].used > windows[-1].limit
        windows.append(counted(caller, *window, step=0 if refused else 1))
    return Rate(tuple(windows))


def check(rate: Rate) -> None:
    """Over a limit → 429 with Retry-After."""
    window = rate.refusing
    if window is not None:
        headers = {"Retry-After": str(window.reset), **rate.headers()}
        raise Refusal(
            429, "throttled", f"Too many requests: the limit is {window.limit} {window.name}", headers=headers
        )


def _windows() -> list[tuple[str, int, int]]:
    limits = [("a second", 1, settings.RATE_LIMIT_PER_SECOND), ("an hour", 3600, settings.RATE_LIMIT_PER_HOUR)]
    return [window for window in limits if window[2]]


def counted(caller, name: str, seconds: int, limit: int, *, step: int, topic: str = "rate") -> Window:
    """The running window of what this credential does of this topic, `step` more of it included."""
    now = time.time()
    period = int(now // seconds)
    reset = max(1, math.ceil((period + 1) * seconds - now))
    key = f"{topic}:{caller.application_id}:{caller.user_id or 0}:{seconds}:{period}"
    return Window(name, seconds, limit, _increment(key, seconds, step), reset)


def _increment(key: str, seconds: int, step: int) -> int:
    try:
        if not step:
            return cache.get(key, 0)
        cache.add(key, 0, timeout=seconds + 5)
        return cache.incr(key, step)
    except Exception:
        # A cache that is down must not take the service down with it.
        logger.warning("rate limits cannot be counted: the cache does not answer")
        return 0
