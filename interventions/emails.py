"""Who is told what of an intervention: one queueing and one rendering function a message [contract 30]."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.calendars import Person
from core.mail import Rendered, email, queue_email, render
from core.models import OutboxMessage, Role, User
from interventions import invitations
from interventions.invitations import Visit
from interventions.models import CompanyContact, Intervention, InterventionStatus
from interventions.models.intervention import AGREED
from interventions.provider_links import provider_url
from interventions.shown import SHOWN, facts

S = InterventionStatus

# -- queueing -----------------------------------------------------------------------------------------------


def queue_assigned(intervention: Intervention) -> None:
    """The visit is yours, or is proposed to you."""
    _tell("intervention_assigned", intervention, intervention)


def queue_changed(intervention: Intervention) -> None:
    """Your visit has other dates, or another description."""
    _tell("intervention_changed", intervention, intervention)


def queue_taken_away(intervention: Intervention, before: Intervention, reason: str) -> None:
    """To whom it was with before: it is yours no longer, and why."""
    _tell("intervention_taken_away", intervention, before, reason=reason)


def queue_cancelled(intervention: Intervention) -> None:
    """Your visit does not take place."""
    _tell("intervention_cancelled", intervention, intervention)


def queue_refused_by_provider(intervention: Intervention) -> None:
    """To the manager: the provider cannot come then."""
    _tell_managers("intervention_refused", intervention)


def queue_to_verify(intervention: Intervention) -> None:
    """To the manager: it was executed and signed. Not to who did that, who may not verify it."""
    executed_by = intervention.execution.user_id if intervention.execution else None
    _tell_managers("intervention_to_verify", intervention, executed_by)


def queue_information(intervention: Intervention, address: str) -> None:
    """The details, to whom staff says."""
    _queue("intervention_information", intervention, address, intervention.organization.language)


def queue_signature(intervention: Intervention, address: str) -> None:
    """The link where the visit is signed, to whom staff says: that of who makes it now."""
    link_version = intervention.link_version
    _queue("intervention_signature", intervention, address, language_of(intervention), link_version=link_version)


def language_of(intervention: Intervention) -> str:
    """Of who makes the visit."""
    assignee = intervention.assignee
    return (assignee.language if assignee else "") or intervention.organization.language


def managers(intervention: Intervention, but: int | None = None) -> list[User]:
    """Who answers for it here: the person in charge where a provider makes the visit, else who created it; where they
    are no staff any more, the organization's Advanced staff. `but`: the id of who is none of them.
    """
    in_charge = intervention.assigned_user if intervention.assigned_company_contact_id else None
    staff = User.objects.members_of(intervention.organization_id, Role.BASIC_STAFF).exclude(pk=but)
    for person in (in_charge, intervention.created_by):
        if person and staff.filter(pk=person.pk).exists():
            return [person]
    advanced = User.objects.members_of(intervention.organization_id, Role.ADVANCED_STAFF)
    return list(advanced.exclude(pk=but).distinct())


def _tell(kind: str, intervention: Intervention, planned: Intervention, **params) -> None:
    """To who makes the visit in `planned`: the visit as that one knows it. Whoever has no address is not told."""
    assignee = planned.assignee
    if assignee is None or not assignee.email or not is_reachable(assignee):
        return
    is_user = isinstance(assignee, User)
    _queue(
        kind,
        intervention,
        assignee.email,
        language_of(planned),
        recipient=assignee if is_user else None,
        **_params(planned, intervention.calendar_sequence),
        **params,
    )


def is_reachable(assignee: User | CompanyContact) -> bool:
    return assignee.is_active if isinstance(assignee, User) else not assignee.is_archived


def _params(planned: Intervention, sequence: int) -> dict:
    return {
        "assignee": [planned.assignee._meta.label_lower, planned.assignee.pk],
        "name": planned.assignee.get_short_name() if isinstance(planned.assignee, User) else planned.assignee.name,
        "sequence": sequence,
        "start": planned.scheduled_start.isoformat(),
        "end": planned.scheduled_end.isoformat(),
    }


def _tell_managers(kind: str, intervention: Intervention, but: int | None = None) -> None:
    for person in managers(intervention, but):
        _queue(kind, intervention, person.email, person.language, recipient=person)


def _queue(
    kind: str, intervention: Intervention, address: str, language: str, recipient: User | None = None, **params
) -> None:
    queue_email(
        kind=kind,
        organization=intervention.organization,
        recipient=recipient,
        address=address,
        language=language,
        entity=intervention,
        params=params,
    )


# -- rendering ----------------------------------------------------------------------------------------------


@email("intervention_assigned", _("Intervention assigned"))
def render_assigned(row: OutboxMessage) -> Rendered | None:
    return _render_plan(row)


@email("intervention_changed", _("Intervention changed"))
def render_changed(row: OutboxMessage) -> Rendered | None:
    return _render_plan(row)


def _render_plan(row: OutboxMessage) -> Rendered | None:
    """None once it is no longer with whom it was, and where a later message shows the plan."""
    intervention = _intervention_of(row)
    if intervention is None or not _is_with(intervention, row):
        return None
    if row.params["sequence"] < intervention.calendar_sequence:
        return None
    address = intervention.assignee.email or row.address
    visit = Visit(
        intervention,
        intervention.scheduled_start,
        intervention.scheduled_end,
        intervention.calendar_sequence,
        Person(address, row.params["name"]),
    )
    return render(
        row,
        {**facts(intervention), "name": row.params["name"]},
        link=lambda: provider_url(intervention),
        attachments=[invitations.request(visit)],
        address=address,
    )


@email("intervention_taken_away", _("Intervention taken away"))
def render_taken_away(row: OutboxMessage) -> Rendered | None:
    """None where it is with them again."""
    intervention = _intervention_of(row)
    if intervention is None or _is_with(intervention, row):
        return None
    return _render_end(row, intervention, row.params["reason"])


@email("intervention_cancelled", _("Intervention cancelled"))
def render_cancelled(row: OutboxMessage) -> Rendered | None:
    intervention = _intervention_of(row)
    return None if intervention is None else _render_end(row, intervention, intervention.cancellation_reason)


def _render_end(row: OutboxMessage, intervention: Intervention, reason: str) -> Rendered:
    """With what they had in the calendar."""
    start, end = (datetime.fromisoformat(row.params[name]) for name in ("start", "end"))
    name = row.params["name"]
    visit = Visit(intervention, start, end, row.params["sequence"], Person(row.address, name))
    values = {**facts(intervention), "start": start, "end": end, "name": name, "reason": reason}
    return render(row, values, attachments=[invitations.cancellation(visit)])


@email("intervention_refused", _("Intervention refused by the provider"))
def render_refused(row: OutboxMessage) -> Rendered | None:
    return _render_for_manager(row, S.REFUSED)


@email("intervention_to_verify", _("Intervention to verify"))
def render_to_verify(row: OutboxMessage) -> Rendered | None:
    return _render_for_manager(row, S.EXECUTED)


def _render_for_manager(row: OutboxMessage, status: InterventionStatus) -> Rendered | None:
    """None once somebody has seen to it."""
    intervention = _intervention_of(row)
    if intervention is None or intervention.status != status:
        return None
    values = {
        **facts(intervention),
        "name": row.recipient.get_short_name() if row.recipient else "",
        "provider": intervention.assignee,
        "execution": intervention.execution,
        "page_url": settings.SITE_URL + reverse("admin:interventions_intervention_change", args=[intervention.pk]),
    }
    return render(row, values)


@email("intervention_information", _("Details of an intervention"))
def render_information(row: OutboxMessage) -> Rendered | None:
    """None once nobody is expected any more."""
    intervention = _intervention_of(row)
    if intervention is None or intervention.status not in AGREED:
        return None
    start, end = intervention.scheduled_start, intervention.scheduled_end
    visit = Visit(intervention, start, end, intervention.calendar_sequence)
    return render(row, facts(intervention), attachments=[invitations.information(visit)])


@email("intervention_signature", _("Link to sign an intervention"))
def render_signature(row: OutboxMessage) -> Rendered | None:
    """None where who makes the visit is another by now: the link would be that one's."""
    intervention = _intervention_of(row)
    if intervention is None or intervention.status not in AGREED:
        return None
    if row.params.get("link_version", intervention.link_version) != intervention.link_version:
        return None
    return render(row, facts(intervention), link=lambda: provider_url(intervention))


def _intervention_of(row: OutboxMessage) -> Intervention | None:
    rows = Intervention.objects.select_related(*SHOWN, "execution").defer("execution__signature")
    return rows.filter(pk=row.entity_id).first()


def _is_with(intervention: Intervention, row: OutboxMessage) -> bool:
    """Whether it was told to them, and still is theirs to make."""
    assignee = intervention.assignee
    if assignee is None or intervention.status not in (S.PROPOSED, S.PLANNED):
        return False
    return [assignee._meta.label_lower, assignee.pk] == row.params["assignee"]
