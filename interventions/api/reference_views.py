"""Sites and company contacts [contract 30]."""

from django.db.models import QuerySet

from interventions.api import reference_documentation as documentation
from interventions.api import reference_shapes as shapes
from interventions.api.rows_views import ReferenceView
from interventions.services.reference import COMPANY_CONTACTS, SITES


class Sites(ReferenceView):
    documentation = documentation.SITES
    listing = shapes.SITES
    body = shapes.SITE_FORM
    service = SITES

    def rows(self) -> QuerySet:
        return self.sites()


class CompanyContacts(ReferenceView):
    documentation = documentation.CONTACTS
    listing = shapes.CONTACTS
    body = shapes.CONTACT_FORM
    service = COMPANY_CONTACTS
