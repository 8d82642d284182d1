"""What belongs to an intervention and is no row of it: e-mails, the signature's image, the report; and link rows."""

from django.http import Http404, HttpResponse
from rest_framework.response import Response

from core.api import throttling
from core.api.errors import Refusal
from core.api.renderers import JSONOnly
from core.links import BadLink, read_link
from interventions.api import intervention_forms as forms
from interventions.api import part_documentation as documentation
from interventions.api.base import READ, WRITE
from interventions.api.intervention_base import InterventionView
from interventions.api.intervention_lists import LINKS
from interventions.api.intervention_shapes import SIGNATURE
from interventions.api.signature_field import MIME
from interventions.models import Execution, InterventionAnomaly
from interventions.report import pdf_of
from interventions.services import sending

MOST_EMAILS, HOUR = 20, 3600
PDF = "application/pdf"
# Neither a cache nor a browser's guess is to make more of it.
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


class Emails(InterventionView):
    """So many an hour of one credential, as whoever may send them names the address."""

    accesses = {"informations": WRITE, "signature": WRITE}
    documentation = documentation.EMAILS

    def check_permissions(self, request) -> None:
        super().check_permissions(request)
        sent = self.count(0)
        if sent.used >= MOST_EMAILS:
            message = f"{MOST_EMAILS} such e-mails in an hour are the most"
            raise Refusal(429, "throttled", message, headers={"Retry-After": str(sent.reset)})

    def count(self, step: int) -> throttling.Window:
        return throttling.counted(self.caller, "an hour", HOUR, MOST_EMAILS, step=step, topic="intervention_emails")

    def informations(self, request, id) -> Response:
        return self.send(id, sending.send_information)

    def signature(self, request, id) -> Response:
        return self.send(id, sending.send_signature)

    def send(self, key: str, send) -> Response:
        row = self.found(key)
        self.form(forms.EMAIL, is_new=True).save(
            lambda values: send(row.pk, values["email"], self.expected_versions),
        )
        self.count(1)
        return self.done()


class Media(JSONOnly):
    """Refusals alone are JSON here."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Signatures(InterventionView):
    """The image under a path that a read gave, for five minutes, to sessions that may see its intervention."""

    accesses = {"retrieve": READ}
    provider_actions = frozenset({"retrieve"})
    content_negotiation_class = Media
    documentation = documentation.SIGNATURES

    def retrieve(self, request, token) -> HttpResponse:
        try:
            pk, _version = read_link(SIGNATURE, token)
        except BadLink:
            raise Http404 from None
        found = Execution.objects.filter(pk=pk, intervention__in=self.rows()).first()
        if found is None or not found.signature:
            raise Http404
        return HttpResponse(bytes(found.signature), content_type=MIME, headers=PRIVATE)


class Reports(InterventionView):
    """In the language of the session's person."""

    accesses = {"retrieve": READ}
    content_negotiation_class = Media
    documentation = documentation.REPORTS

    def retrieve(self, request, id) -> HttpResponse:
        row = self.find(self.rows(), id)
        report = pdf_of(row, self.caller.session.language)
        headers = {
            **PRIVATE,
            "Content-Disposition": f'attachment; filename="{report}.pdf"',
            "X-Report-Code": report.code,
        }
        return HttpResponse(bytes(report.content), content_type=PDF, headers=headers)


class Links(InterventionView):
    accesses = {"list": READ}
    documentation = documentation.LINKS

    def list(self, request) -> Response:
        rows = InterventionAnomaly.objects.filter(intervention__organization_id=self.organization_id)
        return Response(LINKS.page(self, self.at_sites(rows, "anomaly__site_id")))
