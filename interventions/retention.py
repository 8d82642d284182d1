"""Credentials that are worth nothing any more are deleted by the purge."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Organization
from core.purge import delete_in_batches, of, register
from core.retention import Kind
from interventions.models import PinTries, Session, SignatureUpload

# A lock that ended this long ago counts no more towards the next one.
FORGET_TRIES = timedelta(days=2)
KEEP = timedelta(days=1)
SESSIONS = Kind("intervention_sessions", _("Log-ins to the register of interventions"), fixed=_("a day after they end"))
UPLOADS = Kind("signature_uploads", _("Announced signatures that never came"), fixed=_("a day after they expire"))
TRIES = Kind("pin_tries", _("Wrong PINs"), fixed=_("two days"))


def purge_sessions(dry_run: bool, organization: Organization | None = None) -> int:
    before = timezone.now() - KEEP
    rows = Session.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before), **of(organization))
    return delete_in_batches(rows, dry_run)


def purge_uploads(dry_run: bool, organization: Organization | None = None) -> int:
    rows = SignatureUpload.objects.filter(expires_at__lt=timezone.now() - KEEP)
    return delete_in_batches(rows.filter(**of(organization, "intervention__organization")), dry_run)


def purge_pin_tries(dry_run: bool, organization: Organization | None = None) -> int:
    before = timezone.now() - FORGET_TRIES
    rows = PinTries.objects.filter(Q(locked_until__lt=before) | Q(locked_until=None), since__lt=before)
    return delete_in_batches(rows, dry_run)


register("intervention_sessions", purge_sessions, SESSIONS)
register("signature_uploads", purge_uploads, UPLOADS)
register("pin_tries", purge_pin_tries, TRIES)
