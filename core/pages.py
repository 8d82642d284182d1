"""Pages behind a signed link: no log-in, GET shows, POST acts [contract 00]."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.models import Organization


def page(
    request: HttpRequest, template: str, context: dict, organization: Organization, language: str, status: int = 200
) -> HttpResponse:
    """In this language and the organization's zone, never cached, never a referrer."""
    with translation.override(language), timezone.override(organization.zone):
        response = render(request, template, {"organization": organization, **context}, status=status)
    response["Content-Language"] = language
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def by_link(view):
    """The signed link is the only credential of the page, so there is no cookie whose power another site could
    borrow; and a browser that sends no referrer sends no origin that a CSRF check could accept."""
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view))


def shown_version(request: HttpRequest) -> set[int] | None:
    """That of the page from which this is sent, none where it is no number: nothing is acted on unseen."""
    text = request.POST.get("version")
    if text is None:
        return None
    return {int(text[:9])} if text.isdecimal() else set()
