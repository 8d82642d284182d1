import sys

from core import checkup, checkup_data, checkup_webhooks, doctor  # noqa: F401  (all but the last register core's own)
from core.commands import OperatorCommand
from core.doctor import Level

SIGNS = {Level.OK: "ok     ", Level.WARNING: "WARNING", Level.ERROR: "ERROR  "}


class Command(OperatorCommand):
    help = "Check the set-up and the live data, and say how to mend what is wrong. Exit code 1 with any error."

    def handle(self, *args, **options) -> None:
        super().handle(*args, **options)
        if not self.is_well:
            sys.exit(1)

    def run(self, **options) -> dict:
        findings = doctor.examine()
        self.is_well = all(finding.level != Level.ERROR for finding in findings)
        rows = [{"level": each.level, "check": each.check, "what": each.what, "mend": each.mend} for each in findings]
        return {"ok": self.is_well, "findings": rows}

    def as_text(self, answer: dict) -> str:
        lines = [_line(finding) for finding in answer["findings"]]
        return "\n".join([*lines, "All is well." if answer["ok"] else "Something is wrong: see ERROR above."])


def _line(finding: dict) -> str:
    mend = f"\n          → {finding['mend']}" if finding["mend"] else ""
    return f"{SIGNS[finding['level']]}  {finding['check']}: {finding['what']}{mend}"
