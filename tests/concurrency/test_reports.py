"""Reports that are asked for at once, in real connections: each visit's is made once, and no number is left out."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from core.errors import Busy
from interventions.models import Intervention, InterventionStatus, PdfReport
from interventions.report import pdf_of
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
VISITS, ASKED = 3, 4


def ask(visit: Intervention) -> int:
    """Who has waited too long for those before him, as on a slow machine, is told so, and asks again."""
    try:
        for _ in range(20):
            with suppress(Busy):
                return pdf_of(visit, "en").number
        raise Busy
    finally:
        connection.close()


def test_each_is_made_once_and_numbered_without_a_gap():
    register = Register()
    visits = [register.in_state(InterventionStatus.EXECUTED) for _ in range(VISITS)]
    with ThreadPoolExecutor(VISITS * ASKED) as pool:
        told = list(pool.map(ask, visits * ASKED))
    assert sorted(PdfReport.objects.values_list("number", flat=True)) == list(range(1, VISITS + 1))
    assert sorted(told) == sorted([*range(1, VISITS + 1)] * ASKED)
