"""Whom the operator means: an account, an address, or a row that stands for a person, as "customers:12"."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.ids import id_in
from core.models import Organization
from core.privacy.parts import parts
from core.privacy.subject import Subject, subject_of, subject_of_row

# For the help of commands.
PERSON = "login or id of an account, the e-mail address of anybody, or a row that stands for somebody, as customers:12"


def person_named(text: str, organization: Organization | None = None) -> Subject:
    """Raises ValidationError where it is nobody, or several people."""
    kind, _colon, number = text.partition(":")
    part = next((part for part in parts() if part.stands_for_person and part.kind == kind), None)
    if part is None:
        return subject_of(text, organization)
    rows = part.model.objects.filter(pk=id_in(number))
    row = (rows.filter(organization=organization) if organization else rows).first()
    if row is None:
        raise ValidationError(_("There is no such row: %(text)s") % {"text": text}, code="nobody")
    return subject_of_row(row, getattr(row, part.email) if part.email else "")
