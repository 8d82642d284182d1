from core.commands import OperatorCommand
from scheduling.models import JobOccurrence
from scheduling.services.job_occurrences import Judgement, make_due

Outcome = JobOccurrence.Outcome


class Command(OperatorCommand):
    help = "Make the jobs of recurrences that are due, as the periodic work does; say what was left out, and why."

    def run(self, **options) -> dict:
        judged = make_due()
        return {outcome: [_row(one) for one in judged if one.outcome == outcome] for outcome in Outcome.values}

    def as_text(self, answer: dict) -> str:
        lines = [_line(outcome, row) for outcome, rows in answer.items() for row in rows]
        return "\n".join(lines or ["Nothing was due."])


def _row(one: Judgement) -> dict:
    start = one.start_at.isoformat() if one.start_at else None
    return {"recurrence": one.recurrence_id, "start_at": start, "job": one.job_id, "reason": one.reason}


def _line(outcome: str, row: dict) -> str:
    job = f" job {row['job']}" if row["job"] else ""
    reason = f" ({row['reason']})" if row["reason"] else ""
    return f"recurrence {row['recurrence']}, {row['start_at'] or 'as a whole'}: {outcome}{job}{reason}"
