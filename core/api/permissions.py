"""Who may: scope and role are two separate gates, read at each call. Closed by default."""

from rest_framework.permissions import BasePermission

from core.api.authentication import scope_challenge
from core.api.errors import Refusal


class Undeclared(BasePermission):
    """The project's default: a view that declares nothing lets nobody in."""

    def has_permission(self, request, view) -> bool:
        return False


class Anyone(BasePermission):
    """Declared open: the API docs."""

    def has_permission(self, request, view) -> bool:
        return True


class ScopeAndRole(BasePermission):
    """The action's `scopes` and `roles` of the view (core.api.views.Access)."""

    def has_permission(self, request, view) -> bool:
        access = view.access
        if access is None:
            return False
        if access.scope not in request.user.scopes:
            headers = {"WWW-Authenticate": scope_challenge(access.scope)}
            raise Refusal(
                403, "insufficient_scope", "Insufficient scope", headers=headers, details={"scopes": [access.scope]}
            )
        if not view.organization_ids:
            raise Refusal(403, "insufficient_role", "You are not authorized to access this page.")
        return True
