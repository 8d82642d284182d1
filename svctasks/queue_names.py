"""The Celery queue of a site. Read by the settings too, so nothing of Django is imported here."""

from collections.abc import Iterable

PREFIX = "site."


def queue_of(site: str) -> str:
    return PREFIX + site


def sites_of(queues: Iterable[str]) -> list[str]:
    """The sites whose queues are among these."""
    return sorted(name.removeprefix(PREFIX) for name in queues if name.startswith(PREFIX))
