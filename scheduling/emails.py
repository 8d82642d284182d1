"""What the scheduling app tells people: one queueing and one rendering function a message."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.calendars import Entry, attachment
from core.links import sign_link
from core.mail import Attachment, Rendered, email, queue_email, render
from core.models import OutboxMessage, User
from core.zones import hours_and_minutes
from scheduling.models import CommunityService, Contest

SERVICE_LINK = "community_service"
CLOSE_LINK = "close"
# The student's links live for two weeks from when they are signed [contract 00].
LINK_LIFETIME = timedelta(days=14)


def queue_assigned(service: CommunityService) -> None:
    """To the closed student: a community service is yours [seed]."""
    _tell("community_service_assigned", service.close.user, service)


def queue_contest_decided(contest: Contest) -> None:
    """To the student who contested: what was decided."""
    _tell("contest_decided", contest.close.user, contest)


def _tell(kind: str, student: User, entity: CommunityService | Contest) -> None:
    queue_email(
        kind=kind,
        organization=entity.organization,
        recipient=student,
        address=student.email,
        language=student.language,
        entity=entity,
    )


@email("community_service_assigned", _("Community service assigned"))
def render_assigned(row: OutboxMessage) -> Rendered | None:
    """None once the service is gone, is another student's, or was given up."""
    services = CommunityService.objects.select_related("close", "supervisor", "organization__scheduling_settings")
    service = services.filter(pk=row.entity_id).exclude(state=CommunityService.State.INVALIDATED).first()
    if service is None or service.close is None or service.close.user_id != row.recipient_id:
        return None
    return render(
        row,
        {"service": service, "close": service.close, "duration": hours_and_minutes(service.duration)},
        link=lambda: service_url(service),
        attachments=[_invitation(service, service.schedule_at)] if service.schedule_at else [],
    )


def service_url(service: CommunityService) -> str:
    token = sign_link(SERVICE_LINK, service.pk, service.link_version, LINK_LIFETIME)
    return settings.SITE_URL + reverse("student-service", args=[token])


def _invitation(service: CommunityService, start: datetime) -> Attachment:
    entry = Entry(
        uid=f"community-service-{service.pk}@dutyboard",
        sequence=service.version,
        stamp=service.updated_at,
        start=start,
        end=start + timedelta(seconds=service.duration),
        summary=service.occupation or str(service._meta.verbose_name).capitalize(),
    )
    return attachment("community-service.ics", entry, "PUBLISH")


@email("contest_decided", _("Contest decided"))
def render_contest_decided(row: OutboxMessage) -> Rendered | None:
    contest = Contest.objects.select_related("close").filter(pk=row.entity_id).first()
    if contest is None:
        return None
    accepted = contest.state == Contest.State.ACCEPTED
    return render(row, {"contest": contest, "close": contest.close, "accepted": accepted})
