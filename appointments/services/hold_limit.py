"""How many slots one credential of customers keeps at a time, so that none keeps a calendar from everybody else."""

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Hold
from appointments.services.owners import owner
from core.changes import refuse
from core.models import Application

MOST = 10


def check_number() -> None:
    """In the transaction of the next one. Raises ValidationError."""
    made_by = owner()
    # One of its requests after the other.
    list(Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk=made_by["made_by_id"]))
    if Hold.objects.filter(expires_at__gt=timezone.now(), **made_by).count() >= MOST:
        refuse(NON_FIELD_ERRORS, "too_many", _("at most %(most)d slots are kept at a time"), most=MOST)
