import sys

from django.core.management.base import CommandError

from core.commands import OperatorCommand, choice_of, organization_of
from core.models import Role, User
from core.people import add_member, new_password

# Reserved for addresses that lead nowhere (RFC 2606): the account needs one, the operator may have none.
NO_ADDRESS = "{login}@example.invalid"


class Command(OperatorCommand):
    help = (
        "Make a person with a role in an organization; the password is printed once. "
        "A person of another organization gets the role here too, and keeps the password."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--organization", required=True, type=int, metavar="ID")
        parser.add_argument("--login", required=True)
        parser.add_argument("--role", required=True, metavar="R", help="one of " + ", ".join(Role.values))
        parser.add_argument("--email", help="without: the login, when it is an address")
        parser.add_argument("--password-stdin", action="store_true", help="the password is a line of standard input")

    def run(self, *, organization, login, role, email, password_stdin, **options) -> dict:
        role, organization = choice_of(role, Role), organization_of(organization)
        if password_stdin and User.objects.filter(login=login).exists():
            raise CommandError(f"{login} exists already, and its password is not changed here.")
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else new_password()
        address = email or (login if "@" in login else NO_ADDRESS.format(login=login))
        user, is_new = add_member(organization, login, role, address, password)
        shown = password if is_new and not password_stdin else None
        return {"id": user.pk, "login": user.login, "password": shown}

    def as_text(self, answer: dict) -> str:
        if answer["password"] is None:
            return f"{answer['login']} (id {answer['id']}) has the role; the password is the one known already."
        return f"{super().as_text(answer)}\nKeep the password now: it is not shown again."
