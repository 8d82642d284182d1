"""The pages for people: log in, allow a client or not, log out."""

from urllib.parse import urlencode, urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, FatalClientError, OAuth2Error

from core.login import LoginForm
from core.oauth.parameters import query_parameters
from core.oauth.server import server
from core.scopes import SCOPES

PARAMETERS = frozenset(
    {"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"}
)


class LoginView(DjangoLoginView):
    authentication_form = LoginForm

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index") if self.request.user.is_staff else super().get_default_redirect_url()


@method_decorator(never_cache, name="dispatch")
class AuthorizeView(View):
    """GET asks the person, POST carries the decision.

    The request is checked before the log-in: a refusal then goes to the client at once, not as the redirect of the
    log-in form, which form-action would stop.
    """

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        try:
            self.uri = "/oauth/authorize?" + urlencode(query_parameters(request, PARAMETERS))
            self.scopes, self.details = server().validate_authorization_request(self.uri)
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            return super().dispatch(request, *args, **kwargs)
        except OAuth2Error as error:
            return refused(request, error)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return ask(request, self.scopes, self.details)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("decision") != "allow":
            raise AccessDeniedError(request=self.details["request"])
        headers, _body, _status = server().create_authorization_response(
            self.uri, scopes=self.scopes, credentials={"user": request.user}
        )
        return back_to_client(headers["Location"])


def ask(request: HttpRequest, scopes: list[str], details: dict) -> HttpResponseBase:
    application = details["request"].client
    target = urlsplit(details["redirect_uri"])
    context = {
        "application": application,
        "scopes": [SCOPES[name] for name in scopes],
        "organizations": application.organizations.filter(is_active=True, memberships__user_id=request.user.pk),
        "client_host": target.netloc,
    }
    # Browsers hold a form's redirects to form-action too.
    sources = [SELF, f"{target.scheme}://{target.netloc}"]
    page = csp_update({"form-action": sources})(lambda request: render(request, "oauth/authorize.html", context))
    return page(request)


def refused(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """To the client that asked; a page where the client or its address cannot be trusted [RFC 6749, 4.1.2.1]."""
    if isinstance(error, FatalClientError) or not error.redirect_uri:
        return render(request, "oauth/refused.html", {"error": error}, status=400)
    return back_to_client(error.in_uri(error.redirect_uri))


def back_to_client(uri: str) -> HttpResponseRedirect:
    """With the issuer, so that a client of several servers knows who answered [RFC 9207]."""
    return HttpResponseRedirect(add_params_to_uri(uri, [("iss", settings.SITE_URL)]))
