from django.core.management.base import CommandError

from core.commands import OperatorCommand, organization_of
from core.errors import Busy
from core.privacy.erasing import Erased, erase, rehearse
from core.privacy.naming import PERSON, person_named


class Command(OperatorCommand):
    help = (
        "Anonymise all that is kept of a person, in every table; what took place stays. "
        "Refused while something is still to be done, unless --force ends it first."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("person", help=PERSON)
        parser.add_argument("--organization", type=int, metavar="ID", help="what this organization keeps, alone")
        parser.add_argument("--dry-run", action="store_true", help="count the same and write nothing")
        parser.add_argument("--force", action="store_true", help="cancel and unassign what is still to be done")

    def run(self, *, person, organization, dry_run, force, **options) -> dict:
        subject = person_named(person, organization_of(organization) if organization else None)
        try:
            erased = rehearse(subject) if dry_run else erase(subject, force=force)
        except Busy as error:
            raise CommandError(str(error)) from None
        return {"dry_run": dry_run, **_answer(erased)}

    def as_text(self, answer: dict) -> str:
        head = "Would be erased:" if answer["dry_run"] else "Erased:"
        counts = [f"  {count:>8}  {kind.replace('_', ' ')}" for kind, count in answer["counts"].items()]
        ways = [f"  {text}" for text in answer["in_the_way"]]
        title = ["Stands in the way without --force:" if answer["dry_run"] else "Ended first:"] if ways else []
        return "\n".join([head, *(counts or ["  nothing"]), *title, *ways, f"Account: {answer['account']}"])


def _answer(erased: Erased) -> dict:
    counts = {kind: erased.counts[kind] for kind in sorted(erased.counts)}
    return {"account": erased.account, "counts": counts, "in_the_way": erased.in_the_way}
