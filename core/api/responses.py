"""Answers that are made outside a DRF view: refusals, and the handlers of the URL configuration."""

from collections.abc import Callable
from functools import wraps

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error

from core.api.dialects import dialect_of, page_door
from core.api.errors import Refusal, refusal_of
from core.context import current_actor


def refuse(refusal: Refusal, request: HttpRequest) -> HttpResponse:
    """The refusal in the form of the dialect that the path belongs to."""
    dialect = dialect_of(request.path)
    refusal.path = request.path
    body = dialect.body(refusal, current_actor().request_id)
    return HttpResponse(
        orjson.dumps(body), status=refusal.status, content_type=dialect.content_type, headers=refusal.headers
    )


# Exempt: a program that posts to a wrong address is told so, not that it has no CSRF token.
@csrf_exempt
def not_found_view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """The last route of each prefix and of the root."""
    return refuse(Refusal(404, "not_found", "Not found"), request)


def reading_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The view for GET and HEAD; any other method → 405."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        message = f"The method {request.method} is not allowed here"
        return refuse(Refusal(405, "method_not_allowed", message, headers={"Allow": "GET, HEAD"}), request)

    return guarded


def _is_page(request: HttpRequest) -> bool:
    return page_door(request.path) is not None


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_page(request):
        return bad_request(request, exception)
    return refuse(Refusal(400, "malformed", "The request is malformed"), request)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return permission_denied(request, exception) if _is_page(request) else refuse(refusal_of(exception), request)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_not_found(request, exception) if _is_page(request) else not_found_view(request)


def handler500(request: HttpRequest) -> HttpResponse:
    if _is_page(request):
        return server_error(request)
    return refuse(Refusal(500, "server_error", "Something went wrong on our side"), request)
