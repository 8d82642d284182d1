import hashlib

from django.db.models import QuerySet
from oauth2_provider.models import get_grant_model, get_refresh_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request

from core.context import name_actor
from core.models import Application
from core.oauth.scopes import scopes_of

Grant = get_grant_model()
RefreshToken = get_refresh_token_model()


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def lock(rows: QuerySet) -> None:
    """Before they are judged: of two uses at a time the second waits, and sees that it came second."""
    list(rows.select_for_update().values("pk"))


class Validator(OAuth2Validator):
    """The toolkit's validator, stricter: nothing compared is kept in clear, and what was withdrawn is not given anew.

    The authorization code is stored as its digest; core.oauth.server digests the one that a client brings.
    """

    def authenticate_client(self, request: Request, *args, **kwargs) -> bool:
        """By what the body says: HTTP Basic was put there (core.oauth.parameters)."""
        client = self._load_application(request.client_id, request)
        if client is None or not self._opens(client, request.client_secret or ""):
            return False
        name_actor(application_id=client.pk)
        return True

    def _opens(self, client: Application, secret: str) -> bool:
        """By the secret or, as long as it lives on, the former one; each is compared in constant time."""
        present = self._check_secret(secret, client.client_secret) and not client.is_secret_expired
        former = client.has_former_secret and self._check_secret(secret, client.former_secret)
        return present or former

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return bool(provided_secret) and super()._check_secret(provided_secret, stored_secret)

    def validate_grant_type(self, client_id, grant_type, client, request, *args, **kwargs) -> bool:
        if grant_type == "client_credentials" and client.client_type != client.CLIENT_CONFIDENTIAL:
            return False
        return super().validate_grant_type(client_id, grant_type, client, request, *args, **kwargs)

    def _create_authorization_code(self, request: Request, code: dict, expires=None):
        return super()._create_authorization_code(request, {"code": digest(code["code"])}, expires)

    def validate_code(self, client_id, code, client, request, *args, **kwargs) -> bool:
        lock(Grant.objects.filter(code=code))
        if not super().validate_code(client_id, code, client, request, *args, **kwargs):
            return False
        request.scopes = scopes_of(client, request.scopes)
        return request.user.is_active

    def validate_refresh_token(self, refresh_token, client, request, *args, **kwargs) -> bool:
        lock(RefreshToken.objects.filter(token_checksum=digest(refresh_token)))
        valid = super().validate_refresh_token(refresh_token, client, request, *args, **kwargs)
        return valid and request.user.is_active

    def get_original_scopes(self, refresh_token, request, *args, **kwargs) -> list[str]:
        granted = super().get_original_scopes(refresh_token, request, *args, **kwargs)
        return scopes_of(request.client, granted.split() if isinstance(granted, str) else granted)

    def _create_access_token(self, expires, request, token, source_refresh_token=None):
        access_token = super()._create_access_token(expires, request, token, source_refresh_token)
        token["created_at"] = int(access_token.created.timestamp())
        name_actor(application_id=request.client.pk, user_id=request.user.pk if request.user else None)
        return access_token
