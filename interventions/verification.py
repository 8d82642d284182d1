"""Whether a printed report is one of ours: its check code tells number, organization, day, digests, and no person."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.login import client_address, count_attempt
from core.pages import private
from interventions.models import PdfReport
from interventions.report import read_code

# Codes that are none, from one address in a quarter of an hour; a code cannot be guessed, but asking costs.
MISSES = 30


@require_safe
def verify_page(request: HttpRequest, code: str) -> HttpResponse:
    reports = PdfReport.objects.select_related("organization").defer("content")
    report = reports.filter(code=read_code(code)).first()
    if report is None:
        return not_found(request)
    newer = reports.filter(intervention=report.intervention_id, pk__gt=report.pk).exclude(digest=report.digest)
    context = {"report": report, "organization": report.organization, "is_replaced": newer.exists()}
    with timezone.override(report.organization.zone):
        return private(render(request, "verify/report.html", context))


def not_found(request: HttpRequest) -> HttpResponse:
    """404, and after many of them a pause: who types a right code is told of it at once all the same."""
    address = hashlib.sha256(client_address(request).encode()).hexdigest()
    if count_attempt(f"verify-misses:{address}") > MISSES:
        return private(render(request, "verify/pause.html", status=429))
    raise Http404
