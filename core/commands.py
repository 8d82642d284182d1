"""What the operator's commands share: who acts, how they answer and how they refuse."""

import json as json_module
from argparse import ArgumentTypeError
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import TextChoices
from django.utils import timezone

from core.context import acting
from core.models import Organization

MOST_DAYS = 36_500


class OperatorCommand(BaseCommand):
    """Acts through the door "command". With --json standard output holds one JSON object and nothing else."""

    # They load every route, which doubles the time to start; the server checks at its own start.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args, json: bool, **options) -> None:
        with acting(door="command"):
            answer = self.answer_of(json=json, **options)
            self.stdout.write(json_module.dumps(answer) if json else self.as_text(answer))

    def answer_of(self, **options) -> dict:
        """Do the work; a rule that refuses is told in one sentence a field."""
        try:
            return self.run(**options)
        except ValidationError as error:
            raise CommandError(sentences(error)) from None

    def run(self, *, json: bool, **options) -> dict:
        """The command's work: its answer, as --json prints it. Raises ValidationError, CommandError."""
        raise NotImplementedError

    def as_text(self, answer: dict) -> str:
        """The answer for people."""
        return "\n".join(f"{name}: {value}" for name, value in answer.items())


def sentences(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return "; ".join(error.messages)
    return "; ".join(f"{field}: {', '.join(messages)}" for field, messages in error.message_dict.items())


def organization_of(pk: int) -> Organization:
    """Raises CommandError, which lists the organizations that there are."""
    found = Organization.objects.filter(pk=pk).first()
    if found is None:
        names = [f"{each.pk} ({each.name})" for each in Organization.objects.order_by("pk")[:50]]
        raise CommandError(f"There is no organization {pk}. There are: {', '.join(names) or 'none yet'}.")
    return found


def add_end(parser: CommandParser) -> None:
    """`--expires-in`, for what is a credential."""
    parser.add_argument("--expires-in", type=days_of, metavar="DAYS", help="without: it never expires")


def days_of(text: str) -> int:
    """A number of days of an option, at least one and at most a hundred years."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_DAYS):
        raise ArgumentTypeError(f"a number of days, from 1 to {MOST_DAYS}")
    return int(text)


def in_days(days: int | None) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None


def choice_of(text: str, choices: type[TextChoices]) -> str:
    """The value of a choice given as basic_staff or as Basic staff. Raises CommandError with the list."""
    wanted = text.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted not in choices.values:
        raise CommandError(f"{text!r} is unknown. There are: {', '.join(choices.values)}.")
    return wanted
