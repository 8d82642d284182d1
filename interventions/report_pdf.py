"""A report as a PDF. Texts flow: nothing that people wrote is cut, however long it is.

The library is imported when it is needed: it costs every start of every command 0.2 s. The font comes along, as those
of every PDF program know western European letters alone.
"""

import unicodedata
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from interventions.models import Execution, Intervention, InterventionAnomaly, PdfReport
from interventions.report_trail import TRAIL_FILE, by_of, name_of
from interventions.shown import links_of, sites_of, what_of

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
FONT = "dejavu"
MARGIN, LABEL, LINE = 18, 46, 5.5
INK, QUIET, EDGE = (24, 32, 48), (88, 97, 116), (200, 205, 214)
# Stands for a letter that the font lacks.
LACKING = "□"


def written(report: PdfReport, trail: bytes) -> bytes:
    """The file, in the language and zone that are active; `trail` goes along in it."""
    return Sheet(report).written(trail)


def check_url(report: PdfReport) -> str:
    return settings.SITE_URL + reverse("verify-report", args=[report.code])


class Sheet:
    def __init__(self, report: PdfReport):
        self.report = report
        self.visit: Intervention = report.intervention
        self.lacks = False
        self.pdf = _blank(report)

    def written(self, trail: bytes) -> bytes:
        self.head()
        self.facts()
        self.anomalies()
        self.statement()
        self.decision()
        self.timeline()
        self.proof()
        self.pdf.embed_file(
            bytes=trail, basename=TRAIL_FILE, mime_type="application/json", modification_date=self.report.created_at
        )
        return bytes(self.pdf.output())

    # -- what is told ---------------------------------------------------------------------------------------

    def head(self) -> None:
        self.line(self.report.organization.name, 11, QUIET)
        self.line(_("Intervention report %(number)s") % {"number": self.report}, 18, bold=True)
        self.line(_("Made on %(when)s") % {"when": when(self.report.created_at)}, 9, QUIET)

    def facts(self) -> None:
        visit = self.visit
        self.title(_("The visit"))
        self.fact(_("What"), what_of(visit))
        self.fact(_("State"), visit.get_status_display())
        self.fact(_("Where"), "\n".join(", ".join(filter(None, (one.name, one.address))) for one in sites_of(visit)))
        self.fact(_("Planned for"), span(visit.scheduled_start, visit.scheduled_end))
        self.fact(_("Took place"), span(visit.actual_start, visit.actual_end))
        self.fact(_("Provider"), str(visit.assigned_company_contact or ""))
        self.fact(_("Person in charge"), name_of(visit.assigned_user))
        self.fact(_("Description"), visit.description)
        self.fact(_("Time zone"), visit.organization.time_zone)

    def anomalies(self) -> None:
        links = links_of(self.visit)
        if links:
            self.title(_("What was found, and what was done"))
        for link in links:
            self.anomaly(link)

    def anomaly(self, link: InterventionAnomaly) -> None:
        anomaly = link.anomaly
        place = ", ".join(filter(None, (anomaly.site.name, anomaly.location)))
        self.line(f"{anomaly.label} {anomaly.title}", bold=True)
        self.fact(_("Where"), place)
        self.fact(_("Risk"), anomaly.get_risk_display())
        self.fact(_("Provider"), said(link.get_provider_action_display(), link.comment))
        self.fact(_("Decision"), said(link.get_client_decision_display(), link.client_decision_comment))
        self.pdf.ln(2)

    def statement(self) -> None:
        # What has a report was executed.
        execution = cast(Execution, self.visit.execution)
        self.title(_("What was signed"))
        self.fact(_("By"), ", ".join(filter(None, (execution.provider_name, execution.email))))
        self.fact(_("When"), when(execution.done_at))
        self.fact(_("What was done"), execution.action_comment)
        self.fact(_("Comment"), execution.comment)
        if execution.typed_name:
            self.fact(_("Signature (typed)"), execution.typed_name)
        if execution.signature:
            self.signature(bytes(execution.signature), execution.provider_name)

    def signature(self, image: bytes, name: str) -> None:
        """In a box of its own, whole on one page."""
        width, height = 80, 40
        if self.pdf.will_page_break(height + 2):
            self.pdf.add_page()
        self.pdf.ln(1)
        top, left = self.pdf.get_y(), MARGIN + LABEL + 1
        self.fact(_("Signature"), " ")
        alt = _("Signature of %(name)s") % {"name": name}
        self.pdf.image(BytesIO(image), left, top, width, height, keep_aspect_ratio=True, alt_text=alt)
        self.pdf.rect(left, top, width, height)
        self.pdf.set_y(top + height + 2)

    def decision(self) -> None:
        visit = self.visit
        if visit.verified_at is None:
            return
        self.title(_("Verification"))
        self.fact(_("Decision"), visit.get_status_display())
        self.fact(_("By"), name_of(visit.verified_by))
        self.fact(_("When"), when(visit.verified_at))
        self.fact(_("Comment"), visit.decision_comment)

    def timeline(self) -> None:
        self.title(_("Timeline"))
        for step in self.visit.steps.select_related("user").order_by("pk"):
            who = " · ".join(filter(None, (step.get_status_display(), by_of(step))))
            self.fact(when(step.created_at), "\n".join(filter(None, (who, step.comment))))

    def proof(self) -> None:
        self.title(_("How to check this report"))
        self.fact(_("Address"), check_url(self.report))
        self.fact(_("Check code"), self.report.code)
        self.fact(_("Audit digest"), self.report.digest)
        self.line(_("The digest is the SHA-256 of the attached file %(name)s.") % {"name": TRAIL_FILE}, 8, QUIET)
        self.line(_("The signature is a simple electronic one; no qualified signature is claimed."), 8, QUIET)
        if self.lacks:
            told = _("Letters that the font of this report lacks are shown as %(sign)s; the attached file has them.")
            self.line(told % {"sign": LACKING}, 8, QUIET)

    # -- how ------------------------------------------------------------------------------------------------

    def title(self, text: str) -> None:
        """Never alone at the foot of a page."""
        if self.pdf.will_page_break(25):
            self.pdf.add_page()
        self.pdf.ln(4)
        self.line(text, 12, bold=True)
        self.pdf.line(MARGIN, self.pdf.get_y(), self.pdf.w - MARGIN, self.pdf.get_y())
        self.pdf.ln(2)

    def line(self, text: str, size: float = 10, color=INK, *, bold: bool = False) -> None:
        self.pdf.set_font(FONT, "B" if bold else "", size)
        self.pdf.set_text_color(*color)
        self.pdf.multi_cell(0, size * 0.55, self.known(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def fact(self, label: str, value: str) -> None:
        """A term and its value beside it; nothing where there is no value."""
        if not value:
            return
        self.pdf.set_font(FONT, "", 9)
        self.pdf.set_text_color(*QUIET)
        self.pdf.cell(LABEL, LINE, self.known(label))
        self.pdf.set_text_color(*INK)
        self.pdf.multi_cell(0, LINE, self.known(value), align="L", new_x="LMARGIN", new_y="NEXT")

    def known(self, text: str) -> str:
        """Without control characters, and with a sign for each letter that the font lacks."""
        letters = self.pdf.fonts[FONT].cmap
        plain = "".join(one for one in text.replace("\t", " ") if one == "\n" or unicodedata.category(one) != "Cc")
        shown = "".join(one if one == "\n" or ord(one) in letters else LACKING for one in plain)
        self.lacks = self.lacks or shown != plain
        return shown


def _blank(report: PdfReport) -> "FPDF":
    """With its fonts, its footer and what a PDF says of itself."""
    from fpdf import FPDF

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(FONT, "", 8)
            self.set_text_color(*QUIET)
            self.cell(0, 5, f"{report} · {report.code} · {self.page_no()}/{{nb}}", align="C")

    paper = Paper()
    paper.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
    paper.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
    paper.set_margins(MARGIN, MARGIN)
    paper.set_auto_page_break(True, 20)
    paper.set_draw_color(*EDGE)
    paper.set_title(_("Intervention report %(number)s") % {"number": report})
    paper.set_author(report.organization.name)
    paper.set_lang(report.language)
    paper.set_creator("Dutyboard")
    paper.set_creation_date(report.created_at)
    paper.add_page()
    return paper


def said(word: str, comment: str) -> str:
    return f"{word}: {comment}" if comment else str(word)


def when(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j F Y, H:i")


def span(start: datetime | None, end: datetime | None) -> str:
    return " – ".join(when(one) for one in (start, end) if one)
