from oauth2_provider.scopes import BaseScopes

from core.models import Application
from core.scopes import SCOPES


def scopes_of(application: Application, among: list[str] | None = None) -> list[str]:
    """The scopes that the client is allowed now, in the project's order; only those `among` when given."""
    wanted = SCOPES if among is None else among
    return [name for name in SCOPES if name in wanted and name in application.allowed_scopes]


class ApplicationScopes(BaseScopes):
    """Each client asks for what it is allowed; one that names no scope gets all of it [contract 00]."""

    def get_all_scopes(self) -> dict[str, str]:
        return SCOPES

    def get_available_scopes(self, application=None, request=None, *args, **kwargs) -> list[str]:
        return scopes_of(application)

    def get_default_scopes(self, application=None, request=None, *args, **kwargs) -> list[str]:
        return scopes_of(application)
