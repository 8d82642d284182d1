"""The pages of the dispatch board: the board, a card's drop, and the form that does the same without dragging."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core.admin.display import local_time
from core.errors import Busy, StaleVersion, StateConflict
from core.models import Role
from scheduling.admin.dispatch_board import Board, chosen, parse_day
from scheduling.admin.dispatch_plan import DropForm, Plan, PlanForm, label_of
from scheduling.admin.job_display import TONES, conflict_links, conflicts_of, name_of
from scheduling.models import Job, JobStatus
from scheduling.services.job_planning import schedule_job


def show_board(back_office, request):
    """`?organization=3&view=week&day=2026-11-22&hours=all`; what is missing or makes no sense has its usual value."""
    if not back_office.has_view_permission(request):
        raise PermissionDenied
    asked = request.GET.get
    places = [one for one in request.user.staffed if one.is_active]
    organization = chosen(places, asked("organization", ""))
    if organization is None:
        raise Http404
    view = "week" if asked("view") == "week" else "day"
    day = parse_day(asked("day", ""), organization.local_date())
    with timezone.override(organization.zone):
        board = Board(organization, view, day, is_whole=asked("hours") == "all")
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Dispatch board"),
            "opts": back_office.opts,
            "board": board,
            "links": board.links(),
            "places": places,
            "words": {
                "conflict": _("Conflict:"),
                "lacks": _("Missing:"),
                "outside": _("outside hours"),
                "closed": _("closed"),
            },
            "today": organization.local_date(),
            "may_plan": organization.pk in request.user.organization_ids(Role.BASIC_STAFF),
        }
        return TemplateResponse(request, "admin/scheduling/dispatch.html", context).render()


def drop(back_office, request, pk: int):
    """POST of a DropForm → 200 `{"message"}`; 409 or 422 `{"errors": [text]}` where it may not stay."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    job = _job(back_office, request, pk)
    with timezone.override(job.organization.zone):
        form = DropForm(request.POST, job)
        if not form.is_valid():
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, [_("This is no place on the board.")])
        try:
            planned = _schedule(job, form.plan(), form.cleaned_data["version"])
        except StaleVersion:
            return _refused(HTTPStatus.CONFLICT, [_("Somebody else changed this job in the meantime: look again.")])
        except ValidationError as error:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, _sentences(error))
        except StateConflict as error:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, [str(error)])
        except Busy as error:
            return _refused(HTTPStatus.CONFLICT, [str(error)])
        return JsonResponse({"message": said_of(planned)})


def plan(back_office, request, pk: int):
    """The form: a job's resource, vehicle and start. Back to the board that it was opened from."""
    job = _job(back_office, request, pk)
    back = _safe(request, request.POST.get("back") or request.GET.get("back", ""))
    with timezone.override(job.organization.zone):
        form = PlanForm(request.POST if request.method == "POST" else None, job)
        planned = _try(form, job) if form.is_bound and form.is_valid() else None
        if planned:
            messages.success(request, said_of(planned))
            return HttpResponseRedirect(back or _board_of(planned))
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Plan %(job)s") % {"job": job},
            "opts": back_office.opts,
            "job": job,
            "tone": TONES[job.status],
            "conflicts": conflict_links(conflicts_of(job)),
            "due": local_time(job.due_at),
            "form": form,
            "back": back,
            "board_url": back or _board_of(job),
        }
        return TemplateResponse(request, "admin/scheduling/plan.html", context).render()


def _job(back_office, request, pk: int) -> Job:
    rows = back_office.get_queryset(request).select_related("organization", "type", "contact", "resource", "vehicle")
    job = rows.filter(pk=pk).first() if pk < 2**63 else None
    if job is None:
        raise Http404
    if not back_office.has_change_permission(request, job):
        raise PermissionDenied
    return job


def _schedule(job: Job, wanted: Plan, version: int) -> Job:
    return schedule_job(job.pk, **wanted._asdict(), versions=[version])


def _try(form: PlanForm, job: Job) -> Job | None:
    """The planned job; None where the form now says why not."""
    try:
        return _schedule(job, form.plan(), form.cleaned_data["version"])
    except StaleVersion as error:
        # The next try is made on the plan that the page now shows.
        form.renew(job.version)
        form.take_errors(error)
    except ValidationError as error:
        form.take_errors(error)
    except (StateConflict, Busy) as error:
        form.add_error(None, str(error))
    return None


def said_of(job: Job) -> str:
    """What became of it, in a sentence; and what it clashes with."""
    when = local_time(job.planned_start_at, job.organization.zone)
    if job.status == JobStatus.SCHEDULED:
        text = _("%(job)s is planned: %(who)s, %(when)s.") % {"job": job, "who": _who(job), "when": when}
    else:
        text = _("%(job)s waits to be planned.") % {"job": job}
    found = conflicts_of(job)
    if not found:
        return text
    names = ", ".join(name_of(one).lower() for one in found)
    overlap = _("It overlaps with %(names)s.") % {"names": names}
    return f"{text} {overlap}"


def _who(job: Job) -> str:
    return " + ".join(str(one) for one in (job.resource, job.vehicle) if one)


def _sentences(error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return error.messages
    return [f"{label_of(name)}: {' '.join(found)}" for name, found in error.message_dict.items()]


def _refused(status: HTTPStatus, texts: list[str]) -> JsonResponse:
    return JsonResponse({"errors": texts}, status=status)


def _board_of(job: Job) -> str:
    """The board of the job's day, today's where it has none."""
    day = job.organization.local_date(job.planned_start_at)
    return f"{reverse('admin:scheduling_job_dispatch')}?organization={job.organization_id}&day={day}"


def _safe(request, url: str) -> str:
    """The address if it leads nowhere else."""
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()) else ""
