"""The student's pages: opened by a signed link, or after log-in. GET shows, POST acts."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache

from core.context import name_actor
from core.errors import Busy, StateConflict
from core.links import BadLink, read_link, sign_link
from core.locks import BUSY
from core.pages import by_link, page, private
from core.zones import hours_and_minutes
from scheduling import rules
from scheduling.emails import CLOSE_LINK, LINK_LIFETIME, SERVICE_LINK, service_url
from scheduling.models import Close, CommunityService, SchedulingSettings
from scheduling.services.community_services import pick_day
from scheduling.services.contests import contest_close


def linked_service(token: str) -> CommunityService:
    """The service of a link that holds; expired, revoked, tampered, foreign: one and the same 404."""
    services = CommunityService.objects.select_related(
        "close__user", "close__contest", "supervisor", "organization__scheduling_settings"
    )
    try:
        pk, version = read_link(SERVICE_LINK, token)
        return services.get(pk=pk, link_version=version, close__isnull=False)
    except (BadLink, CommunityService.DoesNotExist):
        raise Http404 from None


@by_link
def service_page(request: HttpRequest, token: str) -> HttpResponse:
    service = linked_service(token)
    if request.method == "POST":
        return choose_day(request, service, token)
    return show_service(request, service)


def show_service(request: HttpRequest, service: CommunityService, errors: Sequence[str] = (), status: int = 200):
    close = cast(Close, service.close)  # linked_service finds those with a close alone
    context = {
        "service": service,
        "close": close,
        "duration": hours_and_minutes(service.duration),
        "hour": SchedulingSettings.of(service.organization).community_service_start,
        "days": [] if service.schedule_at else rules.allowed_days(service.organization),
        "errors": errors,
        "contest_url": contest_url(close),
    }
    return page(request, "student/service.html", context, service.organization, close.user.language, status)


def choose_day(request: HttpRequest, service: CommunityService, token: str) -> HttpResponse:
    name_actor(user_id=service.close.user_id)
    try:
        pick_day(service.pk, service.link_version, date.fromisoformat(request.POST.get("day", "")))
    except CommunityService.DoesNotExist:
        pass  # Settled or another's by now: the page says which.
    except ValueError:
        return show_service(request, service, ["choose"], status=422)
    except ValidationError:
        return show_service(request, service, ["not_allowed"], status=422)
    except Busy:
        return show_service(request, service, ["busy"], status=409)
    return private(HttpResponseRedirect(reverse("student-service", args=[token])))


def contest_url(close: Close) -> str:
    return reverse("student-close", args=[sign_link(CLOSE_LINK, close.pk, close.user_id, LINK_LIFETIME)])


def linked_close(token: str) -> Close:
    """The close of a link that holds; it carries the student as its version, so it ends when the close is another's."""
    try:
        pk, user_id = read_link(CLOSE_LINK, token)
        return Close.objects.select_related("user", "organization", "contest").get(pk=pk, user_id=user_id)
    except (BadLink, Close.DoesNotExist):
        raise Http404 from None


@by_link
def close_page(request: HttpRequest, token: str) -> HttpResponse:
    close = linked_close(token)
    if request.method == "POST":
        return contest(request, close, token)
    return show_close(request, close)


def show_close(request: HttpRequest, close: Close, errors: Sequence[str | Promise] = (), status: int = 200):
    context = {"close": close, "errors": errors, "text": request.POST.get("text", "")}
    return page(request, "student/close.html", context, close.organization, close.user.language, status)


def contest(request: HttpRequest, close: Close, token: str) -> HttpResponse:
    name_actor(user_id=close.user_id)
    try:
        with translation.override(close.user.language):
            contest_close(close, request.POST.get("text", ""))
    except StateConflict:
        pass  # Contested before: the page shows what was done.
    except ValidationError as error:
        return show_close(request, close, error.messages, status=422)
    except Busy:
        return show_close(request, close, [BUSY], status=409)
    return private(HttpResponseRedirect(reverse("student-close", args=[token])))


@login_required
@never_cache
def home_page(request: HttpRequest) -> HttpResponse:
    """What is assigned to the person who is logged in, in every organization."""
    services = CommunityService.objects.filter(close__user=request.user).select_related(
        "close", "organization__scheduling_settings"
    )
    rows = [
        {"service": service, "url": service_url(service), "duration": hours_and_minutes(service.duration)}
        for service in services.order_by("-created_at", "-id")[:50]
    ]
    return render(request, "student/home.html", {"rows": rows})
