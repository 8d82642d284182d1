"""What makes the product tell of something: stories that a test tells one by one.

A story is a generator: what comes before its `yield` is how things stood, what comes after it is what happens. Beside
it stands what the feed tells then, in its order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Story:
    name: str
    tell: Callable[..., Iterator[None]]
    events: tuple[str, ...]


STORIES: list[Story] = []


def story(*events: str) -> Callable[[Any], Any]:
    """It causes exactly these, in this order."""

    def keep(tell: Callable[..., Iterator[None]]) -> Callable[..., Iterator[None]]:
        STORIES.append(Story(tell.__name__, tell, events))
        return tell

    return keep
