"""The endpoints for programs: JSON in every case, never cached [contract 00, Credentials]."""

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from rest_framework.exceptions import APIException, AuthenticationFailed

from core.api.authentication import REALM, Caller, caller_of_request, challenge, checked, find_token
from core.context import name_actor
from core.locks import atomic
from core.models import Application
from core.oauth.parameters import body_parameters
from core.oauth.server import LIFETIME, server
from core.scopes import SCOPES

CLIENT = frozenset({"client_id", "client_secret"})
TOKEN = CLIENT | {"grant_type", "scope", "code", "redirect_uri", "code_verifier", "refresh_token"}
TOKEN_NAMED = CLIENT | {"token", "token_type_hint"}
DESCRIPTIONS = {
    "invalid_client": "Unknown or inactive client, or wrong client secret",
    "invalid_grant": "The code or refresh token is invalid, expired, used or another client's",
    "invalid_request": "The request is malformed",
    "invalid_scope": "The client is not allowed a scope that it asks for",
    "unauthorized_client": "The client may not use this grant",
    "unsupported_grant_type": "Use client_credentials, authorization_code or refresh_token",
}


def answer(body: dict, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json", headers=headers)


def error_answer(error: str, description: str, status: int) -> HttpResponse:
    response = answer({"error": error, "error_description": description or DESCRIPTIONS[error]}, status)
    if status == 401:
        response["WWW-Authenticate"] = f'Basic realm="{REALM}"'
    return response


@method_decorator(csrf_exempt, name="dispatch")
class OAuthView(View):
    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except OAuth2Error as error:
            return error_answer(error.error, error.description, error.status_code)

    def http_method_not_allowed(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        allowed = ", ".join(self.http_method_names).upper()
        response = error_answer("invalid_request", f"This endpoint takes {allowed} only", 405)
        response["Allow"] = allowed
        return response


class TokenView(OAuthView):
    lifetime = LIFETIME

    def post(self, request: HttpRequest) -> HttpResponse:
        parameters = body_parameters(request, TOKEN)
        check_grant_type(parameters)
        # One transaction: of two uses of one code or refresh token at a time, one waits and is refused.
        with atomic():
            _headers, body, status = server(self.lifetime).create_token_response(request.path, "POST", parameters, {})
        return token_answer(orjson.loads(body), status)


def check_grant_type(parameters: dict[str, str]) -> None:
    if "grant_type" not in parameters:
        raise InvalidRequestError("The parameter grant_type is missing")
    if parameters["grant_type"] not in server().grant_types:
        raise UnsupportedGrantTypeError


def token_answer(token: dict, status: int) -> HttpResponse:
    """The contract's keys in the contract's order."""
    if status != 200:
        return error_answer(token["error"], token.get("error_description", ""), status)
    body = {
        "access_token": token["access_token"],
        "token_type": "bearer",
        "expires_in": token["expires_in"],
        "scope": token["scope"],
        "created_at": token["created_at"],
    }
    if "refresh_token" in token:
        body["refresh_token"] = token["refresh_token"]
    return answer(body)


class RevokeView(OAuthView):
    """RFC 7009: 200 as well for a token that is unknown or another client's, which stays as it is."""

    def post(self, request: HttpRequest) -> HttpResponse:
        parameters = body_parameters(request, TOKEN_NAMED)
        _headers, body, status = server().create_revocation_response(request.path, "POST", parameters, {})
        if status == 200:
            return answer({})
        refusal = orjson.loads(body)
        return error_answer(refusal["error"], refusal.get("error_description", ""), status)


class IntrospectView(OAuthView):
    """RFC 7662, access tokens: a client learns about its own, all else is not active."""

    def post(self, request: HttpRequest) -> HttpResponse:
        parameters = body_parameters(request, TOKEN_NAMED)
        application = authenticated_client(parameters)
        if "token" not in parameters:
            raise InvalidRequestError("The parameter token is missing")
        caller = caller_of(parameters["token"])
        if caller is None or caller.application_id != application.pk:
            return answer({"active": False})
        return answer(introspection(caller))


def authenticated_client(parameters: dict[str, str]) -> Application:
    """The client of these credentials; raises InvalidClientError."""
    request = Request("", "POST", parameters, {})
    if "client_id" not in parameters or not server().validator.authenticate_client(request):
        raise InvalidClientError
    return request.client


def caller_of(token: str) -> Caller | None:
    rows = find_token(token)
    try:
        return checked(rows) if rows else None
    except AuthenticationFailed:
        return None


def introspection(caller: Caller) -> dict:
    body = {
        "active": True,
        "scope": " ".join(ordered_scopes(caller)),
        "client_id": caller.client_id,
        "token_type": "bearer",
        "exp": int(caller.expires.timestamp()),
        "iat": int(caller.created.timestamp()),
    }
    if caller.is_person:
        body |= {"username": caller.login, "sub": str(caller.user_id)}
    return body


def ordered_scopes(caller: Caller) -> list[str]:
    return [name for name in SCOPES if name in caller.scopes]


class TokenInfoView(OAuthView):
    """What the bearer's token is worth now [annex 10, 1.3]."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            caller = caller_of_request(request)
        except APIException as error:
            return no_token_answer(error)
        name_actor(application_id=caller.application_id, user_id=caller.user_id)
        return answer(
            {
                "resource_owner_id": caller.user_id,
                "scopes": ordered_scopes(caller),
                "expires_in_seconds": int(caller.seconds_left),
                "application": {"uid": caller.client_id},
                "created_at": int(caller.created.timestamp()),
            }
        )


def no_token_answer(error: APIException) -> HttpResponse:
    response = error_answer("invalid_token", str(error.detail), 401)
    response["WWW-Authenticate"] = challenge(str(error.get_codes()))
    return response
