"""Which visits and routines a person who is to be erased is still to make."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from core.places import rows_within
from core.privacy.found import Found, in_batches
from core.privacy.parts import Obstacle, obstacles
from interventions.models import Intervention, InterventionStatus, Routine
from interventions.models.intervention import UNEXECUTED
from interventions.privacy import CONTACTS
from interventions.services.ending import cancel_intervention
from interventions.services.planning import update_intervention
from interventions.services.reference import ROUTINES


@obstacles
def visits_to_make(found: Found) -> Iterator[Obstacle]:
    for row in _assigned(found, Intervention, Q(status__in=UNEXECUTED)):
        yield Obstacle(_("Intervention %(pk)s is not executed") % {"pk": row.pk}, partial(_let_go, row, found))


@obstacles
def routines(found: Found) -> Iterator[Obstacle]:
    for row in _assigned(found, Routine, Q(archived_at=None)):
        yield Obstacle(_("Routine %(pk)s makes visits for the person") % {"pk": row.pk}, partial(_stop, row, found))


def _assigned(found: Found, model, condition: Q) -> Iterator:
    mine = found.subject.is_user("assigned_user") & rows_within(model, found.subject.organization)
    rows = {row.pk: row for row in model.objects.filter(condition, mine)}
    for pks in in_batches(found.live(CONTACTS)):
        rows |= {row.pk: row for row in model.objects.filter(condition, assigned_company_contact__in=pks)}
    return iter([rows[pk] for pk in sorted(rows)])


def _others(row, found: Found) -> dict:
    """The columns in which the person stands, emptied."""
    user, contacts = found.subject.user, found.live(CONTACTS)
    names = ["assigned_user"] if user and row.assigned_user_id == user.pk else []
    names += ["assigned_company_contact"] if row.assigned_company_contact_id in contacts else []
    return dict.fromkeys(names)


def _let_go(row: Intervention, found: Found) -> None:
    """Somebody else is to be found; what was to be agreed with him alone is cancelled."""
    is_to_agree = row.creation_status == Intervention.CreationStatus.TO_AGREE
    if is_to_agree and row.status in (InterventionStatus.DRAFT, InterventionStatus.PROPOSED):
        cancel_intervention(row.pk)
    else:
        update_intervention(row.pk, _others(row, found))


def _stop(row: Routine, found: Found) -> None:
    if row.creation_status == Intervention.CreationStatus.TO_AGREE and row.assigned_company_contact_id:
        ROUTINES.archive(row.pk)
    else:
        ROUTINES.update(row.pk, _others(row, found))
