from core import purge
from core.commands import OperatorCommand


class Command(OperatorCommand):
    help = "Delete what is expired or old, anonymise what an organization keeps no longer; run it daily."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count the same and write nothing")

    def run(self, *, dry_run: bool, **options) -> dict:
        return {"dry_run": dry_run, **purge.run(dry_run)}

    def as_text(self, answer: dict) -> str:
        counts = {name: count for name, count in answer.items() if name != "dry_run"}
        head = "Would be purged:" if answer["dry_run"] else "Purged:"
        return "\n".join([head, *(f"  {count:>8}  {name.replace('_', ' ')}" for name, count in counts.items())])
