from django.core.management.base import CommandError

from core.clients import create_client
from core.commands import OperatorCommand, add_end, choice_of, in_days, organization_of
from core.models import Application, Role
from core.scopes import SCOPES


class Command(OperatorCommand):
    help = "Make an API client. Its secret is printed once, and cannot be read again."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        several = {"nargs": "+", "action": "extend"}
        parser.add_argument("--organization", required=True, type=int, metavar="ID", **several)
        parser.add_argument("--name", required=True)
        parser.add_argument("--scope", required=True, metavar="S", help="of " + ", ".join(SCOPES), **several)
        parser.add_argument("--role", default=[], metavar="R", help="of " + ", ".join(Role.values), **several)
        parser.add_argument(
            "--redirect-uri",
            default=[],
            metavar="URI",
            help="people log in to it (authorization code with PKCE) and come back here; without: client credentials",
            **several,
        )

        parser.add_argument(
            "--sandbox",
            action="store_true",
            help="for trying out: it sees the organization's sandbox, which is made where there is none yet",
        )
        add_end(parser)

    def run(self, *, organization, name, scope, role, redirect_uri, sandbox, expires_in, **options) -> dict:
        if not name.strip():
            raise CommandError("--name must say which program it is.")
        organizations = [organization_of(pk) for pk in dict.fromkeys(organization)]
        client, secret = create_client(
            Application(
                name=name.strip(),
                client_type=Application.CLIENT_CONFIDENTIAL,
                authorization_grant_type=_grant(redirect_uri),
                redirect_uris=" ".join(redirect_uri),
                allowed_scopes=_known_scopes(scope),
                secret_expires_at=in_days(expires_in),
                is_sandbox=sandbox,
                roles=list(dict.fromkeys(choice_of(each, Role) for each in role)),
            ),
            organizations,
        )
        made = {"client_id": client.client_id, "client_secret": secret}
        return {**made, "organizations": _ids_of(client)} if sandbox else made

    def as_text(self, answer: dict) -> str:
        return f"{super().as_text(answer)}\nKeep the secret now: it is not shown again."


def _ids_of(client: Application) -> list[int]:
    """Of the sandboxes, as the program names them."""
    return list(client.organizations.order_by("pk").values_list("pk", flat=True))


def _grant(redirect_uris: list[str]) -> str:
    return Application.GRANT_AUTHORIZATION_CODE if redirect_uris else Application.GRANT_CLIENT_CREDENTIALS


def _known_scopes(given: list[str]) -> list[str]:
    # "--scope 'public tig'", as OAuth2 itself writes a list, means the two.
    names = list(dict.fromkeys(" ".join(given).split()))
    unknown = [name for name in names if name not in SCOPES]
    if unknown or not names:
        raise CommandError(f"Unknown scope: {', '.join(unknown) or 'none given'}. There are: {', '.join(SCOPES)}.")
    return names
