"""The pages of the dispatch board: the board, a card's drop, and the form that does the same without dragging."""

from copy import copy
from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core.admin.banners import sandbox_banners
from core.admin.display import local_time
from core.errors import Busy, StaleVersion, StateConflict
from core.models import Role
from scheduling.admin.busy_names import names_of
from scheduling.admin.dispatch_board import Board, chosen, parse_day
from scheduling.admin.dispatch_plan import DropForm, Plan, PlanForm, label_of
from scheduling.admin.job_display import TONES, conflict_links, conflicts_of, lacking, with_named_overlap
from scheduling.models import Job, JobStatus
from scheduling.services.job_planning import has_vehicles, schedule_job


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
        options = {"is_whole": asked("hours") == "all", "prints_busy": asked("print") == "busy"}
        board = Board(organization, view, day, **options)
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Dispatch board"),
            "opts": back_office.opts,
            "board": board,
            "links": board.links(),
            "places": places,
            "own_banners": sandbox_banners(organization),
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
    """POST of a DropForm → 200 `{"message", "is_warning"}`; 409 or 422 `{"errors": [text]}` where it may not stay."""
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
            error = with_named_overlap(error, _as_wanted(job, form.plan()))
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, _sentences(error))
        except StateConflict as error:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, [str(error)])
        except Busy as error:
            return _refused(HTTPStatus.CONFLICT, [str(error)])
        said = said_of(planned)
        return JsonResponse({"message": said.text, "is_warning": said.is_warning})


def plan(back_office, request, pk: int):
    """The form: a job's resource, vehicle and start. Back to the board that it was opened from."""
    job = _job(back_office, request, pk)
    back = _safe(request, request.POST.get("back") or request.GET.get("back", ""))
    with timezone.override(job.organization.zone):
        form = PlanForm(request.POST if request.method == "POST" else None, job)
        planned = _try(form, job) if form.is_bound and form.is_valid() else None
        if planned:
            said = said_of(planned)
            messages.add_message(request, messages.WARNING if said.is_warning else messages.SUCCESS, said.text)
            return HttpResponseRedirect(back or _board_of(planned))
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Plan %(job)s") % {"job": job},
            "opts": back_office.opts,
            "job": job,
            "tone": TONES[job.status],
            "conflicts": conflict_links(conflicts_of(job), job.organization.zone),
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
        form.take_errors(with_named_overlap(error, _as_wanted(job, form.plan())))
    except (StateConflict, Busy) as error:
        form.add_error(None, str(error))
    return None


def _as_wanted(job: Job, wanted: Plan) -> Job:
    """The job as it would have been planned, unsaved."""
    return copy(job).changed(**wanted._asdict())


class Said(NamedTuple):
    text: str
    is_warning: bool


def said_of(job: Job) -> Said:
    """What became of it, in a sentence; what it still lacks, and what it clashes with."""
    zone = job.organization.zone
    text, lacks = _state_of(job, local_time(job.planned_start_at, zone))
    found = conflicts_of(job)
    if found:
        overlap = _("It overlaps with: %(names)s.") % {"names": "; ".join(names_of(found, zone))}
        text = f"{text} {overlap}"
    return Said(text, is_warning=lacks or bool(found))


def _state_of(job: Job, when: str) -> tuple[str, bool]:
    """Its sentence, and whether something is missing."""
    if job.status == JobStatus.SCHEDULED:
        return _("%(job)s is planned: %(who)s, %(when)s.") % {"job": job, "who": _who(job), "when": when}, False
    if not (job.resource or job.vehicle or job.planned_start_at):
        return _("%(job)s waits to be planned.") % {"job": job}, False
    missing = lacking(job, has_vehicles=has_vehicles(job.organization_id))
    text = _("%(job)s is not planned yet. Missing: %(names)s.")
    return text % {"job": job, "names": ", ".join(missing)}, True


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
