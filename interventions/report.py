"""Numbered PDF reports of interventions, kept as they were made [contract 30]. No qualified signature is claimed."""

import secrets

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import StateConflict
from core.locks import atomic
from interventions.models import Counter, Intervention, InterventionStatus, PdfReport
from interventions.report_pdf import written
from interventions.report_trail import digest_of, trail_bytes
from interventions.services.numbers import next_numbers

S = InterventionStatus
# What was executed is there to be reported; what is planned anew is not.
REPORTED = (S.EXECUTED, S.VERIFIED, S.REJECTED)
# Without what looks like something else: a person types it from paper. Four groups of four are 80 bits.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 4, 4
RELATED = ("organization", "assigned_company_contact", "assigned_user", "routine", "execution", "verified_by")


def has_report(intervention: Intervention) -> bool:
    return intervention.status in REPORTED


def pdf_of(intervention: Intervention, language: str) -> PdfReport:
    """The report of it as it stands, in this language: made when it is first asked for, and anew, under another number,
    once something that it tells has changed. Raises StateConflict before it was executed.
    """
    with atomic():
        fresh = Intervention.objects.locked(intervention.pk)
        fresh = Intervention.objects.select_related(*RELATED).get(pk=fresh.pk)
        _check(fresh)
        trail = trail_bytes(fresh)
        kept = PdfReport.objects.filter(intervention=fresh, digest=digest_of(trail), language=language)
        made = kept.exclude(content=b"").first()
        return made or _make(fresh, trail, language)


def _check(intervention: Intervention) -> None:
    if not has_report(intervention):
        message = _("is %(status)s; there is a report of interventions that were executed")
        told = message % {"status": intervention.get_status_display().lower()}
        raise StateConflict(told, [status.value for status in REPORTED])


def _make(intervention: Intervention, trail: bytes, language: str) -> PdfReport:
    report = PdfReport(
        organization=intervention.organization,
        intervention=intervention,
        number=next_numbers(intervention.organization_id, Counter.Name.PDF_REPORT)[0],
        code=new_code(),
        digest=digest_of(trail),
        language=language,
        created_at=timezone.now(),
    )
    with translation.override(language), timezone.override(intervention.organization.zone):
        report.content = written(report, trail)
    report.file_digest = digest_of(report.content)
    report.save()
    return report


def new_code() -> str:
    letters = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS)]
    return "-".join(letters)


def read_code(text: str) -> str:
    """As it is kept, however somebody typed it."""
    letters = [letter for letter in text.upper() if letter in ALPHABET]
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, len(letters), GROUP))
