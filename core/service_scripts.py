"""Periodic work on an app's own rows, registered in its `service_scripts.py`."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache

logger = logging.getLogger("dutyboard.service_scripts")

# The tick that runs them comes each minute, give or take; a run must not miss its tick by a moment.
SLACK = timedelta(seconds=5)


@dataclass(frozen=True)
class ServiceScript:
    """`function` is idempotent: two may run at once, and a run may come early. It answers how many rows it changed."""

    name: str
    function: Callable[[], int]
    every: timedelta


_scripts: dict[str, ServiceScript] = {}


def service_script(name: str, *, every: timedelta) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function to be run every so often; a minute is the finest step."""

    def register(function: Callable[[], int]) -> Callable[[], int]:
        if name in _scripts:
            raise ValueError(f"two service scripts are named {name!r}")
        _scripts[name] = ServiceScript(name, function, every)
        return function

    return register


def run_due_service_scripts() -> dict[str, int | None]:
    """Run each script whose time has come: its answer by name, None where it failed (logged, tried next tick)."""
    return {script.name: _run(script) for script in _scripts.values() if _take_turn(script)}


def _take_turn(script: ServiceScript) -> bool:
    """Whether no other process ran it within its period; without a cache to ask, it runs."""
    try:
        return cache.add(_turn(script), 1, timeout=(script.every - SLACK).total_seconds())
    except Exception:
        logger.warning("no cache to ask when %s last ran", script.name, exc_info=True)
        return True


def _run(script: ServiceScript) -> int | None:
    try:
        changed = script.function()
    except Exception:
        logger.exception("service script %s", script.name)
        _give_turn_back(script)
        return None
    if changed:
        logger.info("service script %s: %s", script.name, changed)
    return changed


def _give_turn_back(script: ServiceScript) -> None:
    try:
        cache.delete(_turn(script))
    except Exception:
        logger.warning("no cache to note that %s failed", script.name)


def _turn(script: ServiceScript) -> str:
    return f"service-script:{script.name}"
