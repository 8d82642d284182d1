import re
from functools import cache

from oauth2_provider.settings import oauth2_settings
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, RevocationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError
from oauthlib.oauth2.rfc6749.grant_types import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from oauthlib.oauth2.rfc6749.tokens import BearerToken

from core.oauth.validator import Validator, digest

LIFETIME = oauth2_settings.ACCESS_TOKEN_EXPIRE_SECONDS
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def require_s256(request: Request) -> dict:
    """PKCE by SHA-256 alone [RFC 9700, 2.1.1]; a missing challenge is refused by the grant itself."""
    if not request.code_challenge:
        return {}
    if request.code_challenge_method != "S256" or not S256_CHALLENGE.match(request.code_challenge):
        raise InvalidRequestError("The code challenge must be made by S256", request=request)
    return {}


def digest_code(request: Request) -> None:
    if request.code:
        request.code = digest(request.code)


class Server(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint):
    """Three grants and no more: client credentials, authorization code with PKCE, refresh token."""

    def __init__(self, lifetime: int) -> None:
        self.validator = Validator()
        bearer = BearerToken(self.validator, expires_in=lifetime)
        code = AuthorizationCodeGrant(self.validator, pre_auth=[require_s256], pre_token=[digest_code])
        grants = {
            "authorization_code": code,
            "client_credentials": ClientCredentialsGrant(self.validator),
            "refresh_token": RefreshTokenGrant(self.validator),
        }
        AuthorizationEndpoint.__init__(self, "code", bearer, {"code": code})
        TokenEndpoint.__init__(self, "authorization_code", bearer, grants)
        RevocationEndpoint.__init__(self, self.validator)


@cache
def server(lifetime: int = LIFETIME) -> Server:
    """One server for each life of an access token, in seconds."""
    return Server(lifetime)
