"""What a person is still to do here, and how it ends where he is erased all the same."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.places import rows_within
from core.privacy.found import Found, in_batches
from core.privacy.parts import Obstacle, obstacles
from scheduling.models import Close, CommunityService, Job, JobRecurrence
from scheduling.models.job import OPEN, PLANNABLE
from scheduling.privacy import CLOSES, CONTACTS, RESOURCES, SERVICES
from scheduling.services import community_services, job_recurrences
from scheduling.services.closes import set_close_state
from scheduling.services.job_planning import schedule_job
from scheduling.services.job_states import cancel_job

Service = CommunityService


@obstacles
def open_closes(found: Found) -> Iterator[Obstacle]:
    for pks in in_batches(found.live(CLOSES)):
        for pk in Close.objects.in_force().filter(pk__in=pks).order_by("pk").values_list("pk", flat=True):
            yield Obstacle(
                _("Close %(pk)s is in force") % {"pk": pk}, partial(set_close_state, pk, Close.State.UNCLOSE)
            )


@obstacles
def services_to_come(found: Found) -> Iterator[Obstacle]:
    """His own are not done; another supervisor is to be found for those of others."""
    ahead = Service.objects.filter(state=Service.State.SCHEDULE).exclude(schedule_at__lte=timezone.now())
    for pks in in_batches(found.live(SERVICES)):
        for pk in ahead.filter(pk__in=pks).order_by("pk").values_list("pk", flat=True):
            end = partial(community_services.judge_community_service, pk, Service.State.INVALIDATED)
            yield Obstacle(_("Community service %(pk)s is to be done") % {"pk": pk}, end)
    supervised = ahead.filter(found.subject.is_user("supervisor"), rows_within(Service, found.subject.organization))
    for pk in supervised.order_by("pk").values_list("pk", flat=True):
        end = partial(community_services.update_community_service, pk, {"supervisor": None})
        yield Obstacle(_("Community service %(pk)s is to be supervised") % {"pk": pk}, end)


@obstacles
def jobs_to_do(found: Found) -> Iterator[Obstacle]:
    """Where planning may still change somebody else is to be found; what has begun is cancelled."""
    for pks in in_batches(found.live(RESOURCES)):
        jobs = Job.objects.filter(status__in=OPEN, resource__in=pks).select_related("vehicle").order_by("pk")
        yield from (Obstacle(_("Job %(job)s is not done") % {"job": job}, partial(_let_go, job)) for job in jobs)


@obstacles
def jobs_ordered(found: Found) -> Iterator[Obstacle]:
    """Nobody can go to a customer or a site without name and address."""
    for pks in in_batches(found.live(CONTACTS)):
        there = Q(contact__in=pks) | Q(site_contact__in=pks)
        for job in Job.objects.filter(there, status__in=OPEN).order_by("pk"):
            yield Obstacle(_("Job %(job)s for the person is not done") % {"job": job}, partial(_cancel, job.pk))
        for pk in JobRecurrence.objects.filter(there, is_archived=False).order_by("pk").values_list("pk", flat=True):
            end = partial(job_recurrences.update_recurrence, pk, {"is_archived": True})
            yield Obstacle(_("Recurring job %(pk)s makes jobs for the person") % {"pk": pk}, end)


def _cancel(pk: int) -> None:
    """Unless it ended already, as the work of the same person."""
    if Job.objects.filter(pk=pk, status__in=OPEN).exists():
        cancel_job(pk)


def _let_go(job: Job) -> None:
    if job.status in PLANNABLE:
        schedule_job(job.pk, resource=None, vehicle=job.vehicle, planned_start_at=job.planned_start_at)
    else:
        cancel_job(job.pk)


@obstacles
def recurrences(found: Found) -> Iterator[Obstacle]:
    for pks in in_batches(found.live(RESOURCES)):
        used = Q(resource__in=pks) & Q(is_archived=False)
        for pk in JobRecurrence.objects.filter(used).order_by("pk").values_list("pk", flat=True):
            end = partial(job_recurrences.update_recurrence, pk, {"resource": None})
            yield Obstacle(_("Recurring job %(pk)s makes jobs for the person") % {"pk": pk}, end)
