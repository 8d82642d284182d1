from django.core.management.base import CommandError

from core.api_keys import PROFILES, create_client_with_key
from core.commands import OperatorCommand, add_end, in_days, organization_of


class Command(OperatorCommand):
    help = "Make an API key of an appointments client. It is printed once, and cannot be read again."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--organization", required=True, type=int, metavar="ID")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--profile",
            required=True,
            choices=list(PROFILES),
            help="pro: staff; account: for a page that anybody reads",
        )

        add_end(parser)

    def run(self, *, organization, name, profile, expires_in, **options) -> dict:
        if not name.strip():
            raise CommandError("--name must say which program it is.")
        end = in_days(expires_in)
        _row, text = create_client_with_key(name.strip(), profile, organization_of(organization), end)
        return {"key": text}

    def as_text(self, answer: dict) -> str:
        return f"{super().as_text(answer)}\nKeep the key now: it is not shown again."
