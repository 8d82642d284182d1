"""Handlers of service tasks, as their apps' tests call them: without a task, in this very thread."""

from dataclasses import dataclass, field
from typing import Any

from core.models import Organization
from core.service_scripts import handler_named


@dataclass
class Heard:
    """core.service_scripts.Run, that keeps what it is told."""

    organization: Organization
    params: dict[str, Any]
    key: str = "0190c5b2-0000-4000-8000-000000000001"
    secret: bytes = b"a secret of thirty-two bytes....."
    steps: list[tuple] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        self.steps.append((done, total, text))

    def log(self, text: str) -> None:
        self.lines.append(text)


def run_script(name: str, organization: Organization, **params) -> Any:
    """What the handler of this name answers for the organization."""
    handler = handler_named(name)
    assert handler, name
    handler.check(params)
    return handler.function(Heard(organization, params))
