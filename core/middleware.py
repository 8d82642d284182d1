"""The first and the last thing that happens to a request."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import cast

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, DisallowedHost
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.defaults import bad_request

from core import usage
from core.api.dialects import page_door
from core.api.errors import Refusal, refusal_of
from core.api.responses import refuse
from core.context import acting, current_actor, name_actor

access_log = logging.getLogger("dutyboard.access")
# What the proxies of docs/operations.md let through; a longer one costs its sender the connection.
MOST_DRAINED, DRAINED_AT_ONCE = 2 * 1024 * 1024, 64 * 1024
SANE_REQUEST_ID = re.compile(r"\A[A-Za-z0-9._-]{1,64}\Z")


def request_id_of(request: HttpRequest) -> str:
    """The caller's own id when it is sane, else a new one [contract 00]."""
    given = request.headers.get("X-Request-Id", "")
    return given if SANE_REQUEST_ID.match(given) else uuid.uuid4().hex


def has_nul(request: HttpRequest) -> bool:
    """In the path, the query or, where a session is read, a cookie: PostgreSQL takes it in no comparison."""
    query = request.META.get("QUERY_STRING", "")
    cookies = request.COOKIES.values() if page_door(request.path) else ()
    return "%00" in query or any("\0" in text for text in (request.path, query, *cookies))


def bad(request: HttpRequest, code: str, message: str) -> HttpResponse:
    """400: for people a page in their browser's language, made before their own is known; else the dialect's body."""
    if not page_door(request.path):
        return refuse(Refusal(400, code, message), request)
    return cast(HttpResponse, PolicyMiddleware(LanguageMiddleware(bad_page))(request))


def bad_page(request: HttpRequest) -> HttpResponse:
    return bad_request(request, BadRequest())


def drain(request: HttpRequest) -> None:
    """Read what is left of a body that was refused unread.

    The server closes a connection on which some of it is left, and the caller's next request on that one is lost.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > MOST_DRAINED:
        return
    try:
        while request.read(DRAINED_AT_ONCE):
            pass
    except UnreadablePostError:
        return


class RequestMiddleware:
    """Names the request and its door, refuses what no view should see, logs one line."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = request_id_of(request)
        door = page_door(request.path) or "api"
        with acting(door=door, request_id=request_id, user_id=None, application_id=None, key_id=None):
            response = self.refusal(request) or self.get_response(request)
            drain(request)
            response["X-Request-Id"] = request_id
            self.log(request, response, started)
            usage.count(request, response.status_code)
        return response

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        try:
            request.get_host()
        except DisallowedHost:
            return bad(request, "bad_host", "The Host header names a host that is not served here")
        if has_nul(request):
            return bad(request, "malformed", "The request holds a NUL character")
        # Django decodes a form by whatever codec the sender names, some of which give no text at all.
        if page_door(request.path) and (request.encoding or "utf-8").lower() != "utf-8":
            return bad(request, "malformed", "The form is not UTF-8")
        return None

    def log(self, request: HttpRequest, response: HttpResponse, started: float) -> None:
        actor = current_actor()
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        access_log.info(
            "%s %s %s %s ms", request.method, request.path, response.status_code, milliseconds,
            extra={"data": {"client": actor.application_id, "user": actor.user_id}},
        )  # fmt: skip


def language_of(request: HttpRequest) -> str:
    """Of the answer: the logged-in person's own on pages, else the browser's; programs are told in English."""
    if not page_door(request.path):
        return "en"
    # Unknown yet where the request is refused before the log-in is read.
    user = getattr(request, "user", None)
    if user and user.is_authenticated:
        return user.language
    return translation.get_language_from_request(request)


class LanguageMiddleware:
    """Stands in the place of Django's own, which translates the APIs too and knows no person.

    After the log-in is known, and before the messages are stored: they are put into words then.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if page_door(request.path):
            patch_vary_headers(response, ["Accept-Language"])
        return response


class PagesOnly:
    """Programs carry a token: no session, log-in or message is made ready for them."""

    get_response: Callable[[HttpRequest], HttpResponse]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return super().__call__(request) if page_door(request.path) else self.get_response(request)


class SessionsMiddleware(PagesOnly, SessionMiddleware):
    pass


class LogInMiddleware(PagesOnly, AuthenticationMiddleware):
    pass


class MessagesMiddleware(PagesOnly, MessageMiddleware):
    pass


class PolicyMiddleware(CSPMiddleware):
    """A content security policy on all that a browser could render: JSON is left alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "json" in response.get("Content-Type", ""):
            return response
        return super().process_response(request, response)


class PersonMiddleware:
    """On pages for people, the logged-in person is the actor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if page_door(request.path) and request.user.is_authenticated:
            name_actor(user_id=request.user.pk)
        return self.get_response(request)


class FailureMiddleware:
    """What no view caught: for programs the dialect's own body, for people Django's page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if page_door(request.path):
            return None
        return refuse(refusal_of(error), request)
