from datetime import timedelta

from django.core.management.base import CommandError

from core.clients import KEEP, KEEP_DAYS, renew_secret
from core.commands import OperatorCommand, add_end, in_days
from core.models import Application


class Command(OperatorCommand):
    help = "Make a new secret for an API client; the old one works on for a while. It is printed once."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--client", required=True, metavar="CLIENT_ID")
        parser.add_argument(
            "--keep-for",
            type=int,
            choices=KEEP_DAYS,
            default=KEEP.days,
            help="how many days the old secret works beside the new one (%(default)s)",
        )
        add_end(parser)

    def run(self, *, client, keep_for, expires_in, **options) -> dict:
        found = Application.objects.filter(client_id=client).first()
        if found is None:
            raise CommandError(f"There is no client {client!r}: the admin (Clients) lists them.")
        secret = renew_secret(found.pk, timedelta(days=keep_for), in_days(expires_in))
        return {"client_id": client, "client_secret": secret, "former_until": _former_until(found.pk)}

    def as_text(self, answer: dict) -> str:
        return f"{super().as_text(answer)}\nKeep the secret now: it is not shown again."


def _former_until(pk: int) -> str | None:
    until = Application.objects.values_list("former_until", flat=True).get(pk=pk)
    return until.isoformat() if until else None
