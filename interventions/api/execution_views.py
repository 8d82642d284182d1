"""What the provider did and signed: from his session, or by staff for one who walked in [annex 30; contract 30]."""

from django.conf import settings
from django.utils import timezone
from rest_framework.response import Response

from core.api.errors import Refusal
from core.locks import atomic
from interventions.api import execution_documentation as documentation
from interventions.api import intervention_forms as forms
from interventions.api.base import WRITE
from interventions.api.intervention_base import InterventionView
from interventions.api.outside import with_outside
from interventions.api.signature_field import Image
from interventions.api.uploads import UPLOADS
from interventions.models import Intervention
from interventions.services.executing import Outcome, Signed, announce_upload, create_unplanned, execute


def presigned(token: str) -> dict[str, str]:
    """Where the announced image is put, once, within 15 minutes."""
    return {"presignedUrl": f"{settings.SITE_URL}{UPLOADS}{token}"}


class Execution(InterventionView):
    """By the session's provider alone."""

    accesses = {"update": WRITE}
    provider_actions = frozenset({"update"})
    documentation = documentation.EXECUTION

    def check_permissions(self, request) -> None:
        super().check_permissions(request)
        if not self.is_provider:
            raise Refusal(403, "no_provider", "Only a session that a provider opened with the code PIN may execute")

    def update(self, request) -> Response:
        row = self.found(str(self.caller.session.intervention_id))
        token = self.form(forms.EXECUTE, is_new=True).save(lambda values: self.execute(row.pk, values))
        return Response(presigned(token)) if token else self.written(row.pk)

    def execute(self, pk: int, values: dict) -> str:
        """The token of the address where an announced image goes; "" where it came along."""
        image: Image = values.pop("signature")
        outcomes = [Outcome(**one) for one in values.pop("anomalies", ())]
        signed = Signed(**values, anomalies=outcomes)
        if image.size:
            return announce_upload(pk, signed, size=image.size)
        execute(pk, signed, image=image.content)
        return ""


class Unplanned(InterventionView):
    """A provider walks in: person, sites and signature in one call, of a staff session."""

    accesses = {"create": WRITE}
    documentation = documentation.UNPLANNED

    def create(self, request) -> Response:
        visit, token = self.form(forms.UNPLANNED, is_new=True).save(self.visit)
        return self.made(visit.pk, presigned(token) if token else None)

    @atomic
    def visit(self, values: dict) -> tuple[Intervention, str]:
        """The visit, and the token of the address where an announced image goes."""
        image: Image = values.pop("signature")
        signed = Signed(**values.pop("provider"))
        values = with_outside(values, ("companyId", "ruleIds"))
        start = values.get("actual_start") or timezone.now()
        visit = create_unplanned(
            self.organization,
            values["sites"],
            signed,
            actual_start=start,
            image=image.content if not image.size else None,
            company_contact=values.get("assigned_company_contact"),
            outside_ids=values.get("outside_ids"),
            created_by=self.person,
        )
        return visit, announce_upload(visit.pk, signed, size=image.size) if image.size else ""
